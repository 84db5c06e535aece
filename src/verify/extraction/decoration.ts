/**
 * @module
 * Markup around an answer: emphasis, code, quotes, delimiters of mathematics.
 */

const PAIRS: readonly (readonly [string, string])[] = [
  ["```", "```"],
  ["**", "**"],
  ["__", "__"],
  ["`", "`"],
  ["*", "*"],
  ['"', '"'],
  ["“", "”"],
  ["'", "'"],
  ["\\(", "\\)"],
  ["\\[", "\\]"],
  ["$$", "$$"],
  ["$", "$"],
  ["<", ">"],
];

const OPENS = /^[`*_"“'\\$<jtl]/;

/** The text without pairs of marks around all of it. */
export function undecorated(text: string): string {
  let plain = text.trim();
  if (!OPENS.test(plain)) return plain;
  for (let round = 0; round < 6; round++) {
    const pair = PAIRS.find(
      ([open, close]) =>
        plain.length > open.length + close.length &&
        plain.startsWith(open) &&
        plain.endsWith(close) &&
        !plain.slice(open.length, -close.length).includes(open),
    );
    if (pair === undefined || (pair[0] === "<" && /\s/.test(plain))) break;
    plain = plain.slice(pair[0].length, -pair[1].length).trim();
  }
  return plain.replace(/^(?:json|text|latex)\n/, "").trim();
}

/** The text without emphasis anywhere. */
export function withoutEmphasis(text: string): string {
  if (!/[*_`]/.test(text)) return text;
  return text.replaceAll(/\*\*|__(?=\S)|(?<=\S)__|`/g, "");
}
