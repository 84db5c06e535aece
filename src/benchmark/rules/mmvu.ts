/**
 * @module
 * The rule by which lmms-eval (0.7.3, MIT) decides on MMVU before it asks a judge: lenient, it looks for the accepted answer
 * anywhere in a reply. An empty reply to an open question is part of every answer, and so right.
 */
import { stripped, words } from "./python.ts";

const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const WORD = String.raw`[\p{L}\p{N}_]`;
/** Numbers so near are one. */
const NEAR = 0.01;

/** A text as a word of its own, in any case. */
function hasWord(text: string, word: string): boolean {
  const literal = word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(?<!${WORD})${literal}(?!${WORD})`, "iu").test(text);
}

/** Whether a reply names the accepted letter, or has its option's text in it. */
export function mmvuChoiceIsRight(reply: string, letter: string, choice: string | undefined): boolean {
  const text = reply.trim();
  if (hasWord(text, letter)) return true;
  if (choice === undefined) return false;
  const [plain, option] = [text.toLowerCase(), choice.trim().toLowerCase()];
  if (plain.includes(option)) return true;
  if (!text.toUpperCase().includes(letter.toUpperCase())) return false;
  const keys = words(option)
    .map((word) => stripped(word, PUNCTUATION))
    .filter((word) => Array.from(word).length > 2);
  return keys.some((key) => plain.includes(key));
}

/** In small letters, with ^ for superscripts and single blanks. */
function plainText(text: string): string {
  const powers = Array.from(text.trim().toLowerCase(), (sign) => {
    const digit = SUPERSCRIPTS.indexOf(sign);
    return digit < 0 ? sign : `^${digit}`;
  });
  return powers.join("");
}

const firstNumber = (text: string) => /\d+\.?\d*/.exec(text)?.[0];
const COMPLEXITY = /o\s*\([^)]+\)/i;

/** Whether a reply to an open question is the accepted answer, has it in it, is part of it, or begins with its number. */
export function mmvuOpenIsRight(reply: string, answer: string): boolean {
  const [given, right] = [plainText(reply), plainText(answer)];
  const [text, accepted] = [words(given).join(" "), words(right).join(" ")];
  if (text.includes(accepted) || accepted.includes(text)) return true;
  const [number, expected] = [firstNumber(given), firstNumber(right)];
  if (number !== undefined && expected !== undefined && Math.abs(Number(expected) - Number(number)) < NEAR)
    return true;
  const wordsOf = (phrase: string) =>
    words(phrase)
      .map((word) => stripped(word, PUNCTUATION))
      .filter((word) => word !== "");
  const [said, asked] = [new Set(wordsOf(text)), wordsOf(accepted)];
  if (asked.length >= 2 && asked.length <= 5) {
    if (asked.every((word) => Array.from(word).length <= 2 || said.has(word))) return true;
  }
  const [cost, bound] = [COMPLEXITY.exec(text)?.[0], COMPLEXITY.exec(accepted)?.[0]];
  return cost !== undefined && cost === bound;
}
