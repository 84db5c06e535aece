/**
 * @module
 * Reasons why the settings of a schedule cannot work together, or with the other parts of a run.
 */
import type { CreditMethod } from "../../credit/index.ts";
import { algorithmNeeds, comparesOutcomes, correctsStaleness } from "../../objective/index.ts";
import { noisedSize } from "../batch/noisy-rollouts.ts";
import { unknownSeparate } from "../batch/separate-rewards.ts";
import type { Training } from "../iteration/training.ts";
import type { Schedule } from "../schedule/schedule-schema.ts";

const OUTCOMES_ONLY = "an algorithm without a value head, pairs or a KL in the reward";

/** Reasons why settings of a schedule cannot be combined with the other parts; empty if they can. */
export function scheduleFaults({
  schedule,
  sampling,
  objective,
  iterations,
  rewards,
}: Pick<Training, "schedule" | "sampling" | "objective" | "iterations"> &
  Partial<Pick<Training, "rewards">>): string[] {
  const { minibatches, promptsPerIteration, groupSize, warmup, maxStaleness, rollouts, separate } = schedule;
  const algorithm = `algorithm.kind "${objective.name ?? "own"}"`;
  const names = rewards?.map(({ name }) => name).join(", ");
  const scoring = rewards?.find(({ asks }) => asks === "scores");
  return [
    minibatches > promptsPerIteration &&
      `train.minibatches: expected at most train.promptsPerIteration (${promptsPerIteration}), got ${minibatches}`,
    warmup > iterations && `train.warmup: expected at most train.iterations (${iterations}), got ${warmup}`,
    rollouts?.kind === "shared" &&
      !comparesOutcomes(objective) &&
      `train.rollouts "shared" with ${algorithm}: completions of several prompts are compared by their outcomes; expected ${OUTCOMES_ONLY}`,
    maxStaleness > 0 &&
      !correctsStaleness(objective) &&
      `train.maxStaleness ${maxStaleness} with ${algorithm}: it has no importance ratio, so that samples of an earlier policy would go ` +
        "uncorrected; expected 0, or another algorithm",
    separate !== undefined &&
      !comparesOutcomes(objective) &&
      `train.separate with ${algorithm}: rewards are normalised apart by their outcomes; expected ${OUTCOMES_ONLY}`,
    ...(rewards ? unknownSeparate(rewards, separate) : []).map(
      (name) => `train.separate.rewards: expected names of rewards (${names}), got "${name}"`,
    ),
    scoring !== undefined &&
      maxStaleness > 0 &&
      `reward "${scoring.name}" with train.maxStaleness ${maxStaleness}: it scores by the current policy, not by the policy that sampled; expected 0`,
    rollouts?.kind === "noisy" &&
      maxStaleness > 0 &&
      `train.rollouts "noisy" with train.maxStaleness ${maxStaleness}: log-probs on the clean images come from the current policy, not from the sampling policy; expected 0`,
    rollouts?.kind === "noisy" &&
      noisedSize(groupSize, rollouts.share) === 0 &&
      `train.rollouts.share ${rollouts.share} of train.groupSize ${groupSize} is no completion; expected at least one`,
    rollouts?.kind === "shared" &&
      promptsPerIteration % rollouts.variants !== 0 &&
      `train.promptsPerIteration: expected a multiple of train.rollouts.variants (${rollouts.variants}), got ${promptsPerIteration}`,
    sampling.topK === 1 &&
      "sampling.topK: 1 makes every completion of a group the same, so there is nothing to compare",
  ].filter((fault) => fault !== false);
}

/** Reasons why settings of a schedule cannot be combined with the credit method; empty if they can. */
export function creditFaults({
  schedule: { rollouts, creditScale, dynamicSampling },
  credit,
}: {
  readonly schedule: Pick<Schedule, "rollouts" | "creditScale" | "dynamicSampling">;
  readonly credit: CreditMethod;
}): string[] {
  const name = credit.name ?? "own";
  return [
    rollouts?.kind === "shared" &&
      dynamicSampling !== undefined &&
      credit.needs.allGroups &&
      `train.rollouts "shared" with train.dynamicSampling and credit.kind "${name}": it changes rewards, and of a form that dynamic ` +
        "sampling drops they stay unknown, with which the problem's other forms are compared; expected no train.dynamicSampling",
    creditScale === "mean-one" &&
      credit.sharesEvenly &&
      name !== "uniform" &&
      `train.creditScale "mean-one" with credit.kind "${name}": every token of a completion has the same weight, so all weights would be 1; ` +
        'expected "printed"',
  ].filter((fault) => typeof fault === "string");
}

/** Reasons why completions cannot be learnt from again; empty if they can. */
export function replayFaults({
  schedule: { replay, rollouts, separate },
  objective,
  credit,
}: Pick<Training, "schedule" | "objective" | "credit">): string[] {
  if (replay === undefined) return [];
  const isCorrected =
    comparesOutcomes(objective) && algorithmNeeds(objective).spread && correctsStaleness(objective);
  const other = separate === undefined ? 'train.rollouts "shared"' : "train.separate";
  return [
    !isCorrected &&
      `train.replay with algorithm.kind "${objective.name ?? "own"}": earlier completions need an importance ratio and an advantage within ` +
        "their group; expected an algorithm with both, without a value head, pairs or a KL in the reward",
    (rollouts?.kind === "shared" || separate !== undefined) &&
      `train.replay with ${other}: an earlier completion is compared with its own group alone`,
    credit.needs.allGroups &&
      `train.replay with credit.kind "${credit.name ?? "own"}": it changes rewards, and the rewards of an earlier group stay`,
  ].filter((fault) => typeof fault === "string");
}
