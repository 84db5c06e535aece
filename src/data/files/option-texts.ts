/**
 * @module
 * Which of a question's options a text is, by itself, by its number, or by the only number in the option.
 */

/** Longest text that is looked at as a number. */
const MAX_DIGITS = 40;

/** Whether two texts are one up to case and blanks around them. */
export function sameText(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** A number without what does not change it, such as `1` for `01.0`; undefined for any other text. */
export function numberIn(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_DIGITS || !/\d/.test(trimmed)) return undefined;
  const [all, sign = "", whole = "", fraction = ""] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(trimmed) ?? [];
  if (all === undefined) return undefined;
  return `${sign === "-" ? "-" : ""}${whole || "0"}${fraction && `.${fraction}`}`;
}

/** Whether two texts are the same number. */
export function sameNumber(a: string, b: string): boolean {
  return numberIn(a) !== undefined && numberIn(a) === numberIn(b);
}

const TRUTHS: Readonly<Record<string, string>> = { true: "yes", false: "no", yes: "true", no: "false" };

/** The other word for a truth value, as tables and options write it; undefined for any other text. */
function otherTruth(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(TRUTHS, word) ? TRUTHS[word] : undefined;
}

/**
 * The places of the options that a text is. The first option with the exact text counts, else the first in another case. Else
 * all that are the same number count, else the first that is the other word for a truth value (`true` and `Yes`).
 */
export function placesOfText(text: string, options: readonly string[]): readonly number[] {
  const exact = options.indexOf(text);
  if (exact >= 0) return [exact];
  const alike = (word: string) => options.findIndex((option) => option !== "" && sameText(option, word));
  const own = alike(text);
  if (own >= 0) return [own];
  const equal = options.flatMap((option, i) => (sameNumber(option, text) ? [i] : []));
  const truth = otherTruth(text);
  const other = truth === undefined ? -1 : alike(truth);
  return equal.length > 0 || other < 0 ? equal : [other];
}

/** A number that is no part of a word, an exponent or a fraction. */
const ALONE = /(?<![\w^{./\\])-?\d+(?:\.\d+)?(?![\w^/]*\d)/;

/** The places of the options with this number and no other, such as `2` in `2 cm` and in `Step 2`. */
export function placesOfNumberIn(text: string, options: readonly string[]): readonly number[] {
  if (numberIn(text) === undefined) return [];
  return options.flatMap((option, i) => {
    const only = option.match(/\d+(?:\.\d+)?/g)?.length === 1 ? ALONE.exec(option)?.[0] : undefined;
    return only !== undefined && sameNumber(only, text) ? [i] : [];
  });
}
