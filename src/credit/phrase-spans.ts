/**
 * @module
 * Tokens of a completion that belong to given phrases.
 */

/**
 * 1 for every token that holds a character of a phrase, else 0.
 *
 * @param tokens `[T]` text of each token; joined they are the completion
 * @param phrases found anywhere in the text, in any case
 * @returns `[T]`
 * @example
 * phraseSpans(["First", ", I", " add", "."], ["first, i"]); // [1, 1, 0, 0]
 */
export function phraseSpans(tokens: readonly string[], phrases: readonly string[]): Uint8Array {
  const text = tokens.join("").toLowerCase();
  const inPhrase = new Uint8Array(text.length);
  for (const phrase of phrases.map((own) => own.toLowerCase())) {
    for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
      inPhrase.fill(1, at, at + phrase.length);
    }
  }
  return tokensHolding(
    tokens.map((token) => token.toLowerCase()),
    inPhrase,
  );
}

/**
 * 1 for every token that holds a marked character, else 0.
 *
 * @param tokens `[T]` text of each token
 * @param marked 1 for every marked character of all tokens joined, else 0
 * @returns `[T]`
 */
export function tokensHolding(tokens: readonly string[], marked: Uint8Array): Uint8Array {
  let end = 0;
  return Uint8Array.from(tokens, ({ length }) => {
    const start = end;
    end += length;
    return marked.subarray(start, end).includes(1) ? 1 : 0;
  });
}
