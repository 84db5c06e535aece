/**
 * @module
 * Set match: an answer lists what is asked for, in any order. The score is 1 for exactly the same members, or the F1
 * of the members found.
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer, sourceSchema } from "../definition.ts";
import { Answer } from "../equivalence/answer.ts";
import { sameAnswer } from "../equivalent.ts";

/** More members are not compared. */
const MAX_MEMBERS = 100;
/** Longer members are compared as text. */
const MAX_LENGTH = 200;

const TEXT = /\\(?:text|textbf|mathrm)\{([^{}]*)\}/g;
const SEPARATOR = /[,;，；、\n]|(?<=\s)&(?=\s)|\band\b|\bor\b|和/y;

/** A list cut at its separators outside brackets. */
function partsOf(list: string): readonly string[] {
  const parts: string[] = [];
  let [from, depth] = [0, 0];
  for (let at = 0; at < list.length; at++) {
    const symbol = list[at]!;
    if ("([{".includes(symbol)) depth++;
    else if (")]}".includes(symbol)) depth--;
    else if (depth <= 0) {
      SEPARATOR.lastIndex = at;
      const length = SEPARATOR.exec(list)?.[0].length ?? 0;
      if (length === 0) continue;
      parts.push(list.slice(from, at));
      from = at + length;
      at = from - 1;
    }
  }
  return [...parts, list.slice(from)];
}

/** The members of a list: separated by commas, semicolons, line breaks, "and" or "or", in brackets or not, each once. */
export function membersOf(list: string): readonly Answer[] {
  const all = partsOf(list.replaceAll(TEXT, "$1").trim().replace(/\.$/, ""));
  const [only = ""] = all;
  const isBracketed = all.length === 1 && /^\\?[[({][\s\S]*[\])}]$/.test(only.trim());
  const inner = isBracketed ? partsOf(only.trim().replaceAll(/^\\?[[({]|\\?[\])}]$/g, "")) : all;
  const isRun = inner.length === 1 && /^A?B?C?D?E?F?G?H?I?J?$/.test(inner[0]!.trim());
  const parts = (isRun ? Array.from(inner[0]!.trim()) : inner)
    .map((part) =>
      part
        .trim()
        .replace(/^(?:[-*•]|\d+[.)])\s+/, "")
        .replaceAll(/^["'“]|["'”]$/g, "")
        .trim(),
    )
    .filter((part) => part !== "");
  const members: Answer[] = [];
  for (const part of parts.slice(0, MAX_MEMBERS)) {
    const member = new Answer(part);
    if (!members.some((other) => areSame(other, member))) members.push(member);
  }
  return members;
}

function areSame(a: Answer, b: Answer): boolean {
  if (a.text.length > MAX_LENGTH || b.text.length > MAX_LENGTH) return a.text === b.text;
  return sameAnswer(a, b);
}

/** A comma within a number, such as 1,000. */
const THOUSANDS = /(?<=\d),(?=\d{3}(?!\d))/g;

/** The members of a list, and of its other reading where commas may be within numbers. */
function readingsOf(list: string): readonly (readonly Answer[])[] {
  const joined = list.replaceAll(THOUSANDS, "");
  return joined === list ? [membersOf(list)] : [membersOf(list), membersOf(joined)];
}

/** Members of both sets, over the members of each. */
export function setOverlap(
  given: readonly Answer[],
  right: readonly Answer[],
): { recall: number; precision: number } {
  const left = [...right];
  let found = 0;
  for (const member of given) {
    const place = left.findIndex((answer) => areSame(member, answer));
    if (place >= 0) {
      left.splice(place, 1);
      found++;
    }
  }
  return {
    recall: right.length === 0 ? 0 : found / right.length,
    precision: given.length === 0 ? 0 : found / given.length,
  };
}

/** The verdict `set`. */
export const setDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("set"),
    from: sourceSchema,
    score: z
      .enum(["exact", "f1"])
      .default("exact")
      .describe("exact: 1 for the same members; f1: 2·precision·recall / (precision + recall)."),
  }),
  create: ({ from, score }) => ({
    name: "set",
    judge: (text, { answers }) =>
      bestOf(readAnswer(text, from), answers, (given, answer) => {
        const rights = readingsOf(answer);
        const found = readingsOf(given).flatMap((members) =>
          rights.map((right) => setOverlap(members, right)),
        );
        const scores = found.map(({ recall, precision }) => {
          if (score === "exact") return recall === 1 && precision === 1 ? 1 : 0;
          return recall + precision === 0 ? 0 : (2 * recall * precision) / (recall + precision);
        });
        return Math.max(...scores);
      }),
  }),
});
