/**
 * @module
 * The reward of one text, by entries as a configuration writes them.
 */
import { resolveConfig } from "../config/index.ts";
import { createRewards } from "../config/open/create-rewards.ts";
import type { Problem } from "../data/index.ts";
import { answeredOf, type CompletionReward, completionRewards, type Reward } from "../reward/index.ts";
import { createVerdict, type VerdictConfig } from "../verify/index.ts";

export interface RewardedText {
  /** Entries of the reward list; accuracy and a tenth of the format unless given. */
  readonly entries?: readonly unknown[];
  readonly answers: readonly string[];
  readonly keySteps?: Problem["keySteps"];
  readonly flags?: readonly string[];
}

/** Rewards a text as training does. */
export async function rewardOf(
  text: string,
  { entries, answers, keySteps, flags = [] }: RewardedText,
): Promise<CompletionReward> {
  const reward = entries ?? ["accuracy", { kind: "format", weight: 0.1 }];
  const config = resolveConfig({ file: { reward }, flags });
  const problem = { id: "1", images: [], question: "", answers, columns: {}, ...(keySteps && { keySteps }) };
  const completion = {
    tokens: new Int32Array(text.length),
    logprobs: new Float64Array(),
    entropy: new Float64Array(),
    stopReason: "stop" as const,
  };
  const verdict = createVerdict(config.verdict as VerdictConfig);
  const answered = await answeredOf(verdict, [{ problem, completion, text }]);
  const [found] = await completionRewards(
    createRewards(config, { verdict, maxCompletionTokens: 10_000 }).rewards as readonly Reward[],
    answered,
  );
  return found!;
}
