/**
 * @module
 * Video-R1's reward of a right answer's length: neither too short to think nor too long to end.
 */
import * as z from "zod";

/** Which lengths are rewarded. */
export const lengthSchema = z
  .strictObject({
    min: z.int().min(1).default(320).describe("Tokens of the shortest right completion that is rewarded."),
    max: z.int().min(1).default(512).describe("Tokens of the longest."),
    weight: z.number().positive().default(0.2).describe("What a right completion of such a length earns."),
  })
  .refine(({ min, max }) => min <= max, { message: "expected min to be at most max" })
  .describe("Reward for right completions of a length within bounds, as in Video-R1; {} for defaults.");

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
