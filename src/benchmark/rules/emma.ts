/**
 * @module
 * The rule of EMMA's authors (EMMA-Bench/EMMA, MIT) where no judge is asked, as lmms-eval has it: with numbers in words.
 */
import { numberInWords, pythonFloat } from "../../verify/index.ts";
import { isSameToHundredths } from "./latex-number.ts";
import type { ReadingRule } from "./reading.ts";

const FLAGS = ["final answer is", "correct answer is", "answer should be", "answer is", "answer:"];

/** The content of every complete `\boxed{…}`; a box within another is not looked for. */
function boxesIn(text: string): string[] {
  const boxes: string[] = [];
  let from = text.indexOf("\\boxed{");
  while (from >= 0) {
    let depth = 0;
    let end = from + "\\boxed{".length;
    const start = end;
    while (end < text.length && (text[end] !== "}" || depth > 0)) {
      if (text[end] === "{") depth++;
      else if (text[end] === "}") depth--;
      end++;
    }
    if (end < text.length) boxes.push(text.slice(start, end));
    from = text.indexOf("\\boxed{", end);
  }
  return boxes;
}

/** A letter or number alone, else the last box or the text in it, else the text after the last declaration. */
function quickAnswer(reply: string): string {
  const text = reply.trim();
  for (const letter of "ABCDEFGH") {
    if (text.toUpperCase() === letter || text.startsWith(`${letter}:`) || text.startsWith(`${letter}.`))
      return letter;
  }
  if (pythonFloat(text) !== undefined) return text;
  const box = boxesIn(text).at(-1);
  if (box !== undefined) return ([...box.matchAll(/\\text\{(.*?)\}/g)].at(-1)?.[1] ?? box).trim();
  const plain = text.toLowerCase();
  const flag = FLAGS.find((phrase) => plain.includes(phrase));
  if (flag === undefined) return "";
  return plain.split(flag).at(-1)!.trim().split("\n")[0]!.split(".")[0]!;
}

function isEqual(given: string, answer: string): boolean {
  const [a, b] = [given.toLowerCase(), answer.toLowerCase()];
  if (a.trim() === b.trim()) return true;
  const number = numberInWords(a);
  if (number !== undefined && String(number) === b.trim()) return true;
  return isSameToHundredths(a, b);
}

/**
 * Right where the answer is the accepted one: as a text, a number in words or a number to two places. The code also takes
 * away the difference of two expressions with letters; this does not.
 */
export const emmaRule: ReadingRule = (reply, { answers }) => {
  const extracted = quickAnswer(reply);
  return {
    extracted: extracted === "" ? undefined : extracted,
    isRight: isEqual(extracted, answers[0] ?? ""),
  };
};
