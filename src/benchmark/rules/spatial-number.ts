/**
 * @module
 * The number that VLMEvalKit (Apache-2.0, commit e8e78f0; `can_match_na`) and lmms-eval (0.7.3; `extract_number`) read in answers
 * to VSI-Bench.
 */
import { pythonList } from "../python/list.ts";
import { inOpenedTags } from "./opened-tags.ts";

const NAMES = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
  "eighteen nineteen twenty"
).split(" ");
const NAMED = new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${NAMES.join("|")})(?![\p{L}\p{N}_])`, "giu");
const NUMERAL = String.raw`[-+]?(?:\d*\.\d+|\d+)(?:[eE][-+]?\d+)?`;
const CONTENT = new RegExp(String.raw`\s*(${NUMERAL})(?:[^\d<][^<]*)?<\s*\/\s*answer\s*>`, "iy");
const INVISIBLE = /\u200b|\u200c|\u200d|\ufeff/g;

/** The number in `<answer>`, else the last one; words up to twenty count. A text in brackets must be a Python list. */
export function vlmEvalKitNumber(answer: string): number | undefined {
  const isList = /^\[[\s\S]*\]$/.test(answer.trim());
  const list = isList ? pythonList(answer) : undefined;
  if (isList && list === undefined) return undefined;
  const text = (list?.[0] ?? answer)
    .trim()
    .replaceAll(INVISIBLE, "")
    .replaceAll(NAMED, (name) => String(NAMES.indexOf(name.toLowerCase())));
  const found =
    inOpenedTags(text, (from) => {
      CONTENT.lastIndex = from;
      return CONTENT.exec(text)?.[1];
    }) ?? text.match(new RegExp(NUMERAL, "g"))?.at(-1);
  return found === undefined ? undefined : Number(found);
}

const VALUES = new Map<string, number>([
  ...NAMES.map((name, value) => [name, value] as const),
  ...(["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"] as const).map(
    (name, i) => [name, 30 + 10 * i] as const,
  ),
  ["hundred", 100],
  ["thousand", 1000],
]);

/** The value of number words in a row: "three hundred and twenty-one". */
function worthOf(words: readonly string[]): number {
  let total = 0;
  let current = 0;
  for (const word of words) {
    const value = VALUES.get(word)!;
    if (value === 1000) {
      total += Math.max(current, 1) * value;
      current = 0;
    } else current = value === 100 ? Math.max(current, 1) * value : current + value;
  }
  return total + current;
}

/** The first number, in digits or in words. */
export function lmmsEvalNumber(answer: string): number | undefined {
  const text = answer.trim().toLowerCase();
  const digits = /-?\d+(?:\.\d+)?/.exec(text);
  const words = [...text.matchAll(/[a-z]+/g)];
  const from = words.findIndex(([word]) => VALUES.has(word));
  if (digits !== null && (from < 0 || digits.index < words[from]!.index)) return Number(digits[0]);
  if (from < 0) return undefined;
  const run: string[] = [];
  for (const [word] of words.slice(from)) {
    if (VALUES.has(word)) run.push(word);
    else if (word !== "and") break;
  }
  return worthOf(run);
}
