/**
 * @module
 * The characters by which byte-level vocabularies write bytes: a printable Latin-1 character represents its
 * own code. The 68 other bytes are represented, in order, by the characters from U+0100 on. Introduced with GPT-2
 * (Radford et al., 2019).
 */

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

const BYTES: ReadonlyMap<string, number> = new Map(
  (() => {
    let others = 0;
    return Array.from({ length: 256 }, (_, byte) => {
      const code = isPrintable(byte) ? byte : 0x100 + others++;
      return [String.fromCharCode(code), byte] as const;
    });
  })(),
);

/** The bytes of a token of a byte-level vocabulary; undefined if a character represents no byte. */
export function bytesOfToken(token: string): Uint8Array | undefined {
  const bytes = Array.from(token, (character) => BYTES.get(character));
  return bytes.includes(undefined) ? undefined : Uint8Array.from(bytes as number[]);
}
