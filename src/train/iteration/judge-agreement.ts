/**
 * @module
 * Agreement of correctness rewards with the run's verdict.
 */
import { agreementOf } from "../../judge/index.ts";
import type { Reward } from "../../reward/index.ts";
import type { Group } from "../batch/group.ts";

/** Cohen's kappa by the name of the reward, if defined; undefined without such rewards. */
export function judgeAgreement(
  rewards: readonly Reward[],
  groups: readonly Group[],
): { readonly agreement?: Readonly<Record<string, number>> } {
  const judged = groups.flatMap(({ rollouts }) => rollouts.map(({ reward }) => reward));
  const agreement = rewards.flatMap(({ name, isVerdict }) => {
    if (!isVerdict) return [];
    const { kappa } = agreementOf(
      judged.map(({ parts, judgement }) => [parts[name] ?? null, judgement.score]),
    );
    return kappa === null ? [] : [[name, kappa] as const];
  });
  return agreement.length === 0 ? {} : { agreement: Object.fromEntries(agreement) };
}
