/**
 * @module
 * Numbers at the data's precision, as MathVista (arXiv:2310.02255) counts them: both sides are rounded to the same
 * places and must then be the same.
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer } from "../definition.ts";
import { equivalent } from "../equivalent.ts";
import type { JudgedProblem } from "../verdict.ts";
import { numberOf } from "./number.ts";

/** A number below 2⁵² rounded to so many places, in digits; an exact tie goes to the even digit, as in Python. */
export function roundedTo(value: number, places: number): string {
  const digits = Math.abs(value).toFixed(Math.min(100, places + 40));
  const point = digits.indexOf(".");
  const rest = digits.slice(point + 1 + places);
  const isTie = /^50*$/.test(rest);
  const kept = digits.slice(0, places === 0 ? point : point + 1 + places);
  const isEven = Number(kept.at(-1)) % 2 === 0;
  const text = isTie && isEven ? kept : Math.abs(value).toFixed(places);
  return Number(text) === 0 ? "0" : (value < 0 ? "-" : "") + String(Number(text));
}

/**
 * 1 where two answers are one number at so many decimal places. Integers (places 0 of type integer) are cut off and
 * not rounded, as MathVista's code does.
 */
export function numericMatch(
  given: string,
  answer: string,
  places: number,
  isInteger = false,
): number | null {
  const right = numberOf(answer);
  if (right === undefined) return null;
  const value = numberOf(given);
  if (value === undefined) return 0;
  if (isInteger) return Math.trunc(value) === Math.trunc(right) ? 1 : 0;
  return roundedTo(value, places) === roundedTo(right, places) ? 1 : 0;
}

/** Decimal places of a numeral as it is written. */
function placesOf(answer: string): number {
  return /\.(\d+)/.exec(answer)?.[1]?.length ?? 0;
}

function precisionOf({ columns }: JudgedProblem): number | undefined {
  const precision = Number(columns["precision"] ?? Number.NaN);
  return Number.isInteger(precision) && precision >= 0 && precision <= 20 ? precision : undefined;
}

/** The verdict `numeric`. */
export const numericDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("numeric"),
    from: z
      .enum(["anywhere", "mark"])
      .default("anywhere")
      .describe("mark: only <answer>…</answer> or \\boxed{…} gives an answer; anywhere: also the text."),
    places: z
      .int()
      .min(0)
      .max(20)
      .optional()
      .describe("Decimal places; else the column `precision`, else the accepted answer's."),
  }),
  create: ({ from, places }) => ({
    name: "numeric",
    judge: (text, problem) =>
      bestOf(readAnswer(text, from), problem.answers, (given, answer) => {
        if (numberOf(answer) === undefined) return equivalent(given, answer) ? 1 : 0;
        const isInteger = places === undefined && problem.columns["answer_type"] === "integer";
        return numericMatch(given, answer, places ?? precisionOf(problem) ?? placesOf(answer), isInteger);
      }),
  }),
});
