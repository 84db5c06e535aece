/**
 * @module
 * Units after a number as one canonical spelling, "kg*m*s^-2". Units are compared, never converted.
 */
import type { Token } from "./tokens.ts";
import { unitNamed } from "./unit-names.ts";

/** Spellings of two units: "pounds" are a weight or money, "C" is coulombs or degrees Celsius. */
const AMBIGUOUS: ReadonlyMap<string, readonly string[]> = new Map([
  ["pound", ["lb", "pound-sterling"]],
  ["yuan-or-yen", ["yuan", "yen"]],
  ["C", ["°C"]],
  ["F", ["°F"]],
  ["K", ["°K"]],
]);

/** Whether two units may be one. */
export function agreeUnits(a: string, b: string): boolean {
  return a === b || AMBIGUOUS.get(a)?.includes(b) === true || AMBIGUOUS.get(b)?.includes(a) === true;
}

/** The unit of an amount for each of another: "dollar" per "h" is "dollar*h^-1". */
export function perUnit(unit: string, per: string): string {
  const inverse = per.split("*").map((part) => {
    const [base = "", exponent = "1"] = part.split("^");
    return exponent === "-1" ? base : `${base}^${-Number(exponent)}`;
  });
  return [unit, ...inverse].sort().join("*");
}

/** Units of length, whose powers are also written "cm2" and "m3". */
const LENGTH = /^(?:[kcmdnμ]?m|in|ft|yd|mi)$/;

/** Words that can follow "degrees". */
const SCALES_OF_HEAT: ReadonlyMap<string, string> = new Map([
  ["celsius", "°C"],
  ["c", "°C"],
  ["fahrenheit", "°F"],
  ["f", "°F"],
  ["kelvin", "°K"],
  ["k", "°K"],
]);

const POWER_WORDS: ReadonlyMap<string, number> = new Map([
  ["square", 2],
  ["sq", 2],
  ["cubic", 3],
  ["cu", 3],
]);
const MAX_TOKENS = 16;

/** A unit that starts at a token, and the place after it. */
export interface UnitFound {
  readonly unit: string;
  readonly end: number;
}

/** Reads factors with powers, "kg*m/s^2", from a place in the tokens. */
class UnitReader {
  readonly #powers = new Map<string, number>();
  #at: number;
  readonly #tokens: readonly Token[];
  readonly #last: number;

  constructor(tokens: readonly Token[], at: number) {
    this.#tokens = tokens;
    this.#at = at;
    this.#last = Math.min(tokens.length, at + MAX_TOKENS);
  }

  read(): UnitFound | undefined {
    if (!(this.#fraction() ?? this.#factors(1, true))) return undefined;
    const parts = [...this.#powers].filter(([, power]) => power !== 0);
    const spelled = parts.map(([name, power]) => (power === 1 ? name : `${name}^${power}`));
    return { unit: spelled.sort().join("*"), end: this.#at };
  }

  /** Reads all factors up to the first token that is no factor. Returns whether it has read any. */
  #factors(sign: 1 | -1, isFirst: boolean): boolean {
    if (!this.#factor(sign, isFirst)) return false;
    for (;;) {
      const at = this.#at;
      const next = this.#divides();
      if (next === undefined || !this.#factor(next === 1 ? sign : sign === 1 ? -1 : 1, false)) {
        this.#at = at;
        return true;
      }
    }
  }

  /** "\\frac{m}{s}", set apart from the number; undefined where there is no fraction. */
  #fraction(): boolean | undefined {
    const token = this.#token;
    if (token?.kind !== "command" || token.text !== "frac") return undefined;
    this.#at++;
    const isWhole =
      this.#takes("{") &&
      this.#factors(1, false) &&
      this.#takes("}") &&
      this.#takes("{") &&
      this.#factors(-1, false) &&
      this.#takes("}");
    return isWhole && token.space;
  }

  get #token(): Token | undefined {
    return this.#at < this.#last ? this.#tokens[this.#at] : undefined;
  }

  #takes(text: string): boolean {
    if (this.#token?.text !== text) return false;
    this.#at++;
    return true;
  }

  /** Whether the next factor is multiplied (1) or divided by (−1); undefined where none can follow. */
  #divides(): 1 | -1 | undefined {
    const token = this.#token;
    if (token === undefined) return undefined;
    if (token.text === "/" || token.text === "per") {
      this.#at++;
      return -1;
    }
    if (token.text === "*") {
      this.#at++;
      return 1;
    }
    // "newton-meters"
    const next = this.#tokens[this.#at + 1];
    if (
      token.text === "-" &&
      !token.space &&
      next?.kind === "letters" &&
      !next.space &&
      next.text.length > 2
    ) {
      this.#at++;
      return 1;
    }
    return token.kind === "letters" && token.space ? 1 : undefined;
  }

  #factor(sign: 1 | -1, isFirst: boolean): boolean {
    const token = this.#token;
    if (token === undefined) return false;
    let text = token.text;
    const next = this.#tokens[this.#at + 1];
    if (token.kind === "letters" && next?.text === "Omega" && !next.space) {
      this.#at++;
      text += "Ω";
    } else if (token.kind === "command" && text === "Omega") text = "Ω";
    else if (token.kind === "command" && text === "mu") {
      if (next?.kind !== "letters") return false;
      this.#at++;
      text = `μ${next.text}`;
    } else if (token.kind !== "letters" && token.kind !== "other") return false;
    const isLight = text === "light" && this.#isYear();
    if (isLight) {
      this.#add("light-year", sign);
      return true;
    }
    const power = POWER_WORDS.get(text.toLowerCase());
    if (power !== undefined) return this.#poweredWord(power, sign);
    const name = unitNamed(text);
    const parts =
      name === undefined || text === "ms" || name.includes("^-") ? this.#unspaced(text) : undefined;
    if (parts !== undefined) return this.#product(parts, sign);
    if (name === undefined) return false;
    if (name.includes("*") && this.#isInverse(1)) return this.#product(name.split("*"), sign);
    const mayBeTerm = isFirst && /^[A-Za-z]$/.test(text) && !token.space && !token.isText;
    // "3m" may be a term; "3 m", "3\text{m}", "3m²" and "3m/s" are amounts.
    if (mayBeTerm && next?.text !== "^" && !this.#isRate()) return false;
    this.#at++;
    const scale = name === "°" ? SCALES_OF_HEAT.get(this.#token?.text.toLowerCase() ?? "") : undefined;
    if (scale !== undefined) {
      this.#at++;
      this.#add(scale, sign);
      return true;
    }
    if ((name === "year" || name === "month") && this.#token?.text === "old") this.#at++;
    const exponent = this.#glued(name) ?? this.#powerBehind() ?? this.#exponent();
    if (exponent === undefined) return false;
    this.#add(name, sign * exponent);
    return true;
  }

  /** Whether a negative exponent is so many tokens ahead. */
  #isInverse(ahead: number): boolean {
    const [power, next, after] = this.#tokens.slice(this.#at + ahead, this.#at + ahead + 3);
    return power?.text === "^" && (next?.text === "-" || (next?.text === "{" && after?.text === "-"));
  }

  /** The two units of letters before a negative exponent: "ms^{-1}", "kgm^{-3}". */
  #unspaced(letters: string): readonly string[] | undefined {
    if (letters.length > 6 || !this.#isInverse(1)) return undefined;
    for (let i = letters.length - 1; i > 0; i--) {
      const parts = [unitNamed(letters.slice(0, i)), unitNamed(letters.slice(i))];
      if (parts[0] !== undefined && parts[1] !== undefined) return parts as string[];
    }
    return undefined;
  }

  /** Units without a space between them, of which the last has the exponent. */
  #product(parts: readonly string[], sign: 1 | -1): boolean {
    this.#at++;
    const exponent = this.#exponent();
    if (exponent === undefined) return false;
    parts.forEach((part, i) => {
      this.#add(part, sign * (i === parts.length - 1 ? exponent : 1));
    });
    return true;
  }

  /** Whether a slash and another unit follow this token without a space: "m/s". */
  #isRate(): boolean {
    const [slash, unit] = this.#tokens.slice(this.#at + 1, this.#at + 3);
    if (slash?.text !== "/" || slash.space || unit?.kind !== "letters" || unit.space) return false;
    return unitNamed(unit.text) !== undefined;
  }

  /** Passes "light year" and "light-years". */
  #isYear(): boolean {
    const [, next, last] = this.#tokens.slice(this.#at, this.#at + 3);
    const [year, length] = next?.text === "-" ? [last, 3] : [next, 2];
    if (year?.text !== "year" && year?.text !== "years") return false;
    this.#at += length;
    return true;
  }

  /** The exponent of "meters squared". */
  #powerBehind(): number | undefined {
    const power = { squared: 2, cubed: 3 }[this.#token?.text ?? ""];
    if (power !== undefined) this.#at++;
    return power;
  }

  /** The exponent of "cm2". */
  #glued(name: string): number | undefined {
    const token = this.#token;
    if (token?.kind !== "number" || token.space || !/^[23]$/.test(token.text) || !LENGTH.test(name))
      return undefined;
    this.#at++;
    return Number(token.text);
  }

  #poweredWord(power: number, sign: 1 | -1): boolean {
    this.#at++;
    const token = this.#token;
    const name = token?.kind === "letters" ? unitNamed(token.text) : undefined;
    if (name !== undefined) this.#at++;
    else if (token !== undefined) return false;
    this.#add(name ?? "unit", sign * power);
    return true;
  }

  #add(name: string, power: number): void {
    for (const part of name.split("*")) {
      const [base = "", exponent = "1"] = part.split("^");
      this.#powers.set(base, (this.#powers.get(base) ?? 0) + power * Number(exponent));
    }
  }

  /** The exponent after "^", 1 without one, undefined where it is no small integer. */
  #exponent(): number | undefined {
    if (!this.#takes("^")) return 1;
    const isBraced = this.#takes("{");
    const isNegative = this.#takes("-");
    const digits = this.#token;
    if (digits?.kind !== "number" || !/^\d$/.test(digits.text)) return undefined;
    this.#at++;
    if (isBraced && !this.#takes("}")) return undefined;
    return isNegative ? -Number(digits.text) : Number(digits.text);
  }
}

/** The unit that starts at a token; undefined where there is none. */
export function unitAt(tokens: readonly Token[], at: number): UnitFound | undefined {
  return new UnitReader(tokens, at).read();
}
