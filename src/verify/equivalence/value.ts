/**
 * @module
 * Whether two expressions have one value.
 */
import { spelled } from "./canonical.ts";
import { agree, Estimator, isVague, POINT_COUNT } from "./estimate.ts";
import { exactValue, isUndone } from "./exact.ts";
import { doubleOf, powerOfTen, type Rational, sameRational, times } from "./rational.ts";
import { type Residue, residue, sameResidue, sameResidueRatio } from "./residue.ts";
import { children, type Tree } from "./tree.ts";

/** A decimal with fewer significant digits is too coarse to count as an exact value that it rounds. */
const MIN_DIGITS = 6;
const RESIDUE_POINTS = 3;
/** Digits that a double carries: a decimal printed with more has the error of the double. */
const DOUBLE_ERROR = 4e-16;

/**
 * Whether two expressions have one value. Numerals are compared exactly. A decimal of six significant digits or more
 * equals an exact value that it rounds or cuts off at its last place. Expressions are compared by identity testing at
 * fixed points. An expression with unevaluated arithmetic equals only itself, up to the order of terms and factors.
 */
export function sameValue(a: Tree, b: Tree): boolean {
  const x = exactValue(a);
  const y = exactValue(b);
  if (x !== undefined && y !== undefined) {
    if (sameRational(x, y)) return true;
    const [p, q] = [decimalOf(a), decimalOf(b)];
    if ((p === undefined) === (q === undefined)) return false;
    return p === undefined ? rounds(q!, y, doubleOf(x), x) : rounds(p, x, doubleOf(y), y);
  }
  if (x !== undefined) return decimalMeets(a, x, b);
  if (y !== undefined) return decimalMeets(b, y, a);
  if (isUndone(a) || isUndone(b)) return spelled(a) === spelled(b);
  const names = variables(a);
  if (names.join(" ") !== variables(b).join(" ")) return false;
  return sameResidues(a, b) ?? sameEstimates(a, b, names);
}

/** The last place of a decimal, and its significant digits; undefined for integers and fractions. */
function decimalOf(tree: Tree): { readonly place: Rational; readonly digits: number } | undefined {
  if (tree.kind === "negate") return decimalOf(tree.of);
  if (tree.kind === "product") {
    const mantissa = decimalOf(tree.factors[0]!);
    const scale = exactValue(tree.factors[1]!);
    return mantissa && scale && { ...mantissa, place: times(mantissa.place, scale) };
  }
  if (tree.kind !== "number" || !tree.isDecimal) return undefined;
  const [mantissa = "", exponent = "0"] = tree.text.split(/[eE ]/);
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  const place = powerOfTen(Number(/^[-+]?\d+$/.test(exponent) ? exponent : "0") - decimals);
  const digits = mantissa.replace(".", "").replace(/^0+/, "").length;
  return decimals === 0 || place === undefined ? undefined : { place, digits };
}

/** Whether a decimal is a value rounded or cut off at the decimal's last place. */
function rounds(
  { place, digits }: { readonly place: Rational; readonly digits: number },
  decimal: Rational,
  value: number,
  exact?: Rational,
  error = 0,
): boolean {
  if (digits < MIN_DIGITS) return false;
  // A value that ends at the decimal's last place or before it is written out there: nothing is rounded.
  if (exact !== undefined && (exact.top * place.bottom) % (exact.bottom * place.top) === 0n) return false;
  if (exact === undefined || digits >= 15) {
    const distance = Math.abs(doubleOf(decimal) - value);
    const half = Math.max(doubleOf(place) / 2, digits >= 15 ? DOUBLE_ERROR * Math.abs(value) : 0);
    if (distance <= half + error) return true;
    const isCut = Math.abs(doubleOf(decimal)) < Math.abs(value) && distance < doubleOf(place);
    return digits < 15 && isCut;
  }
  const left = decimal.top * exact.bottom;
  const right = exact.top * decimal.bottom;
  const gap = left > right ? left - right : right - left;
  const unit = place.top * decimal.bottom * exact.bottom;
  if (2n * gap * place.bottom <= unit) return true;
  const isCut = left * left < right * right && left * right >= 0n;
  return isCut && gap * place.bottom < unit;
}

/** Whether a decimal rounds an irrational constant; nothing else that is exact equals one. */
function decimalMeets(numeral: Tree, decimal: Rational, constant: Tree): boolean {
  const places = decimalOf(numeral);
  if (places === undefined || isUndone(constant) || variables(constant).length > 0) return false;
  const estimate = new Estimator([], 0).value(constant);
  if (estimate === undefined || estimate.im !== 0 || isVague(estimate)) return false;
  return rounds(places, decimal, estimate.re, undefined, estimate.error);
}

const CONSTANTS = new Set(["pi", "e", "i", "∞"]);

/** The names of a tree's variables, sorted. */
export function variables(tree: Tree): readonly string[] {
  const names = new Set<string>();
  const visit = (part: Tree): void => {
    if (part.kind === "symbol" && !CONSTANTS.has(part.name)) names.add(part.name);
    for (const child of children(part)) visit(child);
  };
  visit(tree);
  return [...names].sort();
}

/** Whether rational functions agree at fixed points; undefined if one is not a rational function. */
function sameResidues(a: Tree, b: Tree): boolean | undefined {
  for (let point = 0; point < RESIDUE_POINTS; point++) {
    const x = residue(a, point);
    const y = x === undefined ? undefined : residue(b, point);
    if (x === undefined || y === undefined) return undefined;
    if (!sameResidue(x, y)) return false;
  }
  return true;
}

function sameEstimates(a: Tree, b: Tree, names: readonly string[]): boolean {
  if (names.length > 8) return false;
  let agreed = 0;
  for (let point = 0; point < (names.length === 0 ? 1 : POINT_COUNT); point++) {
    const estimator = new Estimator(names, point);
    const x = estimator.value(a);
    const y = estimator.value(b);
    if (x === undefined || y === undefined) {
      // Where only one of them has a value they differ: ln(x²) and 2·ln(x).
      if (x !== y) return false;
      continue;
    }
    if (isVague(x) || isVague(y)) continue;
    if (!agree(x, y)) return false;
    agreed++;
  }
  return agreed > (names.length === 0 ? 0 : 1) || spelled(a) === spelled(b);
}

/**
 * Whether one expression is the other times a constant, with its sign: 1, −1, or 0 where it is no constant multiple.
 * Both expressions are zero nowhere else than each other, so as equations they say the same.
 */
export function constantRatioSign(a: Tree, b: Tree): -1 | 0 | 1 {
  const names = variables(a);
  if (names.length === 0 || names.length > 8 || names.join(" ") !== variables(b).join(" ")) return 0;
  let first: number | undefined;
  let seen = 0;
  for (let point = 0; point < POINT_COUNT; point++) {
    const estimator = new Estimator(names, point);
    const x = estimator.value(a);
    const y = estimator.value(b);
    if (x === undefined && y === undefined) continue;
    if (x === undefined || y === undefined || x.im !== 0 || y.im !== 0) return 0;
    if (isVague(x) || isVague(y) || y.re === 0 || x.re === 0) continue;
    const ratio = x.re / y.re;
    const error = Math.abs(ratio) * (x.error / Math.abs(x.re) + y.error / Math.abs(y.re) + 2 ** -50);
    if (first !== undefined && Math.abs(ratio - first) > 8 * error) return 0;
    first ??= ratio;
    seen++;
  }
  if (seen < 3 || first === undefined || !sameResidueRatios(a, b)) return 0;
  return first > 0 ? 1 : -1;
}

/** Whether the quotient of rational functions is the same at every fixed point; true where they are none. */
function sameResidueRatios(a: Tree, b: Tree): boolean {
  let first: readonly [Residue, Residue] | undefined;
  for (let point = 0; point < RESIDUE_POINTS; point++) {
    const x = residue(a, point);
    const y = residue(b, point);
    if (x === undefined || y === undefined) return true;
    if (first !== undefined && !sameResidueRatio(x, y, first[0], first[1])) return false;
    first ??= [x, y];
  }
  return true;
}

/** The value of a real constant, to double precision; undefined where it has variables or is none. */
export function constantValue(tree: Tree): number | undefined {
  if (variables(tree).length > 0) return undefined;
  const estimate = new Estimator([], 0).value(tree);
  return estimate === undefined || estimate.im !== 0 || isVague(estimate) ? undefined : estimate.re;
}
