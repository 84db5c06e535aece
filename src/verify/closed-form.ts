/**
 * @module
 * The value of numbers that are written with a root, with pi or with a power of ten: 2√3, π/2, 3·10^8. Products and
 * quotients only: a sum, or a product of plain numbers, is arithmetic that the answer should have done.
 */

/** Longer texts are no such number. */
const MAX_LENGTH = 100;
const NUMBER = /\d+(?:\.\d+)?|\.\d+/y;
const EXPONENT = /\^(-?\d{1,3})(?!\d)/y;

/** Reads one text from left to right. */
class Reader {
  readonly #text: string;
  #at = 0;
  /** Whether a root, pi or a power of ten was read. */
  hasForm = false;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Sign, factors, and * or / between them; beside a root, pi or parentheses the * may be left out. NaN where none stands. */
  product(): number {
    const sign = this.#take("-") ? -1 : 1;
    let value = this.#factor();
    while (!Number.isNaN(value) && !this.isAtEnd) {
      if (this.#take("/")) value /= this.#factor();
      else if (this.#take("*")) value *= this.#factor();
      else {
        this.#take(" ");
        if (!/sqrt|pi|\(/y.test(this.#text.slice(this.#at, this.#at + 4))) break;
        value *= this.#factor();
      }
    }
    return sign * value;
  }

  #factor(): number {
    if (this.#take("pi")) {
      this.hasForm = true;
      return Math.PI;
    }
    const isRoot = this.#take("sqrt(");
    if (isRoot || this.#take("(")) {
      const inner = this.product();
      if (!this.#take(")")) return Number.NaN;
      if (isRoot) this.hasForm = true;
      return isRoot ? Math.sqrt(inner) : inner;
    }
    const digits = this.#match(NUMBER);
    if (digits === undefined) return Number.NaN;
    const exponent = digits[0] === "10" ? this.#match(EXPONENT) : undefined;
    if (exponent === undefined) return Number(digits[0]);
    this.hasForm = true;
    return 10 ** Number(exponent[1]);
  }

  #take(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    this.#at += found?.[0].length ?? 0;
    return found;
  }
}

/**
 * The number that canonical text stands for, read from left to right: 1/2sqrt(3) is half of √3.
 *
 * @returns undefined where there is no root, pi or power of ten, anything beside products and quotients of them, or
 *   no finite number
 * @example
 * closedForm("2sqrt(3)"); // 3.4641016151377544
 * closedForm("2*3"); // undefined
 */
export function closedForm(text: string): number | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const reader = new Reader(text);
  const value = reader.product();
  return reader.isAtEnd && reader.hasForm && Number.isFinite(value) ? value : undefined;
}
