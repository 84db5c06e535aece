/**
 * @module
 * Exact match of strings.
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer, sourceSchema } from "../definition.ts";

/** 1 where two strings are the same up to white space and, unless asked for, letter case; else 0. */
export function exactMatch(given: string, answer: string, isCaseSensitive = false): number {
  const plain = (text: string) => {
    const spaced = text.trim().replaceAll(/\s+/g, " ");
    return isCaseSensitive ? spaced : spaced.toLowerCase();
  };
  return plain(given) === plain(answer) ? 1 : 0;
}

/** The verdict `exact`. */
export const exactDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("exact"),
    from: sourceSchema,
    caseSensitive: z.boolean().default(false).describe("Whether letter case counts."),
  }),
  create: ({ from, caseSensitive }) => ({
    name: "exact",
    judge: (text, { answers }) =>
      bestOf(readAnswer(text, from), answers, (given, answer) => exactMatch(given, answer, caseSensitive)),
  }),
});
