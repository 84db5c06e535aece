/**
 * @module
 * Tokens of a completion between two tags.
 */
import { tokensHolding } from "./phrase-spans.ts";

/**
 * 1 for every token that holds a character of the text within the first `<tag>…</tag>`, else 0; none without a whole
 * pair. The tags themselves are outside, except for characters that share a token with the text.
 *
 * @param tokens `[T]` text of each token; joined they are the completion
 * @returns `[T]`
 * @example
 * tagSpan(["<info>", "a 7", "</info>", " 7"], "info"); // [0, 1, 0, 0]
 */
export function tagSpan(tokens: readonly string[], tag: string): Uint8Array {
  const text = tokens.join("");
  const inside = new Uint8Array(text.length);
  const opening = `<${tag}>`;
  const start = text.indexOf(opening);
  const end = text.indexOf(`</${tag}>`, start);
  if (start >= 0 && end >= 0) inside.fill(1, start + opening.length, end);
  return tokensHolding(tokens, inside);
}
