/**
 * @module
 * The text of a completion while its tokens come. Text that may still change is held back: bytes that do not
 * yet make up a character, and a beginning of a stop text. Texts that were released, joined, are the text of the
 * whole completion, up to the stop text where there is one.
 */

/** Decodes ids to text, special tokens left out; bytes that make up no character become U+FFFD. */
type Decode = (ids: readonly number[]) => string;

const REPLACEMENT = "\uFFFD";

export class CompletionText {
  readonly #decode: Decode;
  readonly #stops: readonly string[];
  /** Tokens since the last place between two characters. */
  #open: number[] = [];
  #held = "";
  #isStopped = false;

  /** @param stops texts that end the completion, none of them "" */
  constructor(decode: Decode, stops: readonly string[]) {
    this.#decode = decode;
    this.#stops = stops;
  }

  /** Whether a stop text came; nothing after it counts. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Takes the next token; gives the text that will not change any more. */
  push(token: number): string {
    const hasOwnText = !this.#decode([token]).includes(REPLACEMENT);
    let characters = "";
    if (hasOwnText) characters += this.#close();
    this.#open.push(token);
    if (hasOwnText || !this.#decode(this.#open).includes(REPLACEMENT)) characters += this.#close();
    return this.#release(characters, false);
  }

  /** Gives what is left at the end of the completion. */
  finish(): string {
    return this.#release(this.#close(), true);
  }

  #close(): string {
    const text = this.#decode(this.#open);
    this.#open = [];
    return text;
  }

  #release(characters: string, isLast: boolean): string {
    if (this.#isStopped) return "";
    const text = this.#held + characters;
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    if (found.length > 0) {
      this.#isStopped = true;
      this.#held = "";
      return text.slice(0, Math.min(...found));
    }
    const kept = isLast ? 0 : Math.max(0, ...this.#stops.map((stop) => beginningAtEnd(text, stop)));
    this.#held = text.slice(text.length - kept);
    return text.slice(0, text.length - kept);
  }
}

/** Length of the longest proper beginning of the stop text that the text ends with. */
function beginningAtEnd(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
