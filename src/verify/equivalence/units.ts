/**
 * @module
 * Units after a number: words and symbols with their prefixes, case-sensitive where needed (mW, MW), as one canonical
 * spelling, "kg*m*s^-2". Units are compared, never converted.
 */
import type { Token } from "./tokens.ts";

const PREFIXES: Readonly<Record<string, string>> = {
  kilo: "k",
  centi: "c",
  milli: "m",
  deci: "d",
  micro: "μ",
  nano: "n",
  pico: "p",
  mega: "M",
  giga: "G",
  tera: "T",
  hecto: "h",
};

/** Symbols that take a prefix, and their words. */
const BASES: Readonly<Record<string, string>> = {
  m: "meter meters metre metres",
  g: "gram grams gramme grammes",
  s: "second seconds",
  L: "liter liters litre litres",
  W: "watt watts",
  J: "joule joules",
  N: "newton newtons",
  V: "volt volts",
  A: "ampere amperes amp amps",
  Ω: "ohm ohms",
  Hz: "hertz",
  Pa: "pascal pascals",
  T: "tesla teslas",
  C: "coulomb coulombs",
  F: "farad farads",
  H: "henry henries henrys",
  Wb: "weber webers",
  mol: "mole moles",
  eV: "",
  cal: "calorie calories",
  B: "byte bytes",
  K: "kelvin kelvins",
};

/** Units without prefixes: the canonical name, and its spellings, none of which depends on case. */
const PLAIN: Readonly<Record<string, string>> = {
  s: "sec secs",
  min: "min mins minute minutes 分钟",
  h: "h hr hrs hour hours 小时",
  day: "day days 天",
  week: "week weeks 周",
  month: "month months",
  year: "year years yr yrs 年 岁",
  decade: "decade decades",
  century: "century centuries",
  in: "in inch inches",
  ft: "ft foot feet",
  yd: "yd yard yards",
  mi: "mi mile miles",
  lb: "lb lbs",
  pound: "pound pounds",
  oz: "oz ounce ounces",
  t: "t ton tons tonne tonnes 吨",
  acre: "acre acres",
  ha: "ha hectare hectares",
  gal: "gallon gallons gal",
  cup: "cup cups",
  tsp: "tsp teaspoon teaspoons",
  tbsp: "tbsp tablespoon tablespoons",
  qt: "qt quart quarts",
  pt: "pt pint pints",
  "mi*h^-1": "mph",
  "km*h^-1": "kph kmh",
  rpm: "rpm",
  bpm: "bpm",
  rev: "rev revs revolution revolutions",
  px: "px pixel pixels",
  ppm: "ppm",
  dB: "db decibel decibels",
  lm: "lm lumen lumens",
  lx: "lx lux",
  "kW*h": "kwh",
  psi: "psi",
  atm: "atm",
  bar: "bar",
  rad: "rad radian radians",
  "°": "degree degrees deg 度",
  dollar: "dollar dollars usd bucks 美元",
  cent: "cent cents",
  euro: "euro euros eur 欧元",
  yuan: "yuan rmb cny 元",
  rupee: "rupee rupees inr",
  yen: "yen jpy 日元",
  won: "won krw",
  "pound-sterling": "gbp 英镑",
  unit: "unit units",
  m: "米",
  cm: "厘米",
  mm: "毫米",
  km: "千米 公里",
  kg: "千克 公斤 kgs",
  g: "克",
  L: "l 升",
  mL: "ml 毫升",
  "cm^2": "平方厘米",
  "m^2": "平方米",
  "cm^3": "立方厘米 cc ccm",
  "m^3": "立方米",
  ...Object.fromEntries(
    Array.from("个只本张条辆支朵块名位棵颗匹头枚件次人", (counter) => [counter, counter]),
  ),
};

/** Words that scale the number before them. */
export const SCALES: ReadonlyMap<string, bigint> = new Map([
  ["hundred", 100n],
  ["thousand", 1000n],
  ["million", 1_000_000n],
  ["billion", 1_000_000_000n],
  ["trillion", 1_000_000_000_000n],
  ["万", 10_000n],
  ["亿", 100_000_000n],
]);

export const PERCENT_WORDS: ReadonlySet<string> = new Set(["percent", "pct", "percentage"]);

const bySymbol = new Map<string, string>();
const byWord = new Map<string, string>();
for (const [name, spellings] of Object.entries(PLAIN)) {
  for (const spelling of spellings.split(" ")) byWord.set(spelling, name);
}
for (const [symbol, words] of Object.entries(BASES)) {
  bySymbol.set(symbol, symbol);
  for (const [prefix, sign] of Object.entries(PREFIXES)) {
    bySymbol.set(sign + symbol, sign + symbol);
    if (sign === "μ") bySymbol.set(`u${symbol}`, sign + symbol);
    for (const word of words.split(" ").filter(Boolean)) byWord.set(prefix + word, sign + symbol);
  }
  for (const word of words.split(" ").filter(Boolean)) byWord.set(word, symbol);
}
for (const sign of Object.values(PREFIXES)) bySymbol.set(`${sign}l`, `${sign}L`);
/** Symbols whose lower case is no other unit: "KG", "Cm". */
for (const symbol of ["kg", "cm", "km", "mm", "kW", "kHz", "kPa", "kJ", "kN"]) {
  if (!byWord.has(symbol.toLowerCase())) byWord.set(symbol.toLowerCase(), symbol);
}

function unitNamed(text: string): string | undefined {
  return (
    bySymbol.get(text) ?? byWord.get(text) ?? (text.length > 1 ? byWord.get(text.toLowerCase()) : undefined)
  );
}

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
    if (!this.#factor(1, true)) return undefined;
    for (;;) {
      const at = this.#at;
      const sign = this.#divides();
      if (sign === undefined || !this.#factor(sign, false)) {
        this.#at = at;
        break;
      }
    }
    const parts = [...this.#powers].filter(([, power]) => power !== 0);
    const spelled = parts.map(([name, power]) => (power === 1 ? name : `${name}^${power}`));
    return { unit: spelled.sort().join("*"), end: this.#at };
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
    const power = POWER_WORDS.get(text.toLowerCase());
    if (power !== undefined) return this.#poweredWord(power, sign);
    const name = unitNamed(text);
    if (name === undefined) return false;
    const hasPower = this.#tokens[this.#at + 1]?.text === "^";
    // "3m" may be a term; "3 m", "3\text{m}" and "3m²" are lengths.
    if (isFirst && text.length === 1 && /[A-Za-z]/.test(text) && !token.space && !token.isText && !hasPower) {
      return false;
    }
    this.#at++;
    const scale = name === "°" ? SCALES_OF_HEAT.get(this.#token?.text.toLowerCase() ?? "") : undefined;
    if (scale !== undefined) {
      this.#at++;
      this.#add(scale, sign);
      return true;
    }
    if ((name === "year" || name === "month") && this.#token?.text === "old") this.#at++;
    const exponent = this.#glued(name) ?? this.#exponent();
    if (exponent === undefined) return false;
    this.#add(name, sign * exponent);
    return true;
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
