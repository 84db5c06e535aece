/**
 * @module
 * Numbers as Python reads and writes them.
 */

const DIGITS = String.raw`\d+(?:_\d+)*`;
const INTEGER = new RegExp(`^[-+]?${DIGITS}$`);
const FLOAT = new RegExp(`^[-+]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:e[-+]?${DIGITS})?$`, "i");
const SPECIAL = /^([-+]?)(inf(?:inity)?|nan)$/i;

/** `int(text)`; undefined where Python raises. */
export function pythonInt(text: string): bigint | undefined {
  const plain = text.trim();
  if (!INTEGER.test(plain)) return undefined;
  const digits = BigInt(plain.replaceAll(/[-+_]/g, ""));
  return plain.startsWith("-") ? -digits : digits;
}

/** `float(text)`; undefined where Python raises. */
export function pythonFloat(text: string): number | undefined {
  const plain = text.trim();
  if (FLOAT.test(plain)) return Number(plain.replaceAll("_", ""));
  const [, sign, word] = SPECIAL.exec(plain) ?? [];
  if (word === undefined) return undefined;
  if (word.toLowerCase() === "nan") return Number.NaN;
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
