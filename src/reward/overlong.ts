/**
 * @module
 * DAPO's soft punishment of completions that come near the sampler's limit.
 */
import * as z from "zod";
import { ConfigError, NumericError } from "../errors/index.ts";
import { entryOptions } from "./options.ts";
import { defineReward } from "./reward.ts";

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
 * @returns in [−1, 0]; −1 for a completion truncated at the limit
 * @throws NumericError when the buffer is not above 0, or tokens or limit are below
 * @example
 * softOverlongPunishment(90, 100, 20); // -0.5
 */
export function softOverlongPunishment(tokens: number, limit: number, buffer: number): number {
  for (const [name, value] of Object.entries({ tokens, limit })) {
    if (!(value >= 0)) throw new NumericError(`${name}: expected a number ≥ 0, got ${value}`);
  }
  if (!(buffer > 0)) throw new NumericError(`buffer: expected a number > 0, got ${buffer}`);
  return -Math.min(1, Math.max(0, (tokens - (limit - buffer)) / buffer)) + 0;
}

/** −1 to 0: DAPO's punishment of completions near the limit. */
export const overlongReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("overlong"),
      ...entryOptions(),
      buffer: z
        .int()
        .positive()
        .describe("Tokens before the limit over which the punishment grows from 0 to 1."),
    })
    .describe("Soft punishment of completions that come near sampling.maxCompletionTokens, as in DAPO."),
  create: ({ buffer }, { maxCompletionTokens }) => {
    if (buffer > maxCompletionTokens) {
      throw new ConfigError(
        `reward overlong: expected buffer to be at most sampling.maxCompletionTokens (${maxCompletionTokens}), got ${buffer}`,
      );
    }
    return (answered) =>
      answered.map(({ tokens }) => softOverlongPunishment(tokens.length, maxCompletionTokens, buffer));
  },
});
