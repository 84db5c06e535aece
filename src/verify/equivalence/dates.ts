/**
 * @module
 * Dates in one spelling, "2020-01-05", and other runs of three numbers, whose order counts.
 */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** The source of a pattern for the name of a month, short or long. */
export const MONTH_NAME =
  "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)";
const MONTH = String.raw`(${MONTH_NAME})\.?`;
const DAY = String.raw`(\d{1,2})(?:st|nd|rd|th)?`;
const MONTH_FIRST = new RegExp(`^${MONTH} ${DAY}(?:(?:,|, | )(\\d{4}))?$`, "i");
const DAY_FIRST = new RegExp(`^(?:the )?${DAY}(?: of)? ${MONTH}(?:(?:,|, | )(\\d{4}))?$`, "i");
const MONTH_ALONE = new RegExp(`^${MONTH},? (\\d{4})$`, "i");
const CHINESE = /^(\d{4})年(\d{1,2})月(\d{1,2})[日号]$/;
const NUMERIC = /^(\d{1,4})([-/.])(\d{1,4})\2(\d{1,4})$/;
const MAX_LENGTH = 40;
/** A day of the week before a date. */
const WEEKDAY = /^\s*(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+(?=\S)/i;
/** How a date begins. */
const MAY_BE_DATE =
  /^\s*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z.]{0,7},?\s+)?(?:\d{1,4}(?:[-/.]\d{1,4}[-/.]\d|年)|(?:(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? )?(?:jan|feb|ma[ry]|apr|ju[nl]|aug|sep|oct|nov|dec))/i;

function spelled(year: string | undefined, month: number, day: string): string {
  return `${year ?? "?"}-${month}-${Number(day)}`;
}

function monthOf(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

/** "5/1/2020" is no date for certain: its day and month are distinct only if one of them is above 12. */
function numericDate(first: string, mark: string, second: string, third: string): string | undefined {
  const [a, b] = [Number(first), Number(second)];
  if (first.length === 4) return spelled(first, b, third);
  if (third.length === 4 && a <= 12 && b > 12) return spelled(third, a, second);
  if (third.length === 4 && b <= 12 && (a > 12 || a === b)) return spelled(third, b, first);
  return mark === "." && third.length !== 4 ? undefined : `${a}/${b}/${Number(third)}`;
}

/** The date that a text is, or its three numbers in order; undefined where it is neither. */
export function dateOf(text: string): string | undefined {
  if (text.length > MAX_LENGTH || !MAY_BE_DATE.test(text)) return undefined;
  const plain = text.replace(WEEKDAY, "").trim().replace(/\.$/, "").replaceAll(/\s+/g, " ");
  const numeric = NUMERIC.exec(plain);
  if (numeric !== null) return numericDate(numeric[1]!, numeric[2]!, numeric[3]!, numeric[4]!);
  const [, name, day = "", year] = MONTH_FIRST.exec(plain) ?? [];
  if (name !== undefined && Number(day) <= 31) return spelled(year, monthOf(name), day);
  const [, first = "", month, ofYear] = DAY_FIRST.exec(plain) ?? [];
  if (month !== undefined) return spelled(ofYear, monthOf(month), first);
  const [, alone, inYear] = MONTH_ALONE.exec(plain) ?? [];
  if (alone !== undefined) return spelled(inYear, monthOf(alone), "0");
  const [, nian, yue, ri] = CHINESE.exec(plain) ?? [];
  return ri === undefined ? undefined : spelled(nian, Number(yue), ri);
}
