/**
 * @module
 * Texts as Python's methods treat them.
 */

/** `text.split()`: its words. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** `text.strip(signs)`: without any of the signs at either end. */
export function stripped(text: string, signs: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && signs.includes(text[from]!)) from++;
  while (to > from && signs.includes(text[to - 1]!)) to--;
  return text.slice(from, to);
}

/** `len(text)`: its code points. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** `int(text)`; undefined where it raises. */
export function pythonInt(text: string): bigint | undefined {
  const plain = text.trim();
  if (!/^[-+]?\d(?:_?\d)*$/.test(plain)) return undefined;
  const digits = BigInt(plain.replaceAll(/[-+_]/g, ""));
  return plain.startsWith("-") ? -digits : digits;
}
