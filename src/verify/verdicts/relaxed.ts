/**
 * @module
 * Relaxed accuracy of ChartQA (arXiv:2203.10244, section 5.1): numbers within 5 %, everything else exactly. Numbers
 * are read as in Pix2Struct's code (arXiv:2210.03347), which lmms-eval and VLMEvalKit share. A percentage is its
 * share, a reference of 0 is compared as text, and thousands' separators are not numbers.
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer, sourceSchema } from "../definition.ts";
import { equivalent } from "../equivalent.ts";
import { pythonFloat } from "./python-float.ts";

/** A decimal or a percentage as a number; undefined for anything else. */
function floatOf(text: string): number | undefined {
  if (!text.endsWith("%")) return pythonFloat(text);
  const share = pythonFloat(text.replace(/%+$/, ""));
  return share === undefined ? undefined : share / 100;
}

/** |given − answer| / |answer| ≤ tolerance for numbers, the same text in any case for the rest: 1 or 0. */
export function relaxedMatch(given: string, answer: string, tolerance = 0.05): number {
  const [x, y] = [floatOf(given), floatOf(answer)];
  if (x !== undefined && y !== undefined && y !== 0)
    return Math.abs(x - y) / Math.abs(y) <= tolerance ? 1 : 0;
  return given.toLowerCase() === answer.toLowerCase() ? 1 : 0;
}

/** The verdict `relaxed`. */
export const relaxedDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("relaxed"),
    from: sourceSchema,
    tolerance: z.number().min(0).max(1).default(0.05).describe("Relative error that counts as right."),
    equivalent: z
      .boolean()
      .default(false)
      .describe("Whether equivalent answers count too: 1,000 for 1000, 50% for 50."),
  }),
  create: ({ from, tolerance, equivalent: isOpen }) => ({
    name: "relaxed",
    judge: (text, { answers }) =>
      bestOf(readAnswer(text, from), answers, (given, answer) => {
        const score = relaxedMatch(given.trim(), answer.trim(), tolerance);
        return score === 0 && isOpen && equivalent(given, answer) ? 1 : score;
      }),
  }),
});
