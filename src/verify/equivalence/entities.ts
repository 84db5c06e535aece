/**
 * @module
 * Character references of HTML, which data sets from the web have in their answers: "30&deg;", "&frac12;", "&#39;".
 */

/** The named references (HTML Living Standard, section 13.5) that answers use. */
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  asymp: "≈",
  cap: "∩",
  cent: "¢",
  cup: "∪",
  deg: "°",
  divide: "÷",
  empty: "∅",
  euro: "€",
  frac12: "½",
  frac14: "¼",
  frac34: "¾",
  ge: "≥",
  gt: ">",
  hellip: "…",
  infin: "∞",
  isin: "∈",
  ldquo: "“",
  le: "≤",
  lsquo: "‘",
  lt: "<",
  mdash: "—",
  micro: "µ",
  middot: "·",
  minus: "−",
  nbsp: "\u00a0",
  ndash: "–",
  ne: "≠",
  ohm: "Ω",
  Omega: "Ω",
  pi: "π",
  plusmn: "±",
  pound: "£",
  prime: "′",
  Prime: "″",
  quot: '"',
  radic: "√",
  rdquo: "”",
  rsquo: "’",
  sdot: "⋅",
  sup1: "¹",
  sup2: "²",
  sup3: "³",
  theta: "θ",
  times: "×",
  yen: "¥",
};
const REFERENCE = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z]{2,8}\d{0,2}));/g;
const MAX_CODE_POINT = 0x10ffff;

/** The text with its character references as characters; unknown references stay as they are. */
export function withoutEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(REFERENCE, (whole, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? NAMED[name]! : whole;
    const code = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal);
    return code > 0 && code <= MAX_CODE_POINT ? String.fromCodePoint(code) : whole;
  });
}
