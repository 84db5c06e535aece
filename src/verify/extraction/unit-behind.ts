/**
 * @module
 * The unit behind a number in running text, and numbers with units that are parts of one amount: "2 hours and 30 minutes".
 */
import { tokenize } from "../equivalence/tokens.ts";
import { PERCENT_WORDS, SCALES } from "../equivalence/unit-names.ts";
import { unitAt } from "../equivalence/units.ts";

/** A unit in its one spelling, and the place after it. */
interface UnitBehind {
  readonly unit: string;
  readonly end: number;
}

/** The unit, scale or percent word that follows a number; an empty unit at the number's own end where none does. */
export function unitBehind(text: string, end: number): UnitBehind {
  const following = text.slice(end, end + 32).replace(/[.,;:)\n。，；].*$/s, "");
  const word = /^\s?(\p{L}+)/u.exec(following)?.[1] ?? "";
  if (SCALES.has(word.toLowerCase()) || PERCENT_WORDS.has(word.toLowerCase())) {
    return unitBehind(text, end + following.indexOf(word) + word.length);
  }
  for (let words = following.trimEnd(); words !== ""; words = words.replace(/\s*\S+$/, "")) {
    const tokens = tokenize(`1${words}`);
    const found = tokens[0]?.kind === "number" && tokens[0].text === "1" ? unitAt(tokens, 1) : undefined;
    if (found !== undefined && found.end === tokens.length)
      return { unit: found.unit, end: end + words.length };
    if (!/\s/.test(words.trim())) break;
  }
  return { unit: "", end };
}

/** Units of one amount, the larger first. */
const FAMILIES: readonly (readonly string[])[] = [
  ["century", "decade", "year", "month", "week", "day", "h", "min", "s"],
  ["mi", "yd", "ft", "in"],
  ["km", "m", "cm", "mm"],
  ["t", "kg", "g"],
  ["lb", "oz"],
  ["L", "mL"],
  ["dollar", "cent"],
  ["euro", "cent"],
  ["°", "min", "s"],
];
const BETWEEN = /^\s?(?:,\s?)?(?:and\s)?$/;

/** Whether the number that begins at `start` is a smaller part of the amount whose number ends before it. */
export function isPartOfAmount(text: string, before: number, start: number, end: number): boolean {
  const larger = unitBehind(text, before);
  if (!BETWEEN.test(text.slice(larger.end, start))) return false;
  const smaller = unitBehind(text, end);
  return FAMILIES.some((units) => {
    const place = units.indexOf(larger.unit);
    return place >= 0 && units.indexOf(smaller.unit) > place;
  });
}
