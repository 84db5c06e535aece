/**
 * @module
 * The text that each token of a completion adds. Byte-level tokenizers may cut inside a character, so that no token of
 * it has a text of its own.
 */

/** Decodes ids to text, special tokens left out; bytes that make up no character become U+FFFD. */
export type Decode = (ids: readonly number[]) => string;

const REPLACEMENT = "\uFFFD";
const LEADING = /^\uFFFD+/;

/**
 * Texts of tokens that joined are the text of the completion.
 *
 * A character that several tokens make up belongs to the first of them, and the others have only the text after it,
 * mostly none. Bytes that never make up a character belong to the first token of them, as U+FFFD.
 *
 * @returns `[T]`
 */
export function tokenTexts(ids: ArrayLike<number>, decode: Decode): string[] {
  const texts: string[] = [];
  /** Tokens since the last place between two characters. */
  let open: number[] = [];
  const close = () => {
    if (open.length === 0) return;
    const whole = decode(open);
    const tail = open.length === 1 ? "" : decode(open.slice(-1)).replace(LEADING, "");
    const ownTail = whole.endsWith(tail) ? tail : "";
    const middle = new Array<string>(Math.max(0, open.length - 2)).fill("");
    texts.push(whole.slice(0, whole.length - ownTail.length), ...middle);
    if (open.length > 1) texts.push(ownTail);
    open = [];
  };
  for (const id of Array.from(ids)) {
    const hasOwnText = !decode([id]).includes(REPLACEMENT);
    if (hasOwnText) close();
    open.push(id);
    if (hasOwnText || !decode(open).includes(REPLACEMENT)) close();
  }
  close();
  return texts;
}
