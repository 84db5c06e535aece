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
const NUMERAL = String.raw`(?:\d[\d.]*|[½⅓¼¾⅔]|\(\d+/\d+\)|π)`;
/** Members of a set, a probability, a statistic, an angle: no equation has one of them alone at its left. */
const OWN_NAMES = [
  /^[nNpP#]\s?\([^()]*\)$|^\|\s?[A-Z](?:\s?[∩∪∖-]\s?[A-Z])*\s?\|$|^[Rχσ]\^2$/,
  new RegExp(`^${ANGLE}$`, "u"),
];
const QUANTITIES = [
  ...OWN_NAMES,
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
];

const MAX_EQUATION = 120;

/** Words that say that what follows is an equation, all of which is the answer, in the last clause. */
const NAMES_EQUATION =
  /\b(?:equations?|line|plane|locus|relation(?:ship)?|constraint|condition|identity)\b(?![^=]*(?:[.;]\s|,\s(?:(?:with|where|so|and|as|since)\b|$)))/i;

/**
 * Whether the left side of an equation, in plain text or LaTeX, is a quantity that the right side is the value of, given
 * the text before the equation.
 */
export function isValueOf(side: string, before: string): boolean {
  const plain = plainSigns(side).trim();
  if (plain.length > 60) return false;
  const patterns = NAMES_EQUATION.test(before) ? OWN_NAMES : QUANTITIES;
  return patterns.some((pattern) => pattern.test(plain));
}

/** The value of an equation whose left side is a quantity, given the text before it: "25" of "AB^2 = 25". */
export function valueOfQuantity(equation: string, before: string): string | undefined {
  if (equation.length > MAX_EQUATION || !equation.includes("=")) return undefined;
  const [left = "", right, ...more] = equation.split("=");
  return right !== undefined && /\d/.test(right) && more.length === 0 && isValueOf(left, before)
    ? right.trim()
    : undefined;
}
