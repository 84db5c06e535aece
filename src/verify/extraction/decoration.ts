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

const OPENS = /^(?:[`*"“'$<]|__|\\[([])/;
/** The language of a code fence. */
const LANGUAGE = /^(?:json|text|latex)\n/;

/** The text without pairs of marks around all of it. */
export function undecorated(text: string): string {
  let plain = text.trim();
  for (let round = 0; round < 6 && OPENS.test(plain); round++) {
    const pair = PAIRS.find(
      ([open, close]) =>
        plain.startsWith(open) &&
        plain.endsWith(close) &&
        plain.length > open.length + close.length &&
        !plain.slice(open.length, -close.length).includes(open),
    );
    if (pair === undefined || (pair[0] === "<" && /\s/.test(plain))) break;
    plain = plain.slice(pair[0].length, -pair[1].length).trim();
  }
  return LANGUAGE.test(plain) ? plain.replace(LANGUAGE, "").trim() : plain;
}

/** The text without emphasis anywhere. */
export function withoutEmphasis(text: string): string {
  if (!/[*_`]/.test(text)) return text;
  return text.replaceAll(/\*\*|__(?=\S)|(?<=\S)__|`/g, "");
}
