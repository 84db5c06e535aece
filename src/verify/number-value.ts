/**
 * @module
 * The number that an answer in canonical spelling stands for: integers, decimals, thousands, exponents, fractions,
 * mixed numbers, ratios, percent, with a unit after it; roots, pi and powers of ten by `closed-form`.
 */
import { closedForm } from "./closed-form.ts";

/** A number with what was written around it. */
export interface NumberValue {
  /** Finite. */
  readonly value: number;
  /** The digits of a plain integer without leading zeros ("7", "007", "7.0"), for exact comparison. */
  readonly integer?: string;
  readonly isPercent: boolean;
  /** The two sides of a ratio a:b, each finite. */
  readonly ratio?: readonly [number, number];
  /** "" where there is none. */
  readonly unit: string;
}

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,4})?$/;
const THOUSANDS = /^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

/** Units that may follow a number; an answer without one agrees with any. */
const UNITS = new Set(
  (
    "% ° degree degrees deg unit units mm cm dm m km in inch inches ft feet yd mi mile miles mg g kg lb oz t ml l " +
    "s sec second seconds min minute minutes h hour hours day days week weeks month months year years " +
    "mm^2 cm^2 dm^2 m^2 km^2 mm^3 cm^3 dm^3 m^3 mm² cm² m² km² mm³ cm³ m³ m/s km/h mph n j w v a k hz " +
    "dollar dollars euro euros cent cents"
  ).split(" "),
);

/** Units that are two spellings of one. */
const SPELLINGS: Readonly<Record<string, string>> = {
  degree: "°",
  degrees: "°",
  deg: "°",
  units: "unit",
  inch: "in",
  inches: "in",
  feet: "ft",
  mile: "mi",
  miles: "mi",
  sec: "s",
  second: "s",
  seconds: "s",
  minute: "min",
  minutes: "min",
  hour: "h",
  hours: "h",
  days: "day",
  weeks: "week",
  months: "month",
  years: "year",
  dollars: "dollar",
  euros: "euro",
  cents: "cent",
};

/** A finite decimal, or undefined. */
function decimal(text: string): number | undefined {
  const plain = THOUSANDS.test(text) ? text.replaceAll(",", "") : text;
  if (!DECIMAL.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** "(3)" as "3". */
function ungrouped(text: string): string {
  return text.startsWith("(") && text.endsWith(")") ? text.slice(1, -1) : text;
}

function quotient(text: string): number | undefined {
  const [top, bottom, ...rest] = text.split("/");
  if (top === undefined || bottom === undefined || rest.length > 0) return undefined;
  const sign = /^-[(]/.test(top) ? -1 : 1;
  const numerator = decimal(ungrouped(sign < 0 ? top.slice(1) : top));
  const denominator = decimal(ungrouped(bottom));
  if (numerator === undefined || denominator === undefined || denominator === 0) return undefined;
  const value = (sign * numerator) / denominator;
  return Number.isFinite(value) ? value : undefined;
}

/** "1 1/2" = 1.5 and "-1 1/2" = −1.5. */
function mixed(text: string): number | undefined {
  const match = /^(-?)(\d{1,15}) (\d{1,15}\/\d{1,15})$/.exec(text);
  if (match === null) return undefined;
  const part = quotient(match[3] ?? "");
  if (part === undefined) return undefined;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) + part);
}

function bare(text: string): Pick<NumberValue, "value" | "integer" | "ratio"> | undefined {
  const value = decimal(text);
  const digits = THOUSANDS.test(text) ? text.replaceAll(",", "") : text;
  const whole = /^([-+]?)0*(\d+)(?:\.0*)?$/.exec(digits);
  if (value !== undefined && whole !== null) {
    const isNegative = whole[1] === "-" && whole[2] !== "0";
    return { value, integer: (isNegative ? "-" : "") + whole[2] };
  }
  const found = value ?? quotient(text) ?? mixed(text) ?? closedForm(text);
  if (found !== undefined) return { value: found };
  const sides = text.split(":").map(decimal);
  const [left, right] = sides;
  if (sides.length !== 2 || left === undefined || right === undefined || right === 0) return undefined;
  return Number.isFinite(left / right) ? { value: left / right, ratio: [left, right] } : undefined;
}

/** Splits a trailing unit off. A unit of one letter needs a space before it: "3 m" is a length, "3m" may be a term. */
function splitUnit(text: string): readonly [string, string] {
  const match = /^(.*?[\d).])( ?)([a-z%°][a-z/^²³\d]{0,8})$/.exec(text);
  const [, number = text, space = "", unit = ""] = match ?? [];
  if (!UNITS.has(unit) || (/^[a-z]$/.test(unit) && space === "")) return [text, ""];
  return [number, SPELLINGS[unit] ?? unit];
}

/** The number that canonical text stands for; undefined where it is no finite number. */
export function numberValue(text: string): NumberValue | undefined {
  const [number, unit] = splitUnit(text);
  const found = bare(ungrouped(number)) ?? bare(number);
  return found && { ...found, isPercent: unit === "%", unit: unit === "%" ? "" : unit };
}
