/**
 * @module
 * The verdict that most tasks use: the answer of a completion is equivalent to an accepted one.
 */
import * as z from "zod";
import { defineVerdict, judged } from "../definition.ts";
import { Answer } from "../equivalence/answer.ts";
import { withoutMarkup } from "../equivalence/words.ts";
import { sameAnswer } from "../equivalent.ts";
import { answerIn } from "../extract-answer.ts";
import { closingPolarity, isHedged, leadingPolarity, polarityOfName } from "../extraction/assertion.ts";
import { withoutEmphasis } from "../extraction/decoration.ts";
import { resultOfRow } from "../extraction/givens.ts";
import { withAfterthought } from "../extraction/marked.ts";
import { valueLabelled } from "../extraction/names.ts";
import { valueOfQuantity } from "../extraction/quantity.ts";
import { Reply } from "../extraction/reply.ts";
import { loneExpression, shortWords } from "../extraction/short.ts";
import type { JudgedProblem, Judgement, Verdict } from "../verdict.ts";
import {
  contradiction,
  leadingOption,
  letterAt,
  mentionedOption,
  namedOption,
  optionOf,
  optionsListed,
  readOptions,
} from "./options.ts";
import { PAPER_RULES, type PaperRule, readByRule } from "./paper-rules.ts";

/** "The answer is on page 5 of the book." */
const ON_PAGE = /\bon page \d+\b[^.]{0,80}\.?\s*$/i;
const POLARITY = /^(?:yes|no|true|false)$/i;
const QUOTES = /^[^"“]+["“][^"“”]*["”][.!]?$/;
const TEXT = /\\(?:text|textbf|mathrm|mathbf|mbox)\s?\{([^{}]*)\}/g;

/** Options of the verdict `answer`. */
export interface AnswerVerdictOptions {
  /**
   * `mark`: only `<answer>…</answer>` or `\boxed{…}` gives an answer; `anywhere` (default): also a declared answer or
   * the last whole expression.
   */
  readonly from?: "anywhere" | "mark";
  /** Extract the answer by a paper's rule in place of `from`. */
  readonly rule?: PaperRule | undefined;
}

/** A synchronous verdict. */
export interface AnswerVerdict extends Verdict {
  judge(text: string, problem: JudgedProblem): Judgement;
}

/** The question's accepted answers and its options, if any. */
class Known {
  readonly answers: readonly Answer[];
  readonly options: readonly Answer[];
  /** Whether a text is accepted, of texts that were compared before. */
  readonly compared = new Map<string, boolean>();
  #rightPlaces: readonly (number | undefined)[] | undefined;
  #inDigits: Known | undefined;

  constructor(answers: readonly Answer[], options: readonly Answer[]) {
    this.answers = answers;
    this.options = options;
  }

  /** By answer, the place of the option that it names. */
  get rightPlaces(): readonly (number | undefined)[] {
    this.#rightPlaces ??= rightPlaces(this.answers, this.options);
    return this.#rightPlaces;
  }

  /** The same answers and options with digits in place of number words; itself where no text has number words. */
  get inDigits(): Known {
    this.#inDigits ??= this.#withDigits();
    return this.#inDigits;
  }

  #withDigits(): Known {
    const hasWords = (answer: Answer) => answer.digits !== undefined;
    if (!this.answers.some(hasWords) && !this.options.some(hasWords)) return this;
    const digitsOf = (answer: Answer) => answer.digits ?? answer;
    return new Known(this.answers.map(digitsOf), this.options.map(digitsOf));
  }
}

/**
 * By answer, the place of the option that it names. An answer that is the text of an option accepted before it names
 * that option, though it may be the letter of another: "A" and "B" for "A. B".
 */
function rightPlaces(answers: readonly Answer[], options: readonly Answer[]): (number | undefined)[] {
  const places: (number | undefined)[] = [];
  for (const answer of answers) {
    const told = places.find((place) => place !== undefined && options[place]!.plain === answer.plain);
    places.push(told ?? optionOf(answer, options));
  }
  return places;
}

/** Most texts of a problem that are kept, and their greatest length. */
const [MOST_COMPARED, MOST_LENGTH] = [64, 400];

/** Readings of the problem that was judged last, since completions of a group come one after another. */
let last: { readonly problem: JudgedProblem; readonly known: Known } | undefined;

function knownOf(problem: JudgedProblem): Known {
  if (last?.problem !== problem) {
    const answers = problem.answers.filter((answer) => answer.trim() !== "").map(read);
    last = { problem, known: new Known(answers, readOptions(problem.options ?? [])) };
  }
  return last.known;
}

function read(text: string): Answer {
  return new Answer(text);
}

/** Whether an answer is an accepted one. A mark is compared before it is read, and completions of a group often agree. */
function isAccepted(given: Answer, known: Known): boolean {
  const { text } = given;
  const { compared } = known;
  let accepted = compared.get(text);
  if (accepted === undefined) {
    accepted = equalsAccepted(given, known);
    if (compared.size === MOST_COMPARED) compared.clear();
    if (text.length <= MOST_LENGTH) compared.set(text, accepted);
  }
  return accepted;
}

/** With options a letter and its text are one answer. */
function equalsAccepted(given: Answer, known: Known): boolean {
  const { answers, options } = known;
  if (options.length === 0) return answers.some((answer) => sameAnswer(given, answer));
  const { place, isContradiction } = namedOption(given, options);
  if (place === undefined && isContradiction) return answers.some(({ plain }) => plain === given.plain);
  return answers.some((answer, i) => {
    const right = known.rightPlaces[i];
    // A text that several options are equivalent to names none of them.
    if (right !== undefined) return place === right;
    if (sameAnswer(given, answer)) return true;
    return answer.letters !== null && optionsListed(given, options) === answer.letters;
  });
}

/**
 * Right when the answer of a completion is equivalent to an accepted answer.
 *
 * Where the problem has options, an option's text counts for its letter and the other way round. A reply without an
 * answer that names exactly one option in its last sentence has that option as its answer. Where the accepted answers
 * are yes or no, the word that a reply begins with is its answer. Unscorable without an accepted answer.
 *
 * @example
 * answerVerdict().judge("It is Paris.", { question: "?", answers: ["B"], options: ["Rome", "Paris"], columns: {} }).score; // 1
 */
export function answerVerdict({ from = "anywhere", rule }: AnswerVerdictOptions = {}): AnswerVerdict {
  return {
    name: "answer",
    judge(text, problem) {
      const known = knownOf(problem);
      const reply = rule === undefined ? Reply.of(text) : null;
      const extracted =
        rule === undefined ? reply && answerGiven(reply, from, known) : readByRule(rule, text);
      if (known.answers.length === 0) return { extracted, score: null, reason: "no accepted answer" };
      if (extracted === null) {
        if (reply !== null && from === "anywhere" && isAcceptedWhole(reply, known))
          return judged(reply.text.trim(), 1);
        return { extracted, score: 0, reason: "no answer" };
      }
      const given = new Answer(extracted);
      const accepted =
        isAccepted(given, known) ||
        (reply !== null && (isAcceptedInWords(given, reply, known) || isAcceptedValue(given, reply, known)));
      if (
        !accepted &&
        reply !== null &&
        (from === "anywhere" || reply.mark !== null) &&
        isAcceptedWhole(reply, known)
      )
        return judged(reply.mark?.content.trim() ?? reply.text.trim(), 1);
      return judged(extracted, accepted ? 1 : 0);
    },
  };
}

/**
 * Whether an unmarked reply of one short line, or all of a tag, is the text of an accepted answer: "C++", "Item 3",
 * "2x + 3y = 5".
 */
function isAcceptedWhole(reply: Reply, known: Known): boolean {
  const { mark } = reply;
  if (mark?.isTag === false || (mark === null && reply.hasBox)) return false;
  if (mark !== null && withAfterthought(mark) !== mark.answer) return false;
  const text = (mark?.content ?? reply.text).trim();
  if (text.length > MAX_SENTENCE || /\n|<\/?answer>/i.test(text)) return false;
  const whole = new Answer(text.replace(/(?<=[^.])[.。]$/, ""));
  if (optionOf(whole, known.options) !== undefined) return false;
  const packed = whole.spaced.replaceAll(" ", "");
  const isSame = ({ spaced }: Answer) =>
    spaced !== "" &&
    (spaced === whole.spaced ||
      spaced === text ||
      (spaced.includes("=") && spaced.replaceAll(" ", "") === packed));
  return known.answers.some(isSame);
}

/** Whether an answer is an accepted one with digits for number words, which a box, as mathematics, does not hold. */
function isAcceptedInWords(given: Answer, reply: Reply, known: Known): boolean {
  if (given.digits === undefined) return known.inDigits !== known && isAccepted(given, known.inDigits);
  return !reply.hasBox && isAccepted(given.digits, known.inDigits);
}

/**
 * Whether a value within an answer is accepted. In a marked or declared answer this is the value behind a noun or a label, "Day 12"
 * and "Height: 12". Of "AB^2 = 25" it is the right side, of an unmarked row, "r = 5, h = 7, V = 12", the result.
 */
function isAcceptedValue(given: Answer, reply: Reply, known: Known): boolean {
  const isDeclared =
    reply.mark !== null || (reply.declared?.answer === given.text && !ON_PAGE.test(reply.end));
  const end = reply.mark === null ? reply.end.slice(-MAX_SENTENCE) : "";
  const equation = end.lastIndexOf(given.plain);
  const value =
    (isDeclared ? valueLabelled(unwrapped(given.plain)) : undefined) ??
    valueOfQuantity(given.plain, equation < 0 ? end : end.slice(0, equation)) ??
    (reply.mark === null ? resultOfRow(given.text) : undefined);
  return value !== undefined && isAccepted(new Answer(value), known);
}

/** A text without emphasis and commands around words, but with its currency signs. */
function unwrapped(plain: string): string {
  return withoutEmphasis(plain.replaceAll(TEXT, "$1").replaceAll(/\\[,;:! ]|[\s~]+/g, " ")).replaceAll(
    /\s+/g,
    " ",
  );
}

function answerGiven(reply: Reply, from: "anywhere" | "mark", known: Known): string | null {
  return from === "mark" ? readMark(reply, reply.mark?.answer ?? null, known) : readAnywhere(reply, known);
}

const NUMERAL = /^[-+−]?[\d.,]*\d$/;
const MAX_SENTENCE = 200;
const ASKS = /[?？][\s"'”’)}$*.]*$/;
/** A letter or a choice beside the text of an option. */
const OTHER_ANSWER = /(?<!\p{L})(?:[B-HJ]|A(?!\s\p{Ll}))(?![\p{L}'’])|\b(?:or|either|neither)\b/u;

/** One word, number or expression of ASCII characters: no sentence, so nothing to extract from it. */
const UNSPACED = /^[!-~]+$/;

/** The content of a mark, unless it is a question; of a short sentence, its answer. */
function readMark(reply: Reply, content: string | null, known: Known): string | null {
  if (content === null || content.length > MAX_SENTENCE) return content;
  const { answers, options } = known;
  if (ASKS.test(content) && !answers.some(({ text }) => ASKS.test(text))) return null;
  const marked = new Answer(content);
  if (isAccepted(marked, known)) return content;
  const plain = withoutMarkup(content);
  if (asksPolarity(answers)) return leadingPolarity(plain) ?? polarityOfName(plain) ?? content;
  if (optionOf(marked, options) !== undefined) return content;
  const place = OTHER_ANSWER.test(plain) ? undefined : mentionedOption(plain, options);
  if (place !== undefined) return options[place]!.text;
  const reasoned = isHedged(plain) ? undefined : leadingOption(plain, options);
  if (reasoned !== undefined) return letterAt(reasoned);
  if (UNSPACED.test(content) || isHedged(plain)) return content;
  const said = loneExpression(plain);
  if (said !== undefined && /^[A-J]$/.test(said)) return said;
  const count = asksNumber(known) ? (said ?? countSaid(marked, reply)) : undefined;
  return count ?? shortWords(plain) ?? content;
}

/** Whether the accepted answers or the options are numbers. */
function asksNumber({ inDigits: { answers, options } }: Known): boolean {
  return [answers, options].some(
    (texts) => texts.length > 0 && texts.every(({ text }) => NUMERAL.test(text.trim())),
  );
}

/** The number that a short text without a box counts in words: "There are five apples." */
function countSaid({ digits }: Answer, reply: Reply): string | undefined {
  if (digits === undefined || reply.hasBox || isHedged(digits.text)) return undefined;
  return loneExpression(digits.text);
}

function asksPolarity(answers: readonly Answer[]): boolean {
  return answers.length > 0 && answers.every(({ text }) => POLARITY.test(text.trim()));
}

/** The letter of the option that a reply begins with, where it declares no other answer after it. */
function begunWith(reply: Reply, options: readonly Answer[]): string | undefined {
  const place = leadingOption(reply.text, options);
  return place === undefined || reply.declared !== null ? undefined : letterAt(place);
}

/** A short reply that names an option behind J. */
function lettered({ text, hasBox }: Reply, options: readonly Answer[]): string | null {
  const isNamed = options.length > 10 && !hasBox && text.length <= MAX_SENTENCE;
  return isNamed && optionOf(new Answer(text), options) !== undefined ? text.trim() : null;
}

/** The answer of a reply, using the question's options or that it is a yes/no question. */
function readAnywhere(reply: Reply, known: Known): string | null {
  const { answers, options } = known;
  if (reply.mark !== null) {
    const extracted = answerIn(reply);
    return extracted === reply.mark.answer ? readMark(reply, extracted, known) : extracted;
  }
  if (asksPolarity(answers)) {
    const extracted = answerIn(reply);
    if (extracted !== null && POLARITY.test(extracted)) return extracted;
    const polarity = leadingPolarity(reply.text);
    if (polarity !== undefined) return polarity;
    const named = QUOTES.test(reply.text) ? undefined : polarityOfName(extracted ?? reply.text);
    return closingPolarity(reply.text) ?? named ?? extracted;
  }
  if (options.length === 0) {
    const extracted = answerIn(reply);
    const mayCount = (extracted === null || !/\d/.test(extracted)) && asksNumber(known);
    return (mayCount ? countSaid(new Answer(reply.text), reply) : undefined) ?? extracted;
  }
  const begun = begunWith(reply, options);
  if (begun !== undefined) return begun;
  const extracted = answerIn(reply) ?? lettered(reply, options);
  if (extracted !== null && /^[A-Z]$/.test(extracted)) {
    const { declared } = reply;
    const said = declared?.answer === extracted ? reply.end.slice(declared.start) : reply.start;
    const contradicted = contradiction(said, extracted, options);
    if (contradicted !== undefined) return contradicted;
  }
  if (extracted !== null && optionOf(new Answer(extracted), options) !== undefined) return extracted;
  const place = mentionedOption(reply.text, options);
  return place === undefined ? extracted : options[place]!.text;
}

/** The verdict `answer`. */
export const answerDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("answer"),
    from: z
      .enum(["anywhere", "mark"])
      .default("anywhere")
      .describe(
        "mark: only <answer>…</answer> or \\boxed{…} gives an answer; anywhere: also a declared answer or the last whole expression.",
      ),
    rule: z.enum(PAPER_RULES).optional().describe("Extract the answer by a paper's rule in place of `from`."),
  }),
  create: answerVerdict,
});
