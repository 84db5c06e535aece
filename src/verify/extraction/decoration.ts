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
  ["_", "_"],
  ['"', '"'],
  ["“", "”"],
  ["'", "'"],
  ["\\(", "\\)"],
  ["\\[", "\\]"],
  ["$$", "$$"],
  ["$", "$"],
  ["<", ">"],
];

const OPENS = /^(?:[`*"“'$<_]|\\[([])/;
/** The language of a code fence, directly after it. */
const LANGUAGE = /^[a-z+#]{1,12}\r?\n/i;

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
    if (pair === undefined || (pair[0] === "<" && /[\s,]/.test(plain))) break;
    const inner = plain.slice(pair[0].length, -pair[1].length);
    plain = (pair[0] === "```" ? inner.replace(LANGUAGE, "") : inner).trim();
  }
  return plain;
}

const CHOICE_IN_JSON =
  /^\{\s*"(?:choice|answer|final_answer|option|result)"\s*:\s*(?:"([^"\\]*)"|(-?[\d.]+))\s*\}$/;
const MAX_JSON = 500;

/** The answer of "{"choice": "B"}", in a code fence or without one. */
export function choiceInJson(text: string): string | undefined {
  const plain = undecorated(text);
  if (plain.length > MAX_JSON || !plain.startsWith("{")) return undefined;
  const match = CHOICE_IN_JSON.exec(plain);
  return match === null ? undefined : (match[1] ?? match[2]);
}

/** The text without emphasis anywhere. */
export function withoutEmphasis(text: string): string {
  if (!/[*_`]/.test(text)) return text;
  return text.replaceAll(/\*\*|__(?=\S)|(?<=\S)__|`/g, "");
}
