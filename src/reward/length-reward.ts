/**
 * @module
 * Video-R1's reward of a right answer's length: neither too short to think nor too long to end.
 */
import * as z from "zod";
import { ConfigError } from "../errors/index.ts";
import { entryOptions } from "./options.ts";
import { defineReward } from "./reward.ts";

/**
 * Whether a completion earns the reward of its length, as 1 or 0.
 *
 *     1[right and min ≤ T ≤ max]
 *
 * Source: Video-R1, arXiv:2503.21776, eq. 5.
 *
 * @param accuracy in [0, 1]; right from one half on
 * @param tokens T, the stop token included
 * @example
 * lengthReward(1, 400, { min: 320, max: 512 }); // 1
 */
export function lengthReward(
  accuracy: number,
  tokens: number,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  return accuracy >= 0.5 && tokens >= min && tokens <= max ? 1 : 0;
}

/** 1 for right completions of a length within bounds, else 0. */
export const lengthPartReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("length"),
      ...entryOptions(0.2),
      min: z.int().min(1).default(320).describe("Tokens of the shortest right completion that is rewarded."),
      max: z.int().min(1).default(512).describe("Tokens of the longest."),
    })
    .describe("Reward of right completions of a length within bounds, as in Video-R1."),
  create: ({ min, max }, { maxCompletionTokens }) => {
    if (min > max)
      throw new ConfigError(`reward length: expected min to be at most max, got ${min} and ${max}`);
    if (min > maxCompletionTokens) {
      throw new ConfigError(
        `reward length: expected min to be at most sampling.maxCompletionTokens (${maxCompletionTokens}), got ${min}`,
      );
    }
    return (answered) =>
      answered.map(({ judgement: { score }, tokens }) =>
        score === null ? null : lengthReward(score, tokens.length, { min, max }),
      );
  },
});
