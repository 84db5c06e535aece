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

const ANSWER_KEY = /^(?:final[_ ]?)?(?:answer|choice|option|result)s?$/i;
const MAX_JSON = 4000;
/** A backslash of LaTeX that is not written twice, as JSON asks; "\n" and "\u00b2" are escapes. */
const SINGLE_BACKSLASH = /(?<!\\)\\(?=[a-mo-tv-zA-Z][a-zA-Z]|[,;!{}%])/g;

/** The answer of "{"choice": "B"}", in a code fence or without one. Several values are a list, one in an array stays in it. */
export function choiceInJson(text: string): string | undefined {
  if (!/^[\s`*_"'$]*[{`]/.test(text) || text.length > MAX_JSON) return undefined;
  const plain = undecorated(text);
  const found = plain.startsWith("{") ? answerEntry(plain) : undefined;
  return found === undefined ? undefined : written(found[1]);
}

/** "{'answer': 'B'}", as Python prints it, in JSON. */
function inJson(text: string): string {
  return text.includes('"') ? text : text.replaceAll(/'([^']*)'/g, '"$1"');
}

/** The one entry of an object that is called an answer. */
function answerEntry(object: string): readonly [string, unknown] | undefined {
  const json = inJson(object);
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replaceAll(SINGLE_BACKSLASH, "\\\\"));
  } catch {
    return undefined;
  }
  const entries = Object.entries(parsed ?? {}).filter(([key]) => ANSWER_KEY.test(key));
  return entries.find(([key]) => /^(?:final[_ ]?)?answers?$/i.test(key)) ?? entries[0];
}

/** A value of JSON as text; undefined for an object and for null. */
function written(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const members = value.map((member: unknown) => (Array.isArray(member) ? undefined : written(member)));
  if (members.includes(undefined)) return undefined;
  return members.length === 1 ? JSON.stringify(value) : members.join(", ");
}

/** Marks of emphasis; "2**5" is a power. */
const EMPHASIS = /\*\*(?<!\d\s?\*\*)|\*\*(?!\s?[-−]?\d)|__(?=\S)|(?<=\S)__|`/g;

/** The text without emphasis anywhere. */
export function withoutEmphasis(text: string): string {
  if (!/[*_`]/.test(text)) return text;
  return text.replaceAll(EMPHASIS, "");
}

/** A numeral or a named value, and nothing else, between delimiters of mathematics: "$12$", "\\(x = 5\\)". */
const SIMPLE =
  /(?<![\\$\d]|\\[a-z]{1,8}\s?)(?:\$|\\\()\s?((?:(?:m?\\angle\s?)?(?:[A-Za-z]|[A-Z]{2,3})\s?=\s?)?(?:\\mathbf\{)?[-+]?\d[\d.,]*(?<![.,])\}?(?:\\?%|\^\{?\\circ\}?|°)?)\s?(?:\$(?![\d$])|\\\))(?!\s?(?:\$|\\\())/g;

/** The text without delimiters around simple mathematics, so that it is read as in plain text. */
export function withoutDelimiters(text: string): string {
  if (!text.includes("$") && !text.includes("\\(")) return text;
  return text.replaceAll(SIMPLE, (_, inner: string) =>
    inner
      .replace(/\\mathbf\{([^}]*)\}/, "$1")
      .replace(/\\angle\s?/, "∠")
      .replace(/\^\{?\\circ\}?/, "°")
      .replace("\\%", "%"),
  );
}
