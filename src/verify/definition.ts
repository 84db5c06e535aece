/**
 * @module
 * The definition of a verdict, and the place of the answer in a completion.
 */
import * as z from "zod";
import type { Define } from "../parts/index.ts";
import { extractAnswer, markedAnswer } from "./extract-answer.ts";
import { withoutThought } from "./extraction/thought.ts";
import type { Judgement, Verdict, VerdictContext } from "./verdict.ts";

/**
 * The definition of a verdict: schema of its options, if any, and its maker. The schema of a built-in verdict has a
 * kind.
 */
export const defineVerdict: Define<VerdictContext, Verdict> = <T>(definition: T) => definition;

/** The place where an answer is extracted. */
export const sourceSchema = z
  .enum(["reply", "anywhere", "mark", "text"])
  .default("reply")
  .describe(
    "reply: the marked answer, else the whole reply after its thought, as in published metrics. anywhere: the marked answer, else the declared answer or the last whole expression. mark: only <answer>…</answer> or \\boxed{…}. text: the whole completion.",
  );

/** The answer of a completion from its place; null if there is none. */
export function readAnswer(text: string, from: z.output<typeof sourceSchema>): string | null {
  if (from === "text") return text;
  if (from === "anywhere") return extractAnswer(text);
  const marked = markedAnswer(text);
  if (from === "mark" || marked !== undefined) return marked ?? null;
  return withoutThought(text)?.trim() || null;
}

/** Typesetting around an answer: "\\text{Yes}", "25\\%". */
const TYPESETTING = /\\(?:text(?:bf|it|rm|normal|sf|tt)?|math(?:rm|bf)|mbox)\s?\{([^{}]*)\}|\\([%$&#_])/g;

/** An answer as given and, where that differs, without typesetting. */
function readings(given: string): readonly string[] {
  if (!given.includes("\\")) return [given];
  const plain = given.replaceAll(TYPESETTING, "$1$2").trim();
  return plain === given ? [given] : [given, plain];
}

/** The judgement of an answer by its best score over the accepted answers, as given or without typesetting. */
export function bestOf(
  extracted: string | null,
  answers: readonly string[],
  score: (given: string, answer: string) => number | null,
): Judgement {
  const accepted = answers.filter((answer) => answer.trim() !== "");
  if (accepted.length === 0) return { extracted, score: null, reason: "no accepted answer" };
  if (extracted === null) return { extracted, score: 0, reason: "no answer" };
  const scores = readings(extracted)
    .flatMap((given) => accepted.map((answer) => score(given, answer)))
    .filter((value) => value !== null);
  if (scores.length === 0) return { extracted, score: null, reason: "the accepted answer cannot be read" };
  return judged(extracted, Math.max(...scores));
}

/** A judgement with a score and its usual reason. */
export function judged(extracted: string | null, score: number): Judgement {
  const reason = score === 1 ? "right answer" : score === 0 ? "wrong answer" : `score ${score.toFixed(3)}`;
  return { extracted, score, reason };
}
