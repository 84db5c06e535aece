/**
 * @module
 * Names of units: words and symbols with their prefixes, case-sensitive where needed (mW, MW); words that scale a number.
 */

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
  eV: "electronvolt electronvolts",
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
  week: "week weeks wk wks 周",
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
  "light-year": "ly lightyear lightyears",
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
  atm: "atm atmosphere atmospheres",
  bar: "bar bars",
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
  rouble: "rouble roubles ruble rubles",
  shekel: "shekel shekels",
  peso: "peso pesos",
  real: "reais brl",
  ...Object.fromEntries(["aud", "cad", "sgd", "hkd", "nzd"].map((currency) => [currency, currency])),
  franc: "franc francs chf",
  unit: "unit units",
  m: "米",
  cm: "厘米",
  mm: "毫米",
  kΩ: "kilohm kilohms",
  μg: "mcg",
  Å: "å angstrom angstroms ångström",
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
  ["lakh", 100_000n],
  ["lakhs", 100_000n],
  ["million", 1_000_000n],
  ["mln", 1_000_000n],
  ["crore", 10_000_000n],
  ["crores", 10_000_000n],
  ["billion", 1_000_000_000n],
  ["bn", 1_000_000_000n],
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
/** Products without a sign between their symbols. */
for (const [symbol, product] of [
  ["Nm", "N*m"],
  ["kNm", "kN*m"],
  ["Wh", "W*h"],
  ["MWh", "MW*h"],
  ["Ah", "A*h"],
  ["mAh", "mA*h"],
] as const)
  bySymbol.set(symbol, product);
/** Symbols whose lower case is no other unit: "KG", "Cm". */
for (const symbol of ["kg", "cm", "km", "mm", "kW", "kHz", "kPa", "kJ", "kN"]) {
  if (!byWord.has(symbol.toLowerCase())) byWord.set(symbol.toLowerCase(), symbol);
}

/** The one name of a unit that is spelled so; undefined for everything else. */
export function unitNamed(text: string): string | undefined {
  return (
    bySymbol.get(text) ?? byWord.get(text) ?? (text.length > 1 ? byWord.get(text.toLowerCase()) : undefined)
  );
}
