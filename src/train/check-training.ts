/**
 * @module
 * Checks before the first step of a training: parts that contradict each other, and parts that the engine does not
 * support.
 */
import type { CreditMethod } from "../credit/index.ts";
import type { ProblemSource } from "../data/index.ts";
import { type Capability, type Engine, requireCapability as requireOf } from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import {
  type Algorithm,
  algorithmNeeds,
  comparesOutcomes,
  correctsStaleness,
  hasAdvantages,
  keepsTokenCredit,
} from "../objective/index.ts";
import { noisedSize } from "./batch/noisy-rollouts.ts";
import { unknownSeparate } from "./batch/separate-rewards.ts";
import { creditCapabilities } from "./credit/credit-signals.ts";
import type { Training } from "./iteration/training.ts";

/** Reasons why a credit method and an algorithm cannot be combined; empty if they can. */
export function pairFaults(credit: CreditMethod, objective: Algorithm): string[] {
  const pair = `credit.kind "${credit.name ?? "own"}" with algorithm.kind "${objective.name ?? "own"}"`;
  const faults: string[] = [];
  if (!credit.sharesEvenly && !keepsTokenCredit(objective)) {
    faults.push(
      `${pair}: a sequence-level ratio erases token credit; set algorithm.form to "token", or credit to uniform`,
    );
  }
  if (credit.addsLossTerm && objective.unit === "pair") {
    faults.push(
      `${pair}: the method adds a token-level loss term, and the algorithm compares pairs; choose another method or algorithm`,
    );
  }
  if (credit.needs.advantage && !hasAdvantages(objective)) {
    faults.push(
      `${pair}: the credit depends on advantages, and an algorithm that compares completions has none`,
    );
  }
  return faults;
}

/** Reasons why a method cannot be compared with the run's method. */
function comparisonFaults(method: CreditMethod, objective: Algorithm): string[] {
  if (!method.needs.advantage || hasAdvantages(objective)) return [];
  return [
    `creditAgreement.methods: "${method.name ?? "own"}" depends on advantages, and algorithm.kind "${objective.name ?? "own"}" has none`,
  ];
}

/** Reasons why a method has no labels. */
function labelFaults({ name = "own", needs }: CreditMethod, { labels, source }: Training): string[] {
  if (!needs.labels || labels !== undefined) return [];
  return [
    `credit.kind "${name}": expected a task with token labels, got a task without (${source.fingerprint})`,
  ];
}

/** Reasons why a method has no rewards to read. */
function rewardFaults(
  { name = "own", needs }: CreditMethod,
  rewards: readonly { readonly name: string }[],
): string[] {
  const known = rewards.map((reward) => reward.name);
  return (needs.rewards ?? [])
    .filter((reward) => !known.includes(reward))
    .map(
      (reward) =>
        `credit.kind "${name}": expected a reward named "${reward}", whose scores it reads; got ${known.join(", ") || "none"}`,
    );
}

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
  const faults: string[] = [];
  if (minibatches > promptsPerIteration) {
    faults.push(
      `train.minibatches: expected at most train.promptsPerIteration (${promptsPerIteration}), got ${minibatches}`,
    );
  }
  if (warmup > iterations) {
    faults.push(`train.warmup: expected at most train.iterations (${iterations}), got ${warmup}`);
  }
  if (rollouts?.kind === "shared" && !comparesOutcomes(objective)) {
    faults.push(
      `train.rollouts "shared" with algorithm.kind "${objective.name ?? "own"}": completions of several prompts are compared ` +
        "by their outcomes; expected an algorithm without a value head, pairs or a KL in the reward",
    );
  }
  if (maxStaleness > 0 && !correctsStaleness(objective)) {
    faults.push(
      `train.maxStaleness ${maxStaleness} with algorithm.kind "${objective.name ?? "own"}": it has no importance ratio, so ` +
        "that samples of an earlier policy would go uncorrected; expected 0, or another algorithm",
    );
  }
  if (separate && !comparesOutcomes(objective)) {
    faults.push(
      `train.separate with algorithm.kind "${objective.name ?? "own"}": rewards are normalised apart by their outcomes; expected ` +
        "an algorithm without a value head, pairs or a KL in the reward",
    );
  }
  for (const name of rewards ? unknownSeparate(rewards, separate) : []) {
    faults.push(
      `train.separate.rewards: expected names of rewards (${rewards!.map((reward) => reward.name).join(", ")}), got "${name}"`,
    );
  }
  const scoring = rewards?.find(({ asks }) => asks === "scores");
  if (scoring !== undefined && maxStaleness > 0) {
    faults.push(
      `reward "${scoring.name}" with train.maxStaleness ${maxStaleness}: it scores by the current policy, not by the policy that ` +
        "sampled; expected 0",
    );
  }
  if (rollouts?.kind === "noisy" && maxStaleness > 0) {
    faults.push(
      `train.rollouts "noisy" with train.maxStaleness ${maxStaleness}: log-probs on the clean images come from the current policy, not from the sampling policy; expected 0`,
    );
  }
  if (rollouts?.kind === "noisy" && noisedSize(groupSize, rollouts.share) === 0) {
    faults.push(
      `train.rollouts.share ${rollouts.share} of train.groupSize ${groupSize} is no completion; expected at least one`,
    );
  }
  if (rollouts?.kind === "shared" && promptsPerIteration % rollouts.variants !== 0) {
    faults.push(
      `train.promptsPerIteration: expected a multiple of train.rollouts.variants (${rollouts.variants}), got ${promptsPerIteration}`,
    );
  }
  if (sampling.topK === 1) {
    faults.push(
      "sampling.topK: 1 makes every completion of a group the same, so there is nothing to compare",
    );
  }
  return faults;
}

/** Reasons why completions cannot be learnt from again. */
function replayFaults({ schedule, objective, credit }: Training): string[] {
  const { replay, rollouts, separate } = schedule;
  if (replay === undefined) return [];
  const faults: string[] = [];
  const needs = algorithmNeeds(objective);
  if (!(comparesOutcomes(objective) && needs.spread && correctsStaleness(objective))) {
    faults.push(
      `train.replay with algorithm.kind "${objective.name ?? "own"}": earlier completions need an importance ratio and an ` +
        "advantage within their group; expected an algorithm with both, without a value head, pairs or a KL in the reward",
    );
  }
  if (rollouts?.kind === "shared" || separate !== undefined) {
    const other = separate === undefined ? 'train.rollouts "shared"' : "train.separate";
    faults.push(`train.replay with ${other}: an earlier completion is compared with its own group alone`);
  }
  if (credit.needs.allGroups) {
    faults.push(
      `train.replay with credit.kind "${credit.name ?? "own"}": it changes rewards, and the rewards of an earlier group stay`,
    );
  }
  return faults;
}

/** An error's text with the user's keys: keys of a configuration, or the parts of `train`. */
function asWritten(words: string, isConfigured: boolean): string {
  if (isConfigured) return words;
  return words.replaceAll("algorithm.", "objective.").replaceAll("train.", "schedule.");
}

/** Throws when the engine lacks a capability that a part needs. */
function requireCapabilities(training: Training, isConfigured: boolean): void {
  const { engine, credit, objective, temporal, schedule } = training;
  const available = engine.capabilities;
  const requireCapability = (own: typeof available, capability: Capability, part: string) =>
    requireOf(own, capability, asWritten(part, isConfigured));
  for (const { name = "own", needs } of [credit, ...(training.agreement?.methods ?? [])]) {
    for (const capability of creditCapabilities(needs)) {
      requireCapability(available, capability, `credit.kind "${name}"`);
    }
  }
  if (temporal) requireCapability(available, "video", 'reward kind "temporal"');
  if (schedule.maxStaleness > 0) requireCapability(available, "overlap", "train.maxStaleness above 0");
  const needs = algorithmNeeds(objective);
  if (needs.values) requireCapability(available, "value", 'algorithm.baseline "values"');
  if (needs.entropyGradient) {
    requireCapability(available, "entropy-gradient", "algorithm.entropyCoefficient above 0");
  }
  if (needs.reference) {
    const part =
      objective.unit === "pair"
        ? `algorithm.kind "${objective.name ?? "own"}"`
        : "algorithm.klCoefficient above 0";
    requireCapability(available, "reference", part);
  } else if (schedule.reportKlEvery > 0) {
    requireCapability(available, "reference", "train.reportKlEvery above 0");
  }
}

/** Throws when a training step does not fit into the engine's memory. */
async function requireRoom({ engine, sampling, objective, schedule }: Training): Promise<void> {
  await engine.requireRoom?.({
    completionTokens: sampling.maxCompletionTokens,
    reference: algorithmNeeds(objective).reference || schedule.reportKlEvery > 0,
  });
}

/** Throws when a data set has a video and the engine does not accept videos. */
async function requireVideos(engine: Engine, source: ProblemSource | undefined): Promise<void> {
  if (engine.capabilities.has("video")) return;
  const place = await source?.firstVideo?.();
  if (place !== undefined) requireOf(engine.capabilities, "video", `${place}: a problem with a video`);
}

/** Throws when the reward compares frame orders and no problem has a video. */
async function requireFrames({ temporal, source }: Training): Promise<void> {
  if (temporal === undefined || (await source.firstVideo?.()) !== undefined) return;
  throw new ConfigError(
    `reward kind "temporal": expected a data set in which some problem has a video, got none in ${source.fingerprint}`,
  );
}

/**
 * Throws before the first step when the parts cannot work together.
 *
 * @param isConfigured whether the parts come from a configuration, whose keys the errors then name
 * @throws ConfigError when parts contradict each other, or the credit needs labels that the task lacks
 * @throws EngineError naming the part and the capability that the engine lacks, or the memory
 */
export async function requireSound(training: Training, isConfigured: boolean): Promise<void> {
  const { credit, objective } = training;
  const compared = training.agreement?.methods ?? [];
  const faults = [
    ...scheduleFaults(training),
    ...replayFaults(training),
    ...pairFaults(credit, objective),
    ...compared.flatMap((method) => comparisonFaults(method, objective)),
    ...[credit, ...compared].flatMap((method) => labelFaults(method, training)),
    ...[credit, ...compared].flatMap((method) => rewardFaults(method, training.rewards)),
  ];
  if (faults.length > 0) throw new ConfigError(asWritten(faults.join("\n"), isConfigured));
  requireCapabilities(training, isConfigured);
  await requireRoom(training);
  await requireVideos(training.engine, training.source);
  await requireFrames(training);
  await requireVideos(training.engine, training.validation);
}
