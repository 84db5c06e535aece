/**
 * @module
 * Whole numbers in English words.
 */

const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

const ORDINALS =
  "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(
    " ",
  );
const WORD = `(?:${[...UNITS, ...TENS, "hundred", "thousand"].join("|")})`;
const RUN = new RegExp(
  String.raw`(?<![\p{L}\p{N}'’])${WORD}(?:(?:[\s-]|(?<=hundred|thousand)\sand\s)${WORD})*(?![\p{L}\p{N}'’])`,
  "giu",
);
const [TEENS, DIGITS] = [UNITS.slice(10).join("|"), UNITS.slice(1, 10).join("|")];
const BELOW_100 = String.raw`(?:(?:${TENS.join("|")})(?:[\s-](?:${DIGITS}))?|${TEENS}|${DIGITS}|zero)`;
const BELOW_1000 = String.raw`(?:(?:${DIGITS})[\s-]hundred(?:\s(?:and\s)?${BELOW_100})?|${BELOW_100})`;
/** The words of one number. */
const NUMBER = new RegExp(
  String.raw`^(?:${BELOW_1000}[\s-]thousand(?:\s(?:and\s)?${BELOW_1000})?|${BELOW_1000})$`,
  "i",
);
const MAY_COUNT = new RegExp(WORD, "i");
const ORDINAL = new RegExp(String.raw`^(?:the\s)?(${ORDINALS.join("|")})(?!\p{L})`, "iu");
/** "5 (5)" */
const TWICE = /^(\S+) ?\(\1\)$/;
const MAX_LENGTH = 120;

function ordinal(word: string): string {
  const number = ORDINALS.indexOf(word.toLowerCase()) + 1;
  return `${number}${["", "st", "nd", "rd"][number] ?? "th"}`;
}

/**
 * A short answer with digits in place of its number words: "five", "twenty-one apples", "third place", "five (5)".
 * Undefined if it has none. Words that say several numbers at once stay as they are: "five six".
 */
export function inDigits(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const plain = text.trim().replace(/\.$/, "");
  if (ORDINAL.test(plain)) return plain.replace(ORDINAL, (_, word: string) => ordinal(word));
  if (!MAY_COUNT.test(plain)) return undefined;
  const digits = plain.replaceAll(RUN, (run) => (NUMBER.test(run) ? String(numberInWords(run)) : run));
  return digits === plain ? undefined : digits.replace(TWICE, "$1");
}

/**
 * The number below a million that the number words of a text name; other words do not count. Undefined where the text has
 * no number words, or names several numbers.
 *
 * @example
 * numberInWords("two hundred and forty-one apples"); // 241
 */
export function numberInWords(text: string): number | undefined {
  let thousands = 0;
  let rest = 0;
  let found = false;
  for (const word of text.toLowerCase().replaceAll("-", " ").split(/\s+/)) {
    const unit = UNITS.indexOf(word);
    const ten = TENS.indexOf(word);
    if (unit >= 0) {
      if (rest % (unit < 10 ? 10 : 100) !== 0) return undefined;
      rest += unit;
    } else if (ten >= 0) {
      if (rest % 100 !== 0) return undefined;
      rest += 20 + 10 * ten;
    } else if (word === "hundred" && rest > 0 && rest < 10) rest *= 100;
    else if (word === "thousand" && rest > 0 && thousands === 0) [thousands, rest] = [rest * 1000, 0];
    else continue;
    found = true;
  }
  return found ? thousands + rest : undefined;
}
