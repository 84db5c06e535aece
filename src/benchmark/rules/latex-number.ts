/**
 * @module
 * The value of an expression, where other tools evaluate what latex2sympy makes of it.
 */
import { numberOf } from "../../verify/index.ts";

/** Commands of an expression that has a value. */
const COMMANDS = /\\(?:[dt]?frac|sqrt|pi|cdot|times|div|left|right)(?![a-z])/g;

/** A number, an expression of numbers, roots and π; undefined for anything with a unit, a name or a sign of its own. */
export function latexNumber(text: string): number | undefined {
  if (/[^ -~π]|[%$&#!;:"'?<>[\]|~`@_=]/.test(text) || /[a-z]/i.test(text.replaceAll(COMMANDS, "")))
    return undefined;
  return isBalanced(text) ? numberOf(text) : undefined;
}

function isBalanced(text: string): boolean {
  return text.split("{").length === text.split("}").length;
}

/** Whether two texts, between dollars or not, are one number to two places. */
export function isSameToHundredths(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => latexNumber(text.replace(/^\$(.*)\$$/, "$1")));
  return x !== undefined && y !== undefined && Math.round(x * 100) === Math.round(y * 100);
}
