/**
 * @module
 * The rules of MMMU (arXiv:2311.16502) and MMMU-Pro (arXiv:2409.02813) as their authors' code has them (Apache-2.0,
 * MMMU-Benchmark/MMMU, commit bb0b95a), and as lmms-eval has them.
 *
 * Where the code draws a letter by chance there is no answer here, and the reply is wrong.
 */
import { roundedTo } from "../../verify/index.ts";
import type { Choice } from "../choices.ts";
import { stripped, words } from "./python.ts";
import type { AnswerRule } from "./rule.ts";

const ENDS = [",", ".", "!", "?", ";", ":", "'"];
/** An option's text counts in a reply of more words. */
const FEW_WORDS = 5;

/** The later one of several candidates; of equal places the first. */
function lastOf(candidates: readonly Choice[], placeOf: (choice: Choice) => number): string | undefined {
  let last: { letter: string; at: number } | undefined;
  for (const choice of candidates) {
    const at = placeOf(choice);
    if (last === undefined || at > last.at) last = { letter: choice.letter, at };
  }
  return last?.letter;
}

/** The letter of a reply: the last one of the first form that it has, "(A)" before `forms`; else the option last quoted. */
function mmmuLetter(forms: readonly ((letter: string) => string)[]): AnswerRule {
  return (reply, choices) => {
    const text = ` ${ENDS.reduce(stripped, reply)} `;
    const bracketed = choices.filter(({ letter }) => text.includes(`(${letter})`));
    if (bracketed.length > 0) return lastOf(bracketed, ({ letter }) => text.lastIndexOf(`(${letter})`));
    for (const form of forms) {
      const named = choices.filter(({ letter }) => text.includes(form(letter)));
      if (named.length > 0) return lastOf(named, ({ letter }) => text.lastIndexOf(` ${letter} `));
    }
    if (words(text).length <= FEW_WORDS) return undefined;
    const plain = text.toLowerCase();
    const quoted = choices.filter((choice) => plain.includes(choice.text.toLowerCase()));
    return lastOf(quoted, (choice) => plain.lastIndexOf(choice.text.toLowerCase()));
  };
}

/** The letter by MMMU's authors: "(A)", else " A ". */
export const mmmuAuthorsLetter: AnswerRule = mmmuLetter([(letter) => ` ${letter} `]);

/** The letter by lmms-eval and, after its own first rule, by MMMU-Pro's authors: "(A)", else "A ", else "A.". */
export const mmmuLmmsLetter: AnswerRule = mmmuLetter([(letter) => `${letter} `, (letter) => `${letter}.`]);

/** The letter by MMMU-Pro's authors: the only one after the last "Answer:", in a word too; else as lmms-eval. */
export const mmmuProAuthorsLetter: AnswerRule = (reply, choices) => {
  const at = reply.lastIndexOf("Answer:");
  if (at >= 0) {
    const tail = reply.slice(at + "Answer:".length);
    const named = choices.filter(({ letter }) => tail.includes(letter));
    if (named.length === 1) return named[0]?.letter;
  }
  return mmmuLmmsLetter(reply, choices);
};

/** The answer line of a chain of thought, as VLMEvalKit cuts it out before its own rule. */
export function mmmuProAnswerLine(reply: string): string {
  const line = reply
    .trim()
    .split("\n")
    .findLast((text) => text.trim().startsWith("Answer:"));
  if (line === undefined) return reply;
  const tail = line.trim().slice("Answer:".length);
  const letters = new Set(tail.match(/[A-Z]/g));
  return letters.size === 1 ? [...letters].join("") : tail;
}

/** Words before an answer, by MMMU's authors. */
export const INDICATORS = ["could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result "];
const TRIVIAL = new Set([":", ",", ".", "!", "?", ";", "'"]);

/** The shortest text after the last indicator of each line; the last line may be an equation. */
function keyPhrases(reply: string, usual: readonly string[]): string[] {
  const plain = stripped(reply.trim(), ".").toLowerCase();
  const lines = plain.split("\n");
  const keys = lines.flatMap((line, i) => {
    const indicators = i === lines.length - 1 ? [...usual, "="] : usual;
    let shortest = "";
    for (const indicator of indicators) {
      if (!line.includes(indicator)) continue;
      const tail = line.slice(line.lastIndexOf(indicator) + indicator.length).trim();
      if (shortest === "" || tail.length < shortest.length) shortest = tail;
    }
    return shortest === "" || TRIVIAL.has(shortest) ? [] : [shortest];
  });
  return keys.length === 0 ? [plain] : keys;
}

/** Numbers with commas, with exponents, and plain numbers; digits next to a letter of any script are not a number. */
const NUMERALS = [
  /-?(?<![\p{L}\p{N}_])\d{1,3}(?:,\d{3})+(?![\p{L}\p{N}_])/gu,
  /(?:-|(?<!\d))\d+(?:\.\d+)?[eE][+-]?\d+/g,
  /-?(?:\d+\.\d+|\.\d+|\d+(?![\p{L}\p{N}_]))(?![eE][+-]?\d+)(?![,\d])/gu,
];
const FLOAT = /^[-+]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+)?$/i;
/** Numbers from here on have no places. */
const WHOLE = 2 ** 52;

/** A number rounded to two places, or a text in lower case; a lone letter with a blank on either side. */
function normalized(text: string): readonly (string | number)[] {
  const trimmed = text.trim();
  const numeral = trimmed.replaceAll(",", "");
  if (FLOAT.test(numeral)) {
    const value = Number(numeral.replaceAll("_", ""));
    return [Math.abs(value) < WHOLE ? Number(roundedTo(value, 2)) : value];
  }
  const plain = trimmed.toLowerCase();
  return Array.from(plain).length === 1 ? [` ${plain}`, `${plain} `] : [plain];
}

/** Whether a reply to an open question holds an accepted answer, by MMMU's authors: as a number, or as part of a text. */
export function mmmuOpenIsRight(
  reply: string,
  accepted: readonly string[],
  indicators: readonly string[] = INDICATORS,
): boolean {
  const keys = keyPhrases(reply, indicators);
  const numerals = keys.flatMap((key) => NUMERALS.flatMap((pattern) => key.match(pattern) ?? []));
  const given = [...keys, ...numerals].flatMap(normalized);
  const right = accepted.flatMap(normalized);
  return given.some((value) =>
    typeof value === "number"
      ? right.includes(value)
      : right.some((answer) => typeof answer === "string" && value.includes(answer)),
  );
}
