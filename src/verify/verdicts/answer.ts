/**
 * @module
 * The verdict that most tasks use: the answer of a completion is equivalent to an accepted one.
 */
import * as z from "zod";
import { defineVerdict, judged } from "../definition.ts";
import { equivalent } from "../equivalent.ts";
import { extractAnswer, markedAnswer } from "../extract-answer.ts";
import { withoutThought } from "../extraction/thought.ts";
import type { JudgedProblem, Judgement, Verdict } from "../verdict.ts";
import { mentionedOption, optionOf } from "./options.ts";
import { PAPER_RULES, type PaperRule, readByRule } from "./paper-rules.ts";

/** "Yes, …" at the start of a reply, but no "yes or no". */
const BEGINS = /^[\s*"'“]*(yes|no|true|false)\b(?!\s*(?:or|and|\/|,\s*(?:yes|no)\b))/i;
const POLARITY = /^(?:yes|no|true|false)$/i;

/** Options of the verdict `answer`. */
export interface AnswerVerdictOptions {
  /**
   * `mark`: only `<answer>…</answer>` or `\boxed{…}` holds an answer; `anywhere` (default): else a declared answer or
   * the last whole expression does.
   */
  readonly from?: "anywhere" | "mark";
  /** Reads the answer by the rule of a paper or of its code in place of `from`. */
  readonly rule?: PaperRule | undefined;
}

/** A verdict that judges at once. */
export interface AnswerVerdict extends Verdict {
  judge(text: string, problem: JudgedProblem): Judgement;
}

/** Whether an answer is an accepted one; with options a letter and its text are one answer. */
function isAccepted(given: string, { answers, options }: JudgedProblem): boolean {
  if (options === undefined || options.length === 0)
    return answers.some((answer) => equivalent(given, answer));
  const place = optionOf(given, options);
  return answers.some((answer) => {
    const right = optionOf(answer, options);
    return place === undefined || right === undefined ? equivalent(given, answer) : place === right;
  });
}

/**
 * Right when the answer of a completion is equivalent to an accepted answer.
 *
 * Where the problem has options, an option's text counts for its letter and the other way round, and a reply without
 * any answer that names exactly one option in its last sentence names that one. Where the accepted answers are yes or
 * no, the word that a reply begins with is its answer. Unscorable without an accepted answer.
 *
 * @example
 * answerVerdict().judge("It is Paris.", { question: "?", answers: ["B"], options: ["Rome", "Paris"], columns: {} }).score; // 1
 */
export function answerVerdict({ from = "anywhere", rule }: AnswerVerdictOptions = {}): AnswerVerdict {
  return {
    name: "answer",
    judge(text, problem) {
      const accepted = problem.answers.filter((answer) => answer.trim() !== "");
      const known = { ...problem, answers: accepted };
      const extracted =
        rule === undefined
          ? from === "mark"
            ? (markedAnswer(text) ?? null)
            : readAnywhere(text, known)
          : readByRule(rule, text);
      if (accepted.length === 0) return { extracted, score: null, reason: "no accepted answer" };
      if (extracted === null) return { extracted, score: 0, reason: "no answer" };
      return judged(extracted, isAccepted(extracted, known) ? 1 : 0);
    },
  };
}

/** The answer of a completion by what is known of the question: its options, or that it asks for yes or no. */
function readAnywhere(text: string, { answers, options }: JudgedProblem): string | null {
  const extracted = extractAnswer(text);
  const asksPolarity = answers.length > 0 && answers.every((answer) => POLARITY.test(answer.trim()));
  if (options === undefined && !asksPolarity) return extracted;
  if (
    extracted !== null &&
    (asksPolarity ? POLARITY.test(extracted) : optionOf(extracted, options ?? []) !== undefined)
  ) {
    return extracted;
  }
  const reply = withoutThought(text);
  if (reply === null || markedAnswer(text) !== undefined) return extracted;
  if (asksPolarity) return BEGINS.exec(reply)?.[1] ?? extracted;
  const place = mentionedOption(reply, options ?? []);
  return place === undefined ? extracted : options![place]!;
}

/** The verdict `answer`. */
export const answerDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("answer"),
    from: z
      .enum(["anywhere", "mark"])
      .default("anywhere")
      .describe(
        "mark: only <answer>…</answer> or \\boxed{…} holds an answer; anywhere: else a declared answer or the last " +
          "whole expression does.",
      ),
    rule: z
      .enum(PAPER_RULES)
      .optional()
      .describe("Reads the answer by the rule of a paper or of its code, in place of `from`."),
  }),
  create: answerVerdict,
});
