/**
 * @module
 * Left sides of equations that are one quantity, so that the right side is its value: "AB²", "½ × b × h", "n(A ∩ B)".
 * "x²" and "3x" are none: there the equation has yet to be solved.
 */

const COMMANDS: ReadonlyMap<string, string> = new Map([
  ["times", "×"],
  ["cdot", "·"],
  ["div", "÷"],
  ["cap", "∩"],
  ["cup", "∪"],
  ["angle", "∠"],
  ["triangle", "△"],
  ["pi", "π"],
  ["sigma", "σ"],
  ["chi", "χ"],
  ["left", ""],
  ["right", ""],
]);

/** LaTeX in the signs of plain text. */
function plainSigns(side: string): string {
  const plain = side.replaceAll("²", "^2").replaceAll("³", "^3");
  if (!plain.includes("\\")) return plain;
  return plain
    .replaceAll(/\\[dt]?frac\s?\{?([^{}\\]{1,8})\}?\s?\{?([^{}\\]{1,8})\}/g, "$1/$2")
    .replaceAll(/\\(?:overline|text|mathrm)\s?\{([^{}]*)\}/g, "$1")
    .replaceAll(/\\([a-z]+)/g, (command, name: string) => COMMANDS.get(name) ?? command);
}

const POWER = String.raw`(?:\^\{?[23]\}?)?`;
const SEGMENT = `[A-Z]{2,3}${POWER}`;
const ANGLE = String.raw`m?[∠△]\s?[A-Z]{1,3}`;
const NAME = String.raw`(?:${SEGMENT}|${ANGLE}|(?!π)\p{L}${POWER})`;
const NUMERAL = String.raw`(?:\d[\d.]*(?:\s?/\s?\d+)?|[½⅓¼¾⅔]|\(\d+/\d+\)|π)`;
const QUANTITIES = [
  // Sums, products and ratios of segments or angles, with powers.
  new RegExp(String.raw`^(?:${SEGMENT}|${ANGLE})(?:\s?[-+−–·×*/÷]\s?(?:${SEGMENT}|${ANGLE}))*$`, "u"),
  // "x + y", "l × w", "|a − b|"
  new RegExp(String.raw`^[(|]?(?:${ANGLE}|\p{L}{1,3})(?:\s?[-+−–·×*]\s?(?:${ANGLE}|\p{L}{1,3}))+[)|]?$`, "u"),
  // A formula: at least two names, multiplied by signs, and numerals.
  new RegExp(
    String.raw`^(?:${NUMERAL}\s?[·×*/÷]\s?)*${NAME}(?:\s?[·×*/÷]\s?(?:${NUMERAL}|${NAME}))*\s?[·×*]\s?${NAME}(?:\s?[·×*/÷]\s?(?:${NUMERAL}|${NAME}))*$`,
    "u",
  ),
  /^(?:½|1\s?\/\s?2)\s?\p{L}\s?\p{L}$/u,
  // Members of a set, and a statistic.
  /^[nNpP#]\s?\([^()]*\)$|^\|\s?[A-Z](?:\s?[∩∪∖-]\s?[A-Z])*\s?\|$|^[Rχσ]\^2$/,
];

const MAX_EQUATION = 120;

/** Whether the left side of an equation, in plain text or LaTeX, is a quantity that the right side is the value of. */
export function isQuantity(side: string): boolean {
  const plain = plainSigns(side).trim();
  return plain.length <= 60 && QUANTITIES.some((pattern) => pattern.test(plain));
}

/** Whether a text says that what follows it is an equation, all of which is the answer. */
export function namesEquation(text: string): boolean {
  return /\b(?:equations?|line|plane|locus|relation(?:ship)?|constraint|condition|identity)\b/i.test(text);
}

/** The value of an equation whose left side is a quantity: "25" of "AB^2 = 25". */
export function valueOfQuantity(equation: string): string | undefined {
  if (equation.length > MAX_EQUATION || !equation.includes("=")) return undefined;
  const [left = "", right, ...more] = equation.split("=");
  return right !== undefined && more.length === 0 && isQuantity(left) ? right.trim() : undefined;
}
