/**
 * @module
 * Rollouts as lines of a rollouts/ file: prompt, completion, and each token's credit.
 */
import { pictureCount } from "../../data/index.ts";
import type { Group } from "../batch/group.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";
import type { Training } from "./training.ts";

/** Six significant digits: enough for display, at half the size. */
function rounded(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => Number(value.toPrecision(6)));
}

/** The groups of an iteration, the groups that were trained on, and the policy version that sampled them. */
interface LearntBatch {
  readonly groups: readonly Group[];
  readonly used: readonly CreditedGroup[];
  readonly version: number;
}

/**
 * One object per rollout.
 *
 * @param limit groups to write, those with spread first; 0 writes all
 */
export function rolloutLines(
  training: Training,
  { groups, used, version }: LearntBatch,
  limit: number,
): object[] {
  const creditOf = new Map(used.map(({ group, credits }) => [group, credits]));
  const ordered = [
    ...groups.filter((group) => creditOf.has(group)),
    ...groups.filter((group) => !creditOf.has(group)),
  ];
  const { framesPerPatch = 1 } = training.dialogue.sight?.vision ?? {};
  return ordered.slice(0, limit === 0 ? groups.length : limit).flatMap((group) => {
    const pictures = pictureCount(group.problem, framesPerPatch);
    return group.rollouts.map(({ completion, text, reward }, i) => {
      const credit = creditOf.get(group)?.[i];
      return {
        problem: group.problem.id,
        index: group.index,
        kind: group.problem.kind ?? "all",
        question: group.problem.question,
        answers: group.problem.answers,
        pictures,
        completion: text,
        reward: reward.value,
        rewardParts: reward.parts,
        extracted: reward.judgement.extracted,
        verdict: reward.judgement.score,
        stopReason: completion.stopReason,
        policyVersion: version,
        tokens: Array.from(completion.tokens),
        tokenTexts: training.dialogue.tokenTexts(completion.tokens),
        logprobs: rounded(completion.logprobs),
        entropy: rounded(completion.entropy),
        ...(credit && { weights: rounded(credit.weights) }),
        ...(credit?.advantageBonus && { advantageBonus: rounded(credit.advantageBonus) }),
        ...(credit?.scores && { scores: rounded(credit.scores) }),
        ...(credit?.roles && { roles: credit.roles }),
        ...(credit?.alignment && { alignment: rounded(credit.alignment) }),
        ...(credit?.clusters && { clusters: Array.from(credit.clusters) }),
        ...(credit?.rewardBonus !== undefined && { rewardBonus: credit.rewardBonus }),
      };
    });
  });
}
