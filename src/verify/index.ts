/** @module Temporary stand-in until the verify layer lands. */
import * as z from "zod";
export interface Reward { readonly value: number; readonly parts: Readonly<Record<string, number>>; readonly reason?: string }
export const rewardSchema = z.strictObject({
  accuracy: z.number().default(1).describe("Weight of a right answer."),
  format: z.number().default(0.1).describe("Weight of the asked format."),
});
export function extractAnswer(text: string): string | null { return /<answer>([^<]*)<\/answer>/.exec(text)?.[1]?.trim() ?? text.match(/-?\d+/g)?.at(-1) ?? null; }
export function equivalent(a: string, b: string): boolean { return a.trim() === b.trim(); }
export function completionReward(text: string, answer: string, config: z.infer<typeof rewardSchema>): Reward {
  const given = extractAnswer(text);
  const accuracy = given !== null && equivalent(given, answer) ? 1 : 0;
  const format = /^<think>[^<]*<\/think><answer>[^<]*<\/answer>$/.test(text) ? 1 : 0;
  return { value: config.accuracy * accuracy + config.format * format, parts: { accuracy, format } };
}
