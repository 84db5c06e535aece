/**
 * @module
 * Parts of a generated tokenizer: characters of a byte-level vocabulary, and special tokens.
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

/**
 * Special tokens as tokenizer.json lists them.
 *
 * @param {readonly (readonly [content: string, id: number])[]} tokens
 */
export const addedTokens = (tokens) =>
  tokens.map(([content, id]) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
