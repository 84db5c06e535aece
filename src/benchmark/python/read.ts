/**
 * @module
 * Reads the text of a Python value as `ast.literal_eval` and `json.loads` do.
 */
import { dict, distinct, isHashable, type PythonValue } from "./value.ts";

/** Which notation a text is in: JSON has its own words and escapes. */
type Notation = "python" | "json";

const MAX_DEPTH = 90;
const QUOTED = /([rRbBuUfF]{0,2})('''|"""|'|")/y;
const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?[eE][-+]?\d(?:_?\d)*|\d(?:_?\d)*\.|0(?:_?0)*(?![\d_])|[1-9](?:_?\d)*/y;
const AFTER_NUMBER = /[\p{L}\p{N}_.]/u;
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const WORDS: Readonly<Record<Notation, ReadonlyMap<string, boolean | null>>> = {
  python: new Map([
    ["True", true],
    ["False", false],
    ["None", null],
  ]),
  json: new Map([
    ["true", true],
    ["false", false],
    ["null", null],
  ]),
};
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  a: "\x07",
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
};
const CLOSE: Readonly<Record<string, string>> = { "[": "]", "(": ")", "{": "}" };

/** The error that `ast.literal_eval` raises. */
class NoLiteral extends Error {}

class Reader {
  readonly #text: string;
  readonly #notation: Notation;
  #at = 0;

  constructor(text: string, notation: Notation) {
    this.#text = text;
    this.#notation = notation;
  }

  /** The value that the whole text is: several with commas between them are a tuple without its brackets. */
  whole(): PythonValue {
    const value = this.#value(0);
    if (!this.#takes(",")) return this.#ended(value);
    const items = [value];
    while (!this.#isAtEnd()) {
      items.push(this.#value(0));
      if (!this.#takes(",")) break;
    }
    return this.#ended({ type: "tuple", items });
  }

  #ended(value: PythonValue): PythonValue {
    if (!this.#isAtEnd()) throw new NoLiteral();
    return value;
  }

  #isAtEnd(): boolean {
    return this.#text.slice(this.#at).trim() === "";
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    this.#at += match?.[0].length ?? 0;
    return match;
  }

  /** Blanks; line breaks too within brackets. */
  #blanks(depth: number): void {
    this.#match(depth > 0 ? /\s*/y : /[ \t\f]*/y);
  }

  #takes(symbol: string, depth = 0): boolean {
    this.#blanks(depth);
    if (this.#text[this.#at] !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #value(depth: number): PythonValue {
    if (depth > MAX_DEPTH) throw new NoLiteral();
    this.#blanks(depth);
    const open = this.#text[this.#at] ?? "";
    if (open === "{") return this.#braces(depth + 1);
    if (open === "[" || open === "(") return this.#brackets(open, depth + 1);
    const text = this.#strings(depth);
    return text ?? this.#signed(depth);
  }

  #brackets(open: string, depth: number): PythonValue {
    this.#at += 1;
    const close = CLOSE[open]!;
    const items: PythonValue[] = [];
    let commas = 0;
    while (!this.#takes(close, depth)) {
      items.push(this.#value(depth));
      if (this.#takes(",", depth)) commas += 1;
      else if (this.#takes(close, depth)) break;
      else throw new NoLiteral();
    }
    if (open === "[") return { type: "list", items };
    return items.length === 1 && commas === 0 ? items[0]! : { type: "tuple", items };
  }

  #braces(depth: number): PythonValue {
    this.#at += 1;
    const entries: [PythonValue, PythonValue][] = [];
    const items: PythonValue[] = [];
    while (!this.#takes("}", depth)) {
      const value = this.#value(depth);
      if (!isHashable(value)) throw new NoLiteral();
      if (this.#takes(":", depth)) entries.push([value, this.#value(depth)]);
      else items.push(value);
      if (entries.length > 0 && items.length > 0) throw new NoLiteral();
      if (this.#takes(",", depth)) continue;
      if (this.#takes("}", depth)) break;
      throw new NoLiteral();
    }
    return items.length > 0 ? { type: "set", items: distinct(items) } : dict(entries);
  }

  /** A number with its sign, or a word that is a value. */
  #signed(depth: number): PythonValue {
    const sign = this.#text[this.#at] ?? "";
    const isSigned = sign === "-" || sign === "+";
    if (isSigned) {
      this.#at += 1;
      this.#blanks(depth);
    }
    const written = this.#match(NUMBER)?.[0];
    if (written === undefined) {
      const word = isSigned ? undefined : this.#match(WORD)?.[0];
      const value = WORDS[this.#notation].get(word ?? "");
      if (value === undefined) throw new NoLiteral();
      return value;
    }
    if (AFTER_NUMBER.test(this.#text.slice(this.#at, this.#at + 1))) throw new NoLiteral();
    const plain = written.replaceAll("_", "");
    if (/^(?:0[xob]|\d+$)/i.test(plain)) return sign === "-" ? -BigInt(plain) : BigInt(plain);
    return sign === "-" ? -Number(plain) : Number(plain);
  }

  /** Adjacent strings, as one; undefined if there is none. */
  #strings(depth: number): string | undefined {
    let all: string | undefined;
    for (;;) {
      const [, prefix = "", quote] = this.#match(QUOTED) ?? [];
      if (quote === undefined) return all;
      if (/[bf]/i.test(prefix)) throw new NoLiteral();
      all = (all ?? "") + this.#string(quote, /r/i.test(prefix));
      this.#blanks(depth);
    }
  }

  #string(quote: string, isRaw: boolean): string {
    let text = "";
    for (; !this.#text.startsWith(quote, this.#at); this.#at += 1) {
      const symbol = this.#text[this.#at];
      if (symbol === undefined || (symbol === "\n" && quote.length === 1)) throw new NoLiteral();
      if (symbol !== "\\") text += symbol;
      else if (isRaw) {
        this.#at += 1;
        text += `\\${this.#text[this.#at] ?? ""}`;
      } else text += this.#escape();
    }
    this.#at += quote.length;
    return text;
  }

  #escape(): string {
    this.#at += 1;
    const symbol = this.#text[this.#at] ?? "";
    if (this.#notation === "json" && symbol === "/") return "/";
    const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.#at, this.#at + 3))?.[0];
    if (octal !== undefined) {
      this.#at += octal.length - 1;
      return String.fromCharCode(Number.parseInt(octal, 8));
    }
    const hex = /^(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})/i.exec(
      this.#text.slice(this.#at, this.#at + 9),
    )?.[0];
    if (hex === undefined) {
      if (/[xuUN]/.test(symbol)) throw new NoLiteral();
      return ESCAPES[symbol] ?? `\\${symbol}`;
    }
    this.#at += hex.length - 1;
    const code = Number.parseInt(hex.slice(1), 16);
    if (code > 0x10ffff) throw new NoLiteral();
    return hex.length === 9 ? String.fromCodePoint(code) : String.fromCharCode(code);
  }
}

function read(text: string, notation: Notation): PythonValue | undefined {
  try {
    return new Reader(text, notation).whole();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

/**
 * `ast.literal_eval(text)`; undefined where it raises. Complex numbers, bytes and `...` are not read.
 *
 * @example
 * pythonLiteral("{'a': (1, 2.0)}"); // a dict
 * pythonLiteral("1, 2"); // a tuple
 * pythonLiteral("two"); // undefined
 */
export function pythonLiteral(text: string): PythonValue | undefined {
  return read(text.replace(/^\s*\n/, ""), "python");
}

/**
 * `json.loads(text)`, with ints and floats distinguished; undefined where it raises. NaN and Infinity are not read.
 */
export function pythonJson(text: string): PythonValue | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  // Texts in JSON have no line breaks, and between values they mean nothing.
  return read(text.trim().replaceAll(/[\n\r]/g, " "), "json");
}
