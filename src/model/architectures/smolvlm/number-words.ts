/**
 * @module
 * Whole numbers in English words, as Python's num2words writes them.
 */
import { DataError } from "../../../errors/index.ts";

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/**
 * A number in words: "forty-two", "one hundred and five", "two thousand, three hundred".
 *
 * @throws DataError when it is not a whole number below a million
 */
export function numberWords(value: number): string {
  if (!(Number.isInteger(value) && value >= 0 && value < 1e6))
    throw new DataError(`number in words: expected a whole number below 1,000,000, got ${value}`);
  if (value < 20) return SMALL[value]!;
  if (value < 100)
    return `${TENS[Math.floor(value / 10)]!}${value % 10 === 0 ? "" : `-${SMALL[value % 10]!}`}`;
  if (value < 1000) return joined(`${SMALL[Math.floor(value / 100)]!} hundred`, value % 100);
  return joined(`${numberWords(Math.floor(value / 1000))} thousand`, value % 1000);
}

function joined(start: string, rest: number): string {
  if (rest === 0) return start;
  return `${start}${rest < 100 ? " and" : ","} ${numberWords(rest)}`;
}
