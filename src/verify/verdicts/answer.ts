/**
 * @module
 * The verdict that most tasks use: the answer of a completion is equivalent to an accepted one.
 */
import * as z from "zod";
import { defineVerdict, judged } from "../definition.ts";
import { withoutMarkup } from "../equivalence/words.ts";
import { equivalent } from "../equivalent.ts";
import { extractAnswer, loneExpression, markedAnswer, shortWords } from "../extract-answer.ts";
import { isHedged, leadingPolarity } from "../extraction/assertion.ts";
import { declaredAnswer } from "../extraction/declared.ts";
import { withoutThought } from "../extraction/thought.ts";
import type { JudgedProblem, Judgement, Verdict } from "../verdict.ts";
import { leadingOption, mentionedOption, optionOf } from "./options.ts";
import { PAPER_RULES, type PaperRule, readByRule } from "./paper-rules.ts";

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
            ? readMark(markedAnswer(text) ?? null, known)
            : readAnywhere(text, known)
          : readByRule(rule, text);
      if (accepted.length === 0) return { extracted, score: null, reason: "no accepted answer" };
      if (extracted === null) return { extracted, score: 0, reason: "no answer" };
      return judged(extracted, isAccepted(extracted, known) ? 1 : 0);
    },
  };
}

/** Whether the accepted answers, or the options, are bare numbers. */
const NUMERAL = /^[-+−]?[\d.,]*\d$/;
const MAX_SENTENCE = 200;
const ASKS = /[?？][\s"'”’)}$*.]*$/;
/** A letter or a choice beside the text of an option. */
const OTHER_ANSWER = /(?<!\p{L})(?:[B-HJ]|A(?!\s\p{Ll}))(?![\p{L}'’])|\b(?:or|either|neither)\b/u;

/** What a mark holds, but no question; where that is a short sentence in place of an accepted answer, what the sentence says. */
function readMark(content: string | null, known: JudgedProblem): string | null {
  if (content === null || content.length > MAX_SENTENCE) return content;
  if (ASKS.test(content) && !known.answers.some((answer) => ASKS.test(answer))) return null;
  if (isAccepted(content, known)) return content;
  const { answers, options } = known;
  const plain = withoutMarkup(content);
  if (asksPolarity(answers)) return leadingPolarity(plain) ?? content;
  if (options !== undefined && options.length > 0) {
    if (optionOf(content, options) !== undefined) return content;
    const place = OTHER_ANSWER.test(plain) ? undefined : mentionedOption(plain, options);
    if (place !== undefined) return options[place]!;
  }
  if (isHedged(plain)) return content;
  const isNumeric = [answers, options ?? []].some(
    (texts) => texts.length > 0 && texts.every((text) => NUMERAL.test(text.trim())),
  );
  const said = loneExpression(plain);
  if (said !== undefined && (isNumeric || /^[A-J]$/.test(said))) return said;
  return shortWords(plain) ?? content;
}

function asksPolarity(answers: readonly string[]): boolean {
  return answers.length > 0 && answers.every((answer) => POLARITY.test(answer.trim()));
}

/** The letter of the option that a reply begins with, where it declares no other answer after it. */
function begunWith(text: string, options: readonly string[]): string | undefined {
  const reply = withoutThought(text);
  const place = reply === null ? undefined : leadingOption(reply, options);
  if (place === undefined || declaredAnswer(reply!) !== undefined) return undefined;
  return String.fromCharCode("A".charCodeAt(0) + place);
}

/** The answer of a completion by what is known of the question: its options, or that it asks for yes or no. */
function readAnywhere(text: string, known: JudgedProblem): string | null {
  const { answers, options } = known;
  const extracted = extractAnswer(text);
  const marked = markedAnswer(text);
  if (marked !== undefined) return extracted === marked ? readMark(marked, known) : extracted;
  const isPolar = asksPolarity(answers);
  if (options === undefined && !isPolar) return extracted;
  const begun = isPolar ? undefined : begunWith(text, options ?? []);
  if (begun !== undefined) return begun;
  if (
    extracted !== null &&
    (isPolar ? POLARITY.test(extracted) : optionOf(extracted, options ?? []) !== undefined)
  ) {
    return extracted;
  }
  const reply = withoutThought(text);
  if (reply === null) return extracted;
  if (isPolar) {
    const polarity = leadingPolarity(reply);
    return polarity === undefined ? extracted : polarity;
  }
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
