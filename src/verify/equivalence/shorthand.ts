/**
 * @module
 * Amounts in shorthand, written out: "$1.2M", "R$ 5", "6'2\"".
 */

const MAGNITUDES: Readonly<Record<string, string>> = {
  K: "thousand",
  M: "million",
  B: "billion",
  T: "trillion",
};
const MAX_LENGTH = 40;
/** Letters before "$", and the name of that currency. */
const DOLLARS: Readonly<Record<string, string>> = {
  R: "brl",
  A: "aud",
  AU: "aud",
  C: "cad",
  CA: "cad",
  S: "sgd",
  HK: "hkd",
  NZ: "nzd",
  US: "usd",
};
const DOLLAR = /^([A-Z]{1,2})\s?\\?\$\s?(\d[\d.,]*)$/;
const FEET = String.raw`(\d{1,3})\s?['’′]`;
const INCHES = String.raw`(\d{1,3}(?:\.\d+)?)\s?(?:["”″]|''|′′|’’)`;
const LENGTHS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(String.raw`^${FEET}\s?${INCHES}$`), "$1 ft $2 in"],
  [new RegExp(`^${FEET}$`), "$1 ft"],
  [new RegExp(`^${INCHES}$`), "$1 in"],
];

/** An amount in shorthand written out, and "#5" as its number, also within \text{…}; any other text as it is. */
export function writtenOut(text: string): string {
  if (text.length > MAX_LENGTH || !/[#$€£¥₹\\'"’”′″]/.test(text)) return text;
  const bare = text.replace(/^\\(?:text|mathrm)\s?\{([^{}]*)\}$/, "$1").replaceAll(/\\[,;:! ]/g, " ");
  const written = spelledOut(bare);
  return written === bare ? text : written;
}

function spelledOut(text: string): string {
  const length = LENGTHS.find(([pattern]) => pattern.test(text));
  if (length !== undefined) return text.replace(...length);
  return text
    .replace(DOLLAR, (all, country: string, amount: string) => {
      const currency = DOLLARS[country];
      return currency === undefined ? all : `${amount} ${currency}`;
    })
    .replace(
      /^(\\?[$€£¥₹]\s?\d[\d.,]*)\s?([KMBT])$/,
      (_, amount: string, sign: string) => `${amount} ${MAGNITUDES[sign]}`,
    )
    .replace(/^#\s?(?=\d+$)/, "");
}
