/**
 * @module
 * Exact values of numerals, and unevaluated arithmetic.
 */
import { exactRoot, integerOf, negated, over, plus, powerOfTen, type Rational, times } from "./rational.ts";
import { byKind, type Cases, children, type Tree } from "./tree.ts";

/**
 * The exact value of a numeral in one of its finished forms: digits, a sign, a fraction of numerals, a mixed number,
 * scientific notation, a power of ten, a root that is rational. Undefined for everything else, including sums and
 * products of numerals, which are unevaluated arithmetic.
 */
export function exactValue(tree: Tree): Rational | undefined {
  return byKind(values, tree, undefined);
}

const values: Cases<undefined, Rational | undefined> = {
  number: ({ value }) => value,
  negate({ of }) {
    const value = exactValue(of);
    return value && negated(value);
  },
  quotient(tree) {
    const top = signedNumeral(tree.top);
    const bottom = signedNumeral(tree.bottom);
    return top && bottom && over(top, bottom);
  },
  mixed({ whole, part }) {
    const value = exactValue(part);
    return value && plus(whole.value, value);
  },
  product: ({ factors }) => scientific(factors),
  power: tenTo,
  root: rationalRoot,
};

function signedNumeral(tree: Tree): Rational | undefined {
  if (tree.kind === "number") return tree.value;
  if (tree.kind !== "negate") return undefined;
  const value = signedNumeral(tree.of);
  return value && negated(value);
}

function tenTo(tree: Tree): Rational | undefined {
  if (tree.kind !== "power" || tree.base.kind !== "number" || tree.base.text !== "10") return undefined;
  const exponent = signedNumeral(tree.exponent);
  const integer = exponent && integerOf(exponent);
  return integer === undefined ? undefined : powerOfTen(integer);
}

/** A numeral times a power of ten. */
function scientific(factors: readonly Tree[]): Rational | undefined {
  const [mantissa, power, ...rest] = factors;
  if (mantissa === undefined || power === undefined || rest.length > 0) return undefined;
  const value = signedNumeral(mantissa);
  const scale = tenTo(power);
  return value && scale && times(value, scale);
}

function rationalRoot(tree: Tree & { readonly kind: "root" }): Rational | undefined {
  const radicand = exactValue(tree.of);
  const degree = tree.degree === undefined ? 2 : degreeOf(tree.degree);
  if (radicand === undefined || degree === undefined || digitsOf(radicand) > 60) return undefined;
  return exactRoot(radicand, degree);
}

function digitsOf({ top, bottom }: Rational): number {
  return String(top).length + String(bottom).length;
}

/** A degree of a root, 2 to 9. */
export function degreeOf(tree: Tree): number | undefined {
  return tree.kind === "number" && /^[2-9]$/.test(tree.text) ? Number(tree.text) : undefined;
}

/**
 * Whether a tree contains unevaluated arithmetic on numerals: a sum or product of two numerals, a power with an integer
 * exponent, a factorial, an absolute value.
 */
export function isUndone(tree: Tree): boolean {
  if (exactValue(tree) !== undefined) return false;
  return byKind(undone, tree, undefined) === true || children(tree).some(isUndone);
}

const undone: Cases<undefined, boolean> = {
  sum: ({ terms }) => count(terms) > 1,
  product: ({ factors }) => count(factors) > 1,
  quotient: ({ top, bottom }) => exactValue(top) !== undefined && exactValue(bottom) !== undefined,
  power({ base, exponent }) {
    const value = exactValue(exponent);
    return value !== undefined && exactValue(base) !== undefined && integerOf(value) !== undefined;
  },
  factorial: ({ of }) => exactValue(of) !== undefined,
  absolute: ({ of }) => exactValue(of) !== undefined,
};

function count(parts: readonly Tree[]): number {
  return parts.filter((part) => exactValue(part) !== undefined).length;
}
