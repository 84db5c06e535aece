/**
 * @module
 * Average normalised Levenshtein similarity of DocVQA and InfoVQA (arXiv:1907.00490; the code of the challenge).
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer, sourceSchema } from "../definition.ts";
import { levenshtein } from "./levenshtein.ts";

/** Longer texts are compared as they are. */
const MAX_LENGTH = 4000;

/**
 * 1 − d(given, answer) / max(length), or 0 where that is below the threshold. d is the Levenshtein distance of the
 * texts in lower case with single spaces. The length is the unchanged text's, in capitals (ß has two). The
 * challenge's code keeps a similarity of exactly the threshold.
 */
export function anls(given: string, answer: string, threshold = 0.5): number {
  const plain = (text: string) => text.trim().toLowerCase().split(/\s+/).join(" ");
  const [a, b] = [Array.from(plain(given)), Array.from(plain(answer))];
  const length = Math.max(...[given, answer].map((text) => Array.from(text.toUpperCase()).length));
  if (length === 0) return 1;
  if (Math.max(a.length, b.length) > MAX_LENGTH) return plain(given) === plain(answer) ? 1 : 0;
  const edits = levenshtein(a, b, Math.ceil((1 - threshold) * length));
  const similarity = edits === undefined ? 0 : 1 - edits / length;
  return similarity < threshold ? 0 : similarity;
}

/** The verdict `anls`. */
export const anlsDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("anls"),
    from: sourceSchema,
    threshold: z.number().min(0).max(1).default(0.5).describe("A lower similarity counts as 0."),
  }),
  create: ({ from, threshold }) => ({
    name: "anls",
    judge: (text, { answers }) =>
      bestOf(readAnswer(text, from), answers, (given, answer) => anls(given, answer, threshold)),
  }),
});
