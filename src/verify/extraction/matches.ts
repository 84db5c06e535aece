/**
 * @module
 * Matches of a pattern in a text one by one, without the copy of the pattern that `matchAll` makes for each text.
 */

/** The matches of a global pattern that matches no empty text, to be iterated over once. */
export class Matches implements IterableIterator<RegExpExecArray> {
  readonly #text: string;
  readonly #pattern: RegExp;
  #from = 0;

  constructor(text: string, pattern: RegExp) {
    this.#text = text;
    this.#pattern = pattern;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<RegExpExecArray> {
    this.#pattern.lastIndex = this.#from;
    const value = this.#pattern.exec(this.#text);
    this.#from = this.#pattern.lastIndex;
    return value === null ? { done: true, value } : { done: false, value };
  }
}
