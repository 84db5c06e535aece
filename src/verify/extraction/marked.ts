/**
 * @module
 * The marked answer of a completion, and the effect of the text after the mark.
 */
import { parseAnswer } from "../equivalence/grammar.ts";
import { constantValue } from "../equivalence/value.ts";
import { equivalent } from "../equivalent.ts";
import { isHedged } from "./assertion.ts";
import { declaredAnswer } from "./declared.ts";
import { choiceInJson, undecorated } from "./decoration.ts";
import { boxedAnswer, hasBox, lastBox, lastTag, withBraces } from "./marks.ts";
import { withoutBecause } from "./reason.ts";

/** A marked answer. */
export interface Mark {
  /** The content of the mark; null if empty. */
  readonly answer: string | null;
  /** All of its text. */
  readonly content: string;
  readonly isTag: boolean;
  /** The text after it. */
  readonly after: string;
}

/** The last mark in a text: a tag, else a box. Undefined without a mark. */
export function markIn(text: string): Mark | undefined {
  const tag = lastTag(text);
  if (tag !== undefined) {
    const { content, end } = tag;
    return { answer: contentOf(content), content, isTag: true, after: text.slice(end) };
  }
  const plain = withBraces(unescaped(text));
  const box = lastBox(plain);
  if (box === undefined) return undefined;
  const { content, end } = box;
  return { answer: undecorated(content) || null, content, isTag: false, after: plain.slice(end) };
}

/** Commands with two backslashes, as text that was escaped twice has them. */
function unescaped(text: string): string {
  if (!text.includes("\\\\boxed{") || hasBox(text.replaceAll("\\\\boxed", ""))) return text;
  return text.replaceAll(/\\\\(?=[a-zA-Z])/g, "\\");
}

/** "The area is 42 cm." */
const SAYS_NUMBER = /^[\p{L}' ]{1,80} (?:is|are|equals|was) ((?:[-+−]?[\d.$€£]|\\[([]).{0,60}?)\.?$/u;

/** The content of a tag: a box in it, an answer declared by a sentence in it, else all of it. */
function contentOf(tagged: string): string | null {
  const content = undecorated(tagged);
  if (hasBox(content)) return undecorated(boxedAnswer(content) ?? "") || null;
  const chosen = choiceInJson(content);
  if (chosen !== undefined) return undecorated(chosen) || null;
  const declared = content.length > 500 ? undefined : declaredAnswer(content);
  return undecorated(declared?.answer ?? SAYS_NUMBER.exec(content)?.[1] ?? valueIn(content)) || null;
}

/** "so x = 3." */
const CONCLUDES = /^(?:so|thus|hence|therefore),?\s(?=\p{L}{1,2}\s?=)/iu;
const MAX_VALUE = 200;

/** The value in the content of a tag that says why, "3 because 1 + 2 = 3", or how, "1 + 2 = 3". */
function valueIn(content: string): string {
  if (content.length > MAX_VALUE) return content;
  const concluded = CONCLUDES.test(content) ? content.replace(CONCLUDES, "").replace(/\.$/, "") : content;
  if (!/^[^\p{L}]{0,3}\d/u.test(concluded)) return concluded;
  const value = withoutBecause(concluded);
  return value !== concluded && isHedged(concluded) ? concluded : sumIn(value);
}

/** Arithmetic on numerals, and its result. */
const SUM = /^([-+−*×·÷/^(){}\d\s.,%√]*\d\s?[-+−*×·÷/^]\s?[(√]?\d[-+−*×·÷/^(){}\d\s.,%√]*)=\s*([^=]+)$/;

function constantIn(side: string): number | undefined {
  const tree = parseAnswer(side);
  return tree && constantValue(tree);
}

/** The result of arithmetic that is right, "3" of "1 + 2 = 3"; all else as it is. */
function sumIn(value: string): string {
  const [, sum, result] = SUM.exec(value) ?? [];
  const [added, said] = [sum, result].map((side) => constantIn(side ?? ""));
  return added !== undefined && said !== undefined && Math.abs(added - said) <= 1e-9 * Math.abs(said)
    ? result!
    : value;
}

/** The digits of a text in order; the text itself if it has none. */
function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, "") || text;
}

/** "The answer is …" and no more about what it answers. */
const PLAINLY = /^(?:(?:the|my|so|thus|therefore|actually|final|correct|right) )*answer\s*(?:is|[:：=])/i;

/** Characters searched for words at the end of the text after a mark. */
const MAX_AFTER = 6000;

/**
 * A marked answer, with the text after the mark taken into account. "Final answer: …" outranks a box; any other
 * answer declared there contradicts the mark, and a self-contradictory reply has none.
 */
export function withAfterthought({ answer, isTag, after }: Mark): string | null {
  const behind = after.slice(-MAX_AFTER);
  const declared = declaredAnswer(behind);
  if (declared === undefined) return answer;
  if (!isTag && declared.isFinal) return declared.answer;
  if (answer === null || !PLAINLY.test(behind.slice(declared.start))) return answer;
  const isOneKind = /^\(?[A-J]\)?$/i.test(answer) === /^[A-J]$/i.test(declared.answer);
  const isSame = equivalent(answer, declared.answer) || digitsOf(answer) === digitsOf(declared.answer);
  return isOneKind && !isSame ? null : answer;
}
