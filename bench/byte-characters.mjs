/**
 * @module
 * Characters of byte-level vocabularies.
 */

/** The 256 characters that stand for bytes in byte-level vocabularies. */
export function byteCharacters() {
  const plain = [...Array(256).keys()].filter(
    (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173),
  );
  const others = [...Array(256).keys()].filter((byte) => !plain.includes(byte));
  return [...plain.map((byte) => byte), ...others.map((_, i) => 256 + i)].map((code) =>
    String.fromCodePoint(code),
  );
}
