/**
 * @module
 * Values that Python code writes into a text and reads back with `ast.literal_eval`, and what Python makes of them: `str`,
 * equality, hashing.
 */

/** Several values in brackets; a set's are in the order in which they stand. */
export interface PythonItems {
  readonly type: "list" | "tuple" | "set";
  readonly items: readonly PythonValue[];
}

/** A dict: of equal keys the last counts. */
export interface PythonDict {
  readonly type: "dict";
  readonly entries: readonly (readonly [key: PythonValue, value: PythonValue])[];
}

/** A Python value: `int` is a bigint, `float` a number, `None` null. */
export type PythonValue = string | number | bigint | boolean | null | PythonItems | PythonDict;

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

/** What `ast.literal_eval` raises. */
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

  /** Strings that stand side by side, as one; undefined where there is none. */
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

/** `json.loads(text)`, with ints and floats told apart; undefined where it raises. NaN and Infinity are not read. */
export function pythonJson(text: string): PythonValue | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return read(text.trim().replaceAll(/\s*\n\s*/g, " "), "json");
}

/** A dict of entries, of equal keys the last in the place of the first. */
function dict(entries: readonly (readonly [PythonValue, PythonValue])[]): PythonDict {
  const kept = new Map<string, readonly [PythonValue, PythonValue]>();
  for (const [key, value] of entries) {
    const known = identity(key);
    kept.set(known, [kept.get(known)?.[0] ?? key, value]);
  }
  return { type: "dict", entries: [...kept.values()] };
}

/** Values without those that are equal to an earlier one. */
export function distinct(items: readonly PythonValue[]): PythonValue[] {
  return [...new Map(items.toReversed().map((item) => [identity(item), item])).values()].toReversed();
}

/** Whether a value is a dict. */
export function isDict(value: PythonValue | undefined): value is PythonDict {
  return typeof value === "object" && value !== null && value.type === "dict";
}

/** Whether a value is a list or a tuple. */
export function isSequence(value: PythonValue | undefined): value is PythonItems {
  return typeof value === "object" && value !== null && (value.type === "list" || value.type === "tuple");
}

/** Whether a value can be in a set. */
export function isHashable(value: PythonValue): boolean {
  if (typeof value !== "object" || value === null) return true;
  return value.type === "tuple" && value.items.every(isHashable);
}

/** A text that two values share exactly where Python takes them for equal. */
export function identity(value: PythonValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return String(Object.is(value, -0) ? 0 : value);
  if (typeof value === "bigint")
    return Number.isSafeInteger(Number(value)) ? String(Number(value)) : `${value}n`;
  if (value === null) return "None";
  if (value.type === "dict") {
    const entries = value.entries.map(([key, of]) => `${identity(key)}:${identity(of)}`);
    return `dict{${entries.sort().join()}}`;
  }
  const items = value.items.map(identity);
  return value.type === "set" ? `set{${items.sort().join()}}` : `${value.type}(${items.join()})`;
}

/** The entry of a dict under a text; undefined where there is none. */
export function entryOf({ entries }: PythonDict, name: string): PythonValue | undefined {
  return entries.find(([key]) => key === name)?.[1];
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e16 || size < 1e-4))
    return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}

/** Signs that Python's `repr` of a string does not show as they are. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

function quotedText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll("\r", "\\r")
    .replaceAll(quote, `\\${quote}`)
    .replaceAll(UNSHOWN, (sign) => {
      const code = sign.codePointAt(0)!.toString(16);
      if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
      return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
    });
  return `${quote}${escaped}${quote}`;
}

/** `repr(value)`. */
function pythonReprOf(value: PythonValue): string {
  if (typeof value === "string") return quotedText(value);
  if (typeof value === "number") return floatText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === null) return "None";
  if (value.type === "dict")
    return `{${value.entries.map(([key, of]) => `${pythonReprOf(key)}: ${pythonReprOf(of)}`).join(", ")}}`;
  const items = value.items.map(pythonReprOf).join(", ");
  if (value.type === "list") return `[${items}]`;
  if (value.type === "set") return `{${items}}`;
  return value.items.length === 1 ? `(${items},)` : `(${items})`;
}

/** `str(value)`. */
export function pythonStr(value: PythonValue): string {
  return typeof value === "string" ? value : pythonReprOf(value);
}
