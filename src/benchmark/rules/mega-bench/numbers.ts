/**
 * @module
 * MEGA-Bench's metrics of numbers.
 */
import { pythonFloat } from "../../../verify/index.ts";
import { pythonLiteral } from "../../python/read.ts";
import type { PythonValue } from "../../python/value.ts";
import { pythonStr } from "../../python/write.ts";
import { latexNumber } from "../latex-number.ts";
import { isNumber, itemsOf, listIn, numberIn, requireNumber, requireText } from "./conversions.ts";
import { isSimply } from "./strings.ts";

const MOST_RMSE = 0.1;
const MOST_DEGREES = 10;
const TOLERANCE = 0.01;

/** 1 less ten times the difference. */
export function numberCloseness(given: PythonValue, right: PythonValue): number {
  const difference = Math.min(Math.abs(numberIn(given) - numberIn(right)), MOST_RMSE);
  return 1 - difference / MOST_RMSE;
}

/** 1 less a tenth of the mean difference, in degrees, of lists of one length. */
export function anglesCloseness(given: PythonValue, right: PythonValue): number {
  const [angles, expected] = [itemsOf(listIn(given)), itemsOf(listIn(right))];
  if (angles.length !== expected.length || expected.length === 0) return 0;
  const sum = expected.reduce<number>(
    (total, angle, i) => total + Math.abs(requireNumber(angles[i]) - requireNumber(angle)),
    0,
  );
  return 1 - Math.min(sum / expected.length, MOST_DEGREES) / MOST_DEGREES;
}

/** 1 less the relative difference. */
export function relativeCloseness(given: PythonValue, right: PythonValue): number {
  const number = isNumber(given) ? Number(given) : numberIn(given);
  const expected = numberIn(right);
  return expected === 0 ? 0 : Math.max(0, 1 - Math.abs((number - expected) / expected));
}

/** 1 or 0 for counts; -1, which leaves the field out, where neither is positive. */
export function positiveIntegerScore(given: PythonValue, right: PythonValue): number {
  const count = pythonLiteral(requireText(given));
  const expected = pythonLiteral(requireText(right));
  if (!isInteger(count) || !isInteger(expected)) return 0;
  if (Number(expected) <= 0 && Number(count) <= 0) return -1;
  return Number(count) === Number(expected) ? 1 : 0;
}

function isInteger(value: PythonValue | undefined): value is bigint | boolean {
  return typeof value === "bigint" || typeof value === "boolean";
}

/** The text without marks of mathematics around it; if it has an equals sign, the part after it. */
function expressionIn(text: string): string {
  const bare = text.replaceAll(/\\\((.*?)\\\)/g, "$1").replaceAll(/\\\[(.*?)\\\]/g, "$1");
  return /(?:=|≈|\\approx)\s*([^\n]+)/.exec(bare)?.[1]?.trim() ?? bare;
}

/** Without units; percent as a hundredth, π as 3.14. */
function withoutUnits(text: string): string {
  return text
    .replaceAll("\\pi", "π")
    .replaceAll(/(?<![\d}])\\?π/g, "3.14")
    .replaceAll(/(\d)\\?π/g, "$1*3.14")
    .replaceAll(/\{\\?π\}/g, "3.14")
    .replaceAll(/\*\\?π/g, "*3.14")
    .replaceAll("%", "/100")
    .replaceAll(/[$¥]|°C| C|°/g, "");
}

/** sympy reads an expression up to the first sign that cannot belong to it, and 1,000 as one number. */
const EXPRESSION = /^\s*(?:\[([^\]]*)\]|\(([^()]*)\)(?=\s*(?:[)\]},;'"]|$))|\{([^{}]*)\}|([^)\]},;'"]+))/;

function numberOfExpression(text: string): number | undefined {
  const plain = withoutUnits(text).replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, "");
  const number = pythonFloat(plain) ?? latexNumber(plain);
  if (number !== undefined) return number;
  const [, ...parts] = EXPRESSION.exec(plain) ?? [];
  const first = parts.find((part) => part !== undefined)?.trim() ?? "";
  return pythonFloat(first) ?? latexNumber(first);
}

/**
 * Whether two numbers are within 1 % of the right one; texts that are not numbers must be equal. The authors' code
 * has sympy read an expression and Python evaluate it: here it is a number, or an expression of numbers, roots and
 * fractions.
 */
export function isSameNumber(given: PythonValue, right: PythonValue): boolean {
  const [text, expected] = [expressionIn(pythonStr(given)), expressionIn(requireText(right))];
  const [x, y] = [numberOfExpression(text), numberOfExpression(expected)];
  if (x === undefined || y === undefined) return isSimply(text, expected);
  return Math.abs(x - y) <= Math.abs(y) * TOLERANCE;
}

/** Of what is boxed, where anything is. */
export function isSameBoxedNumber(given: PythonValue, right: PythonValue): boolean {
  const boxed = (text: string) => /\\boxed\{((?:[^{}]+|\{[^{}]*\})*)\}/.exec(text)?.[1] ?? text;
  return isSameNumber(boxed(pythonStr(given)), boxed(requireText(right)));
}
