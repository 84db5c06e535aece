/**
 * @module
 * Lists in a text as Python's `ast.literal_eval` reads them, for files and rules that are made by Python code. Stricter
 * than the reader of data sets: a word without quotes is no entry, so `[sic]` is no list.
 */

const QUOTED = /[rRbBuU]{0,2}('''|"""|'|")/y;
const NUMBER =
  /[-+]?\s*(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d+)?|\d(?:_?\d)*\.(?:[eE][-+]?\d+)?|\d(?:_?\d)*[eE][-+]?\d+|0(?:_?0)*(?![\d.])|[1-9](?:_?\d)*(?![\d.]))/y;
const WORD = /(?:True|False|None)\b/y;
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

/** `str` of a number that is written so. */
function numberText(written: string): string {
  const plain = written.replaceAll(/[\s_]/g, "").replace(/^\+/, "");
  if (/^-?\d+$/.test(plain)) return plain.replace(/^(-?)0+(?=\d)/, "$1").replace(/^-0$/, "0");
  const value = Number(plain);
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}

class ListReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The list that the text is, undefined where it is none. */
  whole(): readonly string[] | undefined {
    const list = this.#list();
    this.#blanks();
    return this.#at === this.#text.length ? list : undefined;
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #takes(symbol: string): boolean {
    this.#blanks();
    if (this.#text[this.#at] !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    this.#at += match?.[0].length ?? 0;
    return match;
  }

  #list(): string[] | undefined {
    if (!this.#takes("[")) return undefined;
    const entries: string[] = [];
    while (!this.#takes("]")) {
      const entry = this.#entry();
      if (entry === undefined) return undefined;
      entries.push(entry);
      if (this.#takes(",")) continue;
      return this.#takes("]") ? entries : undefined;
    }
    return entries;
  }

  /** `str` of an entry; of strings that stand side by side, all of them. */
  #entry(): string | undefined {
    this.#blanks();
    const text = this.#strings();
    if (text !== undefined) return text;
    const number = this.#match(NUMBER);
    return number === undefined ? this.#match(WORD)?.[0] : numberText(number[0]);
  }

  #strings(): string | undefined {
    let all: string | undefined;
    for (;;) {
      const quote = this.#match(QUOTED)?.[1];
      if (quote === undefined) return all;
      const text = this.#string(quote);
      if (text === undefined) return undefined;
      all = (all ?? "") + text;
      this.#blanks();
    }
  }

  #string(quote: string): string | undefined {
    let text = "";
    for (; !this.#text.startsWith(quote, this.#at); this.#at += 1) {
      const symbol = this.#text[this.#at];
      if (symbol === undefined || (symbol === "\n" && quote.length === 1)) return undefined;
      text += symbol === "\\" ? this.#escape() : symbol;
    }
    this.#at += quote.length;
    return text;
  }

  #escape(): string {
    this.#at += 1;
    const symbol = this.#text[this.#at] ?? "";
    const digits = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))/i.exec(
      this.#text.slice(this.#at, this.#at + 9),
    );
    if (digits === null) return ESCAPES[symbol] ?? `\\${symbol}`;
    this.#at += digits[0].length - 1;
    return String.fromCodePoint(Number.parseInt(digits[1] ?? digits[2] ?? digits[3]!, 16));
  }
}

/**
 * The entries of a list of strings, numbers, True, False and None, each as Python's `str` writes it; undefined where the text
 * is no such list, a list of lists among them. Brackets around it are no part of it.
 *
 * @example
 * pythonList("['Yes', 12, 1.50]"); // ["Yes", "12", "1.5"]
 * pythonList("[sic]"); // undefined
 */
export function pythonList(text: string): readonly string[] | undefined {
  const [, bracketed] = /^\s*\(([\s\S]*)\)\s*$/.exec(text) ?? [];
  if (bracketed !== undefined) return pythonList(bracketed);
  return /^\s*\[/.test(text) ? new ListReader(text.trim()).whole() : undefined;
}

/** A list of strings as Python's `repr` writes it. */
export function pythonRepr(texts: readonly string[]): string {
  const quoted = texts.map((text) => {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const escaped = text
      .replaceAll("\\", "\\\\")
      .replaceAll("\n", "\\n")
      .replaceAll("\t", "\\t")
      .replaceAll("\r", "\\r")
      .replaceAll(quote, `\\${quote}`);
    return `${quote}${escaped}${quote}`;
  });
  return `[${quoted.join(", ")}]`;
}
