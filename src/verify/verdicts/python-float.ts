/**
 * @module
 * Numbers as Python's `float` reads them, for rules that are Python code.
 */

const DIGITS = "\\d(?:_?\\d)*";
const NUMBER = new RegExp(`^[-+]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:e[-+]?${DIGITS})?$`, "i");
const NAMED = /^([-+]?)(inf(?:inity)?|nan)$/i;

/** `float(text)`: decimals, exponents, underscores between digits, inf and nan; undefined where it raises. */
export function pythonFloat(text: string): number | undefined {
  const plain = text.trim();
  if (NUMBER.test(plain)) return Number(plain.replaceAll("_", ""));
  const [, sign, name] = NAMED.exec(plain) ?? [];
  if (name === undefined) return undefined;
  if (name.toLowerCase() === "nan") return Number.NaN;
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
