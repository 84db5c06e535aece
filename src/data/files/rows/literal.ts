/**
 * @module
 * Lists and dicts that are in a text as Python's `repr`, numpy's `str` or JSON writes them, such as `['a', "b's"]`.
 */
import { DataError } from "../../../errors/index.ts";

/** A value of such a text: text, bytes, null, a list or a dict. Numbers and words stay the text that they are. */
export type Literal = string | Uint8Array | null | readonly Literal[] | { readonly [key: string]: Literal };

/** Deepest nesting that is read. */
const MAX_DEPTH = 32;
const CLOSE: Readonly<Record<string, string>> = { "[": "]", "(": ")", "{": "}" };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "0": "\0" };
const HEX: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

const NUMBER_WORD = /^(?:[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+|inf)|nan|True|False)$/i;
const MEDIUM_WORD = /[^.]\.(?:png|jpe?g|webp|gif|bmp|tiff?|avif|mp4|mov|mkv|webm|avi)$/i;

/** The words between the brackets of a list as numpy prints numbers: `1 2 3`; undefined for any other. Paths too. */
function apart(within: string): Literal[] | undefined {
  if (/[,:[\](){}'"]/.test(within) || !/\S\s+\S/.test(within)) return undefined;
  const words = within.trim().split(/\s+/);
  const areApart = [NUMBER_WORD, MEDIUM_WORD].some((kind) => words.every((word) => kind.test(word)));
  return areApart ? words.map(bareWord) : undefined;
}

const bareWord = (word: string) => (/^(None|null|nan|NaN)$/.test(word) ? null : word);

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Literal {
    const value = this.#value(0);
    this.#blanks();
    if (this.#at < this.#text.length) throw new DataError("text behind the list");
    return value;
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #value(depth: number): Literal {
    this.#blanks();
    const symbol = this.#text[this.#at] ?? "";
    if (depth > MAX_DEPTH) throw new DataError("lists in lists without an end");
    if (symbol === "{") return this.#dict(depth);
    if (symbol === "[" || symbol === "(") return this.#list(depth);
    return symbol === "'" || symbol === '"' ? this.#string(symbol) : this.#word();
  }

  /** Entries up to the closing bracket; numpy has blanks where Python has commas. */
  #entries(open: string, entry: () => void): void {
    this.#at += 1;
    for (;;) {
      this.#blanks();
      if (this.#text[this.#at] === CLOSE[open]) break;
      const before = this.#at;
      entry();
      this.#blanks();
      if (this.#text[this.#at] === ",") this.#at += 1;
      else if (this.#at === before) throw new DataError("an entry is missing");
    }
    this.#at += 1;
  }

  #list(depth: number): Literal {
    const items: Literal[] = [];
    const start = this.#at;
    this.#entries(this.#text[start]!, () => items.push(this.#value(depth + 1)));
    return apart(this.#text.slice(start + 1, this.#at - 1)) ?? items;
  }

  #dict(depth: number): Literal {
    const pairs: [string, Literal][] = [];
    this.#entries("{", () => {
      const key = this.#value(depth + 1);
      this.#blanks();
      if (typeof key !== "string" || this.#text[this.#at] !== ":") throw new DataError("a key is missing");
      this.#at += 1;
      pairs.push([key, this.#value(depth + 1)]);
    });
    return Object.fromEntries(pairs);
  }

  #string(quote: string): string {
    const pieces: string[] = [];
    let from = this.#at + 1;
    for (this.#at = from; this.#text[this.#at] !== quote; this.#at += 1) {
      if (this.#at >= this.#text.length) throw new DataError("a quote is open");
      if (this.#text[this.#at] !== "\\") continue;
      pieces.push(this.#text.slice(from, this.#at), this.#escape());
      from = this.#at + 1;
    }
    pieces.push(this.#text.slice(from, this.#at));
    this.#at += 1;
    return pieces.join("");
  }

  #escape(): string {
    this.#at += 1;
    const symbol = this.#text[this.#at] ?? "";
    const digits = HEX[symbol];
    if (digits === undefined) {
      if ("'\"\\/".includes(symbol)) return symbol;
      return ESCAPES[symbol] ?? `\\${symbol}`;
    }
    const code = this.#text.slice(this.#at + 1, this.#at + 1 + digits);
    if (!/^[0-9a-f]+$/i.test(code) || code.length < digits || Number.parseInt(code, 16) > 0x10ffff)
      return `\\${symbol}`;
    this.#at += digits;
    const unit = Number.parseInt(code, 16);
    return digits === 8 ? String.fromCodePoint(unit) : String.fromCharCode(unit);
  }

  /** A word, or bytes as Python writes them: `b'\\x89PNG'`. */
  #word(): string | Uint8Array | null {
    const [word = ""] = /^[^,:[\](){}'"]*/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += word.length;
    const quote = this.#text[this.#at] ?? "";
    if (word === "b" && (quote === "'" || quote === '"'))
      return new Uint8Array(Buffer.from(this.#string(quote), "latin1"));
    const text = word.trim();
    if (text === "") throw new DataError("an entry is missing");
    return bareWord(text);
  }
}

const NUMPY = /^array\(\[/;

/** The list or dict that a text represents; undefined if it represents none. */
export function literalIn(text: string): Literal | undefined {
  let trimmed = text.trim();
  if (NUMPY.test(trimmed)) trimmed = trimmed.slice("array(".length, trimmed.lastIndexOf("]") + 1);
  const close = CLOSE[trimmed[0] ?? ""];
  if (close === undefined || !trimmed.endsWith(close)) return undefined;
  if (close === ")" && !trimmed.includes(",")) return undefined;
  try {
    return new LiteralReader(trimmed).whole();
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/** The value of a cell, where a text in it is a list or a dict: that one. */
export function unquoted(value: unknown): unknown {
  return typeof value === "string" ? (literalIn(value) ?? value) : value;
}
