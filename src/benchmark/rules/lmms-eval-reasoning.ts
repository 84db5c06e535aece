/**
 * @module
 * The rule that lmms-eval's tasks with reasoning share (`compute_score` of its `reasoning_utils`, commit
 * 75571cf). It reads an answer from its tag, box or the end of a line. It compares letters by place and form, then
 * texts that are nearly the same. All else is mathematics, for which it calls Math-Verify and this code calls
 * `equivalent`.
 */
import { equivalent } from "../../verify/index.ts";
import { lengthOf, stripped } from "./python.ts";
import type { ReadingRule } from "./reading.ts";

const LETTERS = Array.from("ABCDEFGH");
const ENDS = [",", ".", "!", "?", ";", ":", "'", '"'];
/** Each with and without "the". */
const PHRASES = [
  ..."answer is|correct answer is|answer|correct answer|best answer is|best answer|option is|correct option is|choice is|correct choice is"
    .split("|")
    .flatMap((phrase) => [phrase, `the ${phrase}`]),
  ..."i choose|i select|i pick|my answer is|my choice is".split("|"),
];
/** The forms of a letter, by rank. */
const FORMS: readonly (readonly [rank: number, before: string, after: string])[] = [
  [6, "(", ")"],
  [5, "", "."],
  [4, "", ":"],
  [3, "", ")"],
  [2, "", " "],
  [1, "", "-"],
  [1, "", "_"],
  [1, "", "="],
];

/**
 * The letter of a text: by rank of its form, the earliest of one form. A text that begins with a letter's capital names that letter,
 * a word's among them. "" where there is none.
 */
function letterIn(answer: string): string {
  if (answer.trim() === "") return "";
  const inner = ENDS.reduce(stripped, answer.trim());
  const text = ` ${inner} `;
  const plain = text.toLowerCase();
  const found: { letter: string; rank: number; at: number }[] = [];
  const add = (letter: string, rank: number, at: number) => {
    if (at >= 0) found.push({ letter, rank, at });
  };
  for (const [rank, before, after] of FORMS)
    for (const letter of LETTERS) add(letter, rank, text.lastIndexOf(`${before}${letter}${after}`));
  for (const phrase of PHRASES) {
    const from = plain.indexOf(phrase);
    if (from >= 0) for (const letter of LETTERS) add(letter, 7, text.indexOf(letter, from));
  }
  for (const letter of LETTERS) {
    if (inner.trim().startsWith(letter)) add(letter, 10, 0);
    if (inner.trim().endsWith(letter)) add(letter, 9, text.length - 1);
  }
  for (const [i, letter] of LETTERS.entries()) add(letter, 8, text.lastIndexOf(`${i + 1}. ${letter}`));
  if (found.length === 0) for (const letter of LETTERS) add(letter, 0, text.lastIndexOf(letter));
  return found.sort((a, b) => b.rank - a.rank || a.at - b.at)[0]?.letter ?? "";
}

const BOX = "\\boxed{";

/** The content of the last complete `\boxed{…}`; "" if there is none. */
function boxIn(reply: string): string {
  const opened: number[] = [];
  let [start, end] = [-1, -1];
  for (let i = 0; i < reply.length; i++) {
    if (reply[i] === "{") opened.push(i);
    else if (reply[i] === "}") {
      const brace = opened.pop() ?? -1;
      if (brace > start && reply.endsWith(BOX, brace + 1)) [start, end] = [brace, i];
    }
  }
  return start < 0 ? "" : reply.slice(start + 1, end);
}

/** The first `<answer>…</answer>`, else the last box, else the number at the end of the last line that ends with one. */
function taggedIn(reply: string): string {
  const from = reply.indexOf("<answer>");
  const to = from < 0 ? -1 : reply.indexOf("</answer>", from);
  if (to >= 0) return reply.slice(from + "<answer>".length, to);
  const box = boxIn(reply);
  if (box !== "") return box;
  for (const line of reply.trim().split("\n").reverse()) {
    const [, number] = /(?<![\p{L}\p{N}_])(\d+(?:\.\d+)?)(?![\p{L}\p{N}_])\s*\.?\s*$/u.exec(line) ?? [];
    if (number !== undefined) return number;
  }
  return "";
}

const withoutPeriod = (text: string) => (text.endsWith(".") ? text.slice(0, -1) : text).trim();
/** A text counts for another of which it is so large a part. */
const LARGE_PART = 0.9;

function isPart(part: string, whole: string): boolean {
  return whole.includes(part) && lengthOf(part) >= LARGE_PART * lengthOf(whole);
}

/** The rule, without its optional judge. An accepted answer that begins with a capital A to H is taken for that letter. */
export const lmmsEvalReasoning: ReadingRule = (reply, { answers }) => {
  const extracted = withoutPeriod(taggedIn(reply.trim()).trim());
  const accepted = withoutPeriod(answers[0] ?? "");
  const right = letterIn(accepted);
  const isSame =
    right === "" ? isPart(extracted, accepted) || isPart(accepted, extracted) : letterIn(extracted) === right;
  return {
    extracted: extracted === "" ? undefined : extracted,
    isRight: isSame || equivalent(extracted, accepted),
  };
};
