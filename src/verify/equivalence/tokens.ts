/**
 * @module
 * LaTeX and plain mathematics as one list of tokens. Linear in the length of the text.
 */
import { classOf } from "./characters.ts";
import {
  BRACKETS,
  CHARACTER_SIGNS,
  COMMAND_SIGNS,
  CURRENCIES,
  FUNCTIONS,
  GREEK_CHARACTERS,
  GREEK_NAMES,
  GREEK_VARIANTS,
  INVISIBLE,
  NUMBER_SETS,
  SKIPPED,
  SPACES,
  SUBSCRIPTS,
  SUPERSCRIPTS,
  VULGAR_FRACTIONS,
  WRAPPERS,
} from "./symbols.ts";

/** A token. `sign` covers operators and brackets, `command` what the grammar knows by name, `other` all else. */
export interface Token {
  readonly kind: "number" | "letters" | "sign" | "command" | "currency" | "fraction" | "other";
  readonly text: string;
  /** White space precedes it. */
  readonly space: boolean;
  /** It is inside \text{…} or a similar command. */
  readonly isText: boolean;
}

const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)/y;
const EXPONENT = /[eE][-+]?\d+(?![\p{L}\d.])/uy;
const LETTERS = /[A-Za-z]+/y;
const WORD = /[\p{L}\p{M}]+/uy;
const COMMAND = /\\([A-Za-z]+|[^A-Za-z])/suy;
const ENVIRONMENT = /\s*\{([A-Za-z]{1,20})\*?\}(?:\s*\{[lcr|\s]{0,40}\})?/y;
const SCRIPTS = [
  { run: new RegExp(`[⁺⁻]?[${SUPERSCRIPTS}]+`, "y"), sign: "^", digits: SUPERSCRIPTS },
  { run: new RegExp(`[${SUBSCRIPTS}]+`, "y"), sign: "_", digits: SUBSCRIPTS },
] as const;
/** Signs of two characters. */
const DOUBLES: ReadonlyMap<string, string> = new Map([
  ["<=", "<="],
  [">=", ">="],
  ["!=", "!="],
  ["==", "="],
  ["**", "^"],
]);
const OPENS: ReadonlySet<string> = new Set(["(", "[", "⟨", "\\{"]);
const CLOSES: ReadonlySet<string> = new Set([")", "]", "⟩", "\\}"]);
/** First characters of a separator of thousands. */
const SEPARATES = /[,\s~\\{'’]/;
/** Text after an "x" that multiplies: a power of ten, or a number that spaces set apart. */
const POWER_OF_TEN = /[\s}]*10\s?(?:\^|\*\*|[⁺⁻⁰¹²³⁴-⁹])/y;
const SIGN_WORDS: ReadonlySet<string> = new Set(["x", "X", "U", "minus", "negative", "Minus", "Negative"]);
const SPACED_NUMBER = /\s+\d/y;
const NEXT_NUMBER = /\s*(?:\d|\\d?frac)/y;
const NEXT_BRACKET = /\s*[([]/y;
/** The digits of a decimal that repeat: "0.\overline{3}", "0.\dot{1}4\dot{2}". */
const REPETEND = /\\(?:overline|bar)\s?\{(\d{1,20})\}|\\dot\{?(\d)\}?(?:(\d{0,20})\\dot\{?(\d)\}?)?/y;
const DOTS = /\.{3}|…|\\[lc]?dots(?![a-z])/y;
/** Digits that a decimal before "…" shows to repeat. */
const REPEATS = /(?:(\d)\1\1|(\d{2,6})\2)$/;
/** Height of a row after its end, "\\\\[4pt]". */
const ROW_SKIP = /\s?\[\s?-?[\d.]+\s?(?:pt|em|ex|mm|cm|in)\s?\]/y;
const SKIPPED_ARGUMENT = /\s?\{[^{}]{0,60}\}/y;
/** Separators of thousands, by kind, before three digits and no fourth. */
const THOUSANDS: Readonly<Record<string, RegExp>> = {
  comma: /(?:,(?:\\!\s?|\s?\\!)?|\s?\{\s?,\s?\}\s?)(?=\d{3}(?!\d))/y,
  apostrophe: /['’](?=\d{3}(?!\d))/y,
  space: /(?:\\[,;: ]|[ ~\u00a0\u2009\u202f])(?=\d{3}(?!\d))/y,
};
const TIGHT_COMMA = /(?:\s?\{\s?,\s?\}\s?|,\s?\\!\s?|,\\!\s?)(?=\d{3}(?!\d))/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Reads one text; `depth` counts the brackets in which a comma separates members, not thousands. */
class Tokenizer {
  readonly tokens: Token[] = [];
  readonly #text: string;
  readonly #dollarsPair: boolean;
  readonly #hasRows: boolean;
  #at = 0;
  #space = false;
  #depth = 0;
  /** For each open brace whether it is of a text command, of a plain group, or of a wrapper that is dropped. */
  readonly #braces: ("text" | "group" | "wrapper")[] = [];
  #textDepth = 0;
  #next: "text" | "wrapper" | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#hasRows = text.includes("\\begin");
    this.#dollarsPair = !text.includes("$") || (text.match(/(?<!\\)\$/g)?.length ?? 0) % 2 === 0;
  }

  #push(kind: Token["kind"], text: string): void {
    this.tokens.push({ kind, text, space: this.#space, isText: this.#textDepth > 0 });
    this.#space = false;
  }

  run(): readonly Token[] {
    while (this.#at < this.#text.length) this.#step();
    // Unmatched closing braces or a lone backslash end some answers cut from longer text.
    return this.tokens;
  }

  #step(): void {
    const symbol = this.#text[this.#at]!;
    switch (classOf(symbol)) {
      case "space":
        this.#at++;
        this.#space = true;
        break;
      case "digit":
        this.#number();
        break;
      case "letter":
        this.#letters();
        break;
      case "backslash":
        this.#command();
        break;
      case "brace":
        this.#brace(symbol as "{" | "}");
        break;
      default:
        if (symbol === "." && classOf(this.#text[this.#at + 1] ?? "") === "digit") this.#number();
        else this.#character(symbol);
    }
  }

  #letters(): void {
    const word = matchAt(WORD, this.#text, this.#at)![0];
    const plain = matchAt(LETTERS, this.#text, this.#at)![0];
    const sign = this.#signOf(word);
    if (sign !== undefined) this.#push("sign", sign);
    else this.#push(word === plain ? "letters" : "other", word);
    this.#at += word.length;
  }

  /** The sign that letters are: "6 x 10^5", "negative 3", "[0,1) U (2,3]". */
  #signOf(word: string): string | undefined {
    if (!SIGN_WORDS.has(word)) return undefined;
    const last = this.tokens.at(-1);
    const isNext = (pattern: RegExp) => matchAt(pattern, this.#text, this.#at + word.length) !== null;
    if (word === "x" || word === "X") {
      if (last?.kind !== "number") return undefined;
      return isNext(POWER_OF_TEN) || (this.#space && isNext(SPACED_NUMBER)) ? "*" : undefined;
    }
    if (word === "U") return /^[)\]]$/.test(last?.text ?? "") && isNext(NEXT_BRACKET) ? "∪" : undefined;
    return isNext(NEXT_NUMBER) ? "-" : undefined;
  }

  /** A decimal with the digits that repeat in brackets, "0.1(6)"; one without any as it is. */
  #repeating(digits: string): string {
    const text = this.#text;
    const next = text[this.#at];
    if (next !== "." && next !== "\\" && next !== "…") return digits;
    const hasPoint = digits.includes(".");
    if (!hasPoint && (next !== "." || text[this.#at + 1] !== "\\")) return digits;
    const at = hasPoint ? this.#at : this.#at + 1;
    const marked = matchAt(REPETEND, text, at);
    if (marked !== null) {
      this.#at = at + marked[0].length;
      const [, all, first = "", middle = "", last = ""] = marked;
      return `${digits}${hasPoint ? "" : "."}(${all ?? first + middle + last})`;
    }
    const dots = hasPoint ? matchAt(DOTS, text, at) : null;
    if (dots === null) return digits;
    const decimals = digits.slice(digits.indexOf(".") + 1);
    const [, one, several] = REPEATS.exec(decimals) ?? [];
    const block = one ?? several;
    if (block === undefined && decimals.length < 5) return digits;
    this.#at = at + dots[0].length;
    return block === undefined ? digits : `${digits}(${block})`;
  }

  /** A numeral with its thousands; in brackets only separators that cannot be commas of a list count. */
  #number(): void {
    const text = this.#text;
    let digits = matchAt(NUMBER, text, this.#at)![0];
    this.#at += digits.length;
    if (SEPARATES.test(text[this.#at] ?? "") && /^[1-9]\d{0,2}$/.test(digits)) {
      const comma = this.#depth === 0 ? THOUSANDS["comma"]! : TIGHT_COMMA;
      const mark = text[this.#at];
      const other = THOUSANDS[mark === "'" || mark === "’" ? "apostrophe" : "space"]!;
      const separator = matchAt(comma, text, this.#at) === null ? other : comma;
      for (
        let gap = matchAt(separator, text, this.#at);
        gap !== null;
        gap = matchAt(separator, text, this.#at)
      ) {
        const from = this.#at + gap[0].length;
        digits += text.slice(from, from + 3);
        this.#at = from + 3;
      }
      const decimals = digits.length > 3 ? matchAt(/\.\d+/y, text, this.#at)?.[0] : undefined;
      if (decimals !== undefined) {
        digits += decimals;
        this.#at += decimals.length;
      }
    }
    digits = this.#repeating(digits);
    const exponent = /[eE]/.test(text[this.#at] ?? "") ? (matchAt(EXPONENT, text, this.#at)?.[0] ?? "") : "";
    this.#at += exponent.length;
    this.#push("number", digits + exponent);
    // A point that ends a sentence.
    if (text[this.#at] === "." && !/[.\d]/.test(text[this.#at + 1] ?? "")) this.#at++;
  }

  #brace(symbol: "{" | "}"): void {
    this.#at++;
    if (symbol === "{") {
      const kind = this.#next ?? "group";
      this.#next = undefined;
      this.#braces.push(kind);
      if (kind === "text") this.#textDepth++;
      if (kind === "group") this.#push("sign", "{");
      else this.#space = true;
      return;
    }
    const kind = this.#braces.pop();
    if (kind === "text") this.#textDepth--;
    if (kind === "group") this.#push("sign", "}");
    else this.#space = true;
  }

  #character(symbol: string): void {
    const text = this.#text;
    if (symbol > "\u007f" && this.#script()) return;
    if (symbol === "+" && /^\/[-−–]/.test(text.slice(this.#at + 1, this.#at + 3))) {
      this.#at += 3;
      this.#push("sign", "±");
      return;
    }
    const double =
      text[this.#at + 1] === "=" || symbol === "*"
        ? DOUBLES.get(text.slice(this.#at, this.#at + 2))
        : undefined;
    if (double !== undefined) {
      this.#at += 2;
      this.#push("sign", double);
      return;
    }
    const sign = CHARACTER_SIGNS.get(symbol);
    const greek = GREEK_CHARACTERS.get(symbol);
    if (symbol === "$" && this.#dollarsPair) {
      this.#at++;
      this.#space = true;
      return;
    }
    const whole = String.fromCodePoint(text.codePointAt(this.#at)!);
    this.#at += whole.length;
    if (sign !== undefined) this.#sign(sign);
    else if (greek !== undefined) this.#push("command", GREEK_VARIANTS.get(greek) ?? greek);
    else if (symbol === "√") this.#push("command", "sqrt");
    else if (symbol === "∛" || symbol === "∜") this.#radical(symbol === "∛" ? "3" : "4");
    else if (NUMBER_SETS.has(symbol)) this.#push("letters", NUMBER_SETS.get(symbol)!);
    else if (CURRENCIES.has(symbol)) this.#push("currency", CURRENCIES.get(symbol)!);
    else if (VULGAR_FRACTIONS.has(symbol)) this.#push("fraction", symbol);
    else if (symbol === "." && this.tokens.at(-1)?.kind === "letters" && /\s/.test(text[this.#at] ?? ""))
      return;
    else if ((symbol === "." || symbol === "。") && text.slice(this.#at).trim() === "")
      this.#at = text.length;
    else {
      const word = matchAt(WORD, text, this.#at - whole.length)?.[0] ?? whole;
      this.#at += word.length - whole.length;
      this.#push("other", word);
    }
  }

  /** Superscript or subscript digits as "^" or "_" and a numeral. */
  #script(): boolean {
    for (const { run, sign, digits } of SCRIPTS) {
      const found = matchAt(run, this.#text, this.#at)?.[0];
      if (found === undefined) continue;
      this.#at += found.length;
      this.#push("sign", sign);
      if (found.startsWith("⁻")) this.#push("sign", "-");
      const plain = found.replace(/^[⁺⁻]/, "");
      this.#push("number", Array.from(plain, (digit) => digits.indexOf(digit)).join(""));
      return true;
    }
    return false;
  }

  #radical(degree: string): void {
    this.#push("command", "sqrt");
    this.#push("sign", "[");
    this.#push("number", degree);
    this.#push("sign", "]");
  }

  /** A sign; a bracket among them opens or closes. */
  #sign(sign: string): void {
    this.#push("sign", sign);
    if (OPENS.has(sign)) this.#depth++;
    else if (CLOSES.has(sign)) this.#depth--;
  }

  #command(): void {
    const match = matchAt(COMMAND, this.#text, this.#at);
    if (match === null) {
      this.#at++;
      return;
    }
    this.#at += match[0].length;
    const name = match[1]!;
    // "\\\\le", escaped twice: two backslashes before letters end a row only where there are rows.
    if (name === "\\" && !this.#hasRows && /[A-Za-z]/.test(this.#text[this.#at] ?? "")) {
      this.#at--;
      return;
    }
    if (SPACES.has(name)) this.#space = true;
    else if (name === "\\" || name === "cr") {
      this.#push("sign", "\\\\");
      if (this.#hasRows) this.#at += matchAt(ROW_SKIP, this.#text, this.#at)?.[0].length ?? 0;
    } else if (SKIPPED.has(name)) {
      this.#at += matchAt(SKIPPED_ARGUMENT, this.#text, this.#at)?.[0].length ?? 0;
      this.#space = true;
    } else if ("()[]".includes(name)) this.#space = true;
    else if (INVISIBLE.has(name)) {
      if (/^(?:left|right)$/.test(name) && this.#text[this.#at] === ".") this.#at++;
    } else if (WRAPPERS.has(name)) this.#wrapper(WRAPPERS.get(name)! ? "text" : "wrapper");
    else this.#named(name);
  }

  #wrapper(kind: "text" | "wrapper"): void {
    while (this.#text[this.#at] === " ") this.#at++;
    if (this.#text[this.#at] === "{") this.#next = kind;
  }

  #named(name: string): void {
    const sign = BRACKETS.get(name) ?? COMMAND_SIGNS.get(name);
    if (sign !== undefined) this.#sign(sign);
    else if (name === "$") this.#push("currency", "dollar");
    else if (/^(?:(?:[dtcsx]|nice)?frac|sqrt|binom|sum|prod|int|lim)$/.test(name)) {
      this.#push("command", name.endsWith("frac") ? "frac" : name);
    } else if (GREEK_NAMES.has(name)) this.#push("command", GREEK_VARIANTS.get(name) ?? name);
    else if (FUNCTIONS.has(name) || name === "over") this.#push("command", name);
    else if (/^[pb]?mod$/.test(name)) this.#push("letters", "mod");
    else if (name === "begin" || name === "end") this.#environment(name);
    else if (/^q?quad/.test(name)) {
      // A command that has run into the letters after it, "\quadx".
      this.#at -= name.length - name.lastIndexOf("quad") - 4;
      this.#space = true;
    } else this.#push("other", `\\${name}`);
  }

  #environment(name: string): void {
    const match = matchAt(ENVIRONMENT, this.#text, this.#at);
    if (match === null) {
      this.#push("other", `\\${name}`);
      return;
    }
    this.#at += match[0].length;
    this.#push("command", `${name}:${match[1]}`);
  }
}

/** The tokens of a text. */
export function tokenize(text: string): readonly Token[] {
  return new Tokenizer(text).run();
}

/** The tokens without "=" or "≈" before all and a comma or semicolon after all. */
export function withoutEnds(tokens: readonly Token[]): readonly Token[] {
  const [first, last] = [tokens[0], tokens.at(-1)];
  const from = first?.kind === "sign" && (first.text === "=" || first.text === "≈") ? 1 : 0;
  const to = last?.kind === "sign" && (last.text === "," || last.text === ";") ? -1 : tokens.length;
  return from > 0 || to < 0 ? tokens.slice(from, to) : tokens;
}
