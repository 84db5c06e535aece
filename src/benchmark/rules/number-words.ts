/**
 * @module
 * Whole numbers in English words.
 */

const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/**
 * The number below a million that the words of a text say, other words left aside; undefined where there are none, or they
 * say several numbers.
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
