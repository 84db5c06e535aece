/**
 * @module
 * Parts of addresses.
 */

/** A part of an address as text; undefined where its escapes are none. */
export function decodedPart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
