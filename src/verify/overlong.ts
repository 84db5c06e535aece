/**
 * @module
 * DAPO's soft punishment of completions that come near the sampler's limit.
 */
import * as z from "zod";
import { NumericError } from "../errors/index.ts";

/** How length is punished. */
export const overlongSchema = z
  .strictObject({
    buffer: z
      .int()
      .positive()
      .describe("Tokens before the limit over which the punishment grows from 0 to 1."),
    weight: z.number().min(0).default(1).describe("Weight of the punishment in the reward."),
  })
  .describe("Soft punishment of completions that come near sampling.maxCompletionTokens, as in DAPO.");

/**
 * Reward of a completion's length, which is never above 0.
 *
 *     0                                 for T ≤ limit − buffer
 *     (limit − buffer − T) / buffer     up to the limit
 *     −1                                beyond
 *
 * Source: DAPO, arXiv:2503.14476, eq. 13.
 *
 * @param tokens T, the stop token included
 * @param limit longest completion, in tokens
 * @param buffer tokens, from 1 to the limit
 * @returns in [−1, 0]; −1 for a completion that was cut at the limit
 * @throws NumericError when the buffer is not above 0
 * @example
 * softOverlongPunishment(90, 100, 20); // -0.5
 */
export function softOverlongPunishment(tokens: number, limit: number, buffer: number): number {
  if (!(buffer > 0)) throw new NumericError(`buffer: expected a number > 0, got ${buffer}`);
  return -Math.min(1, Math.max(0, (tokens - (limit - buffer)) / buffer)) + 0;
}
