/**
 * @module
 * The kind of token that a character begins, looked up for ASCII.
 */

const CLASSES: readonly [string, RegExp][] = [
  ["space", /[\s~]/],
  ["digit", /[0-9]/],
  ["letter", /[A-Za-z]/],
  ["backslash", /\\/],
  ["brace", /[{}]/],
];
const ASCII = Array.from(
  { length: 128 },
  (_, code) => CLASSES.find(([, symbols]) => symbols.test(String.fromCharCode(code)))?.[0] ?? "other",
);

/** The class of a character; "other" outside the five classes. */
export function classOf(symbol: string): string {
  return ASCII[symbol.charCodeAt(0)] ?? (/\s/.test(symbol) ? "space" : "other");
}
