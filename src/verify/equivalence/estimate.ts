/**
 * @module
 * Identity testing where roots and functions occur: complex doubles at fixed points, each with a bound on its own
 * rounding error (running error analysis). So equality needs no tolerance except that bound.
 */
import { degreeOf, exactValue } from "./exact.ts";
import { doubleOf, integerOf, reduced } from "./rational.ts";
import { byKind, type Cases, type Tree } from "./tree.ts";

/** A complex number and a bound on its distance from the exact value. */
export interface Estimate {
  readonly re: number;
  readonly im: number;
  readonly error: number;
}

const EPSILON = 2 ** -52;
/** Values of variables at the fixed points, by the place of the variable's name: no simple ratios, both signs. */
const POINTS = [
  [0.8173, 1.3291, 2.1177, 0.4619, 1.7717, 2.6391, 0.2937, 3.1339],
  [1.9137, 0.5711, 1.2373, 2.8517, 0.3413, 1.6113, 2.2791, 0.7559],
  [-0.7321, -1.4871, 0.6173, -2.3119, 1.1939, -0.2837, 1.8731, -1.0651],
  [2.7193, 3.4177, 1.5331, 1.0927, 2.4673, 0.9371, 3.7713, 1.3817],
] as const;

/** How many fixed points there are. */
export const POINT_COUNT = POINTS.length;

function real(re: number, error = Math.abs(re) * EPSILON): Estimate {
  return { re, im: 0, error };
}

function size({ re, im }: Estimate): number {
  return Math.hypot(re, im);
}

function add(a: Estimate, b: Estimate): Estimate {
  const sum = { re: a.re + b.re, im: a.im + b.im };
  return { ...sum, error: a.error + b.error + EPSILON * Math.hypot(sum.re, sum.im) };
}

function multiply(a: Estimate, b: Estimate): Estimate {
  const [x, y] = [size(a), size(b)];
  return {
    re: a.re * b.re - a.im * b.im,
    im: a.re * b.im + a.im * b.re,
    error: x * b.error + y * a.error + a.error * b.error + 3 * EPSILON * x * y,
  };
}

function invert(a: Estimate): Estimate | undefined {
  const norm = a.re * a.re + a.im * a.im;
  const length = Math.sqrt(norm);
  if (!(length > 2 * a.error)) return undefined;
  return { re: a.re / norm, im: -a.im / norm, error: (2 * a.error) / norm + (4 * EPSILON) / length };
}

/** base^exponent for a real exponent. `sign` is that of a negative base's real power; 0 where it has none. */
function raise(base: Estimate, exponent: number, sign: -1 | 0 | 1, exponentError = 0): Estimate | undefined {
  const length = size(base);
  if (length <= base.error) return undefined;
  const modulus = length ** exponent;
  const relative = (Math.abs(exponent) * base.error) / length + Math.abs(Math.log(length)) * exponentError;
  const error = modulus * (2 * relative + 8 * EPSILON * (1 + Math.abs(exponent)));
  if (base.im === 0 && base.re > 0) return { re: modulus, im: 0, error };
  if (base.im === 0 && sign !== 0) return { re: sign * modulus, im: 0, error };
  const angle = Math.atan2(base.im, base.re) * exponent;
  return { re: modulus * Math.cos(angle), im: modulus * Math.sin(angle), error };
}

function integerPower(base: Estimate, exponent: number): Estimate | undefined {
  let result = real(1, 0);
  for (let square = base, left = Math.abs(exponent); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return exponent < 0 ? invert(result) : result;
}

/** Real functions: value and slope at x, undefined outside their domain. */
const FUNCTIONS: Readonly<Record<string, (x: number) => readonly [number, number]>> = {
  sin: (x) => [Math.sin(x), 1],
  cos: (x) => [Math.cos(x), 1],
  tan: (x) => [Math.tan(x), 1 / Math.cos(x) ** 2],
  sec: (x) => [1 / Math.cos(x), 1 / Math.cos(x) ** 2],
  csc: (x) => [1 / Math.sin(x), 1 / Math.sin(x) ** 2],
  cot: (x) => [1 / Math.tan(x), 1 / Math.sin(x) ** 2],
  arcsin: (x) => [Math.asin(x), 1 / Math.sqrt(1 - x * x)],
  arccos: (x) => [Math.acos(x), 1 / Math.sqrt(1 - x * x)],
  arctan: (x) => [Math.atan(x), 1],
  asin: (x) => [Math.asin(x), 1 / Math.sqrt(1 - x * x)],
  acos: (x) => [Math.acos(x), 1 / Math.sqrt(1 - x * x)],
  atan: (x) => [Math.atan(x), 1],
  sinh: (x) => [Math.sinh(x), Math.cosh(x)],
  cosh: (x) => [Math.cosh(x), Math.cosh(x)],
  tanh: (x) => [Math.tanh(x), 1],
  ln: (x) => [Math.log(x), 1 / x],
  log: (x) => [Math.log10(x), 1 / x],
  lg: (x) => [Math.log10(x), 1 / x],
  exp: (x) => [Math.exp(x), Math.exp(x)],
};

/** Evaluates trees at one fixed point; variables are in the order of their sorted names. */
export class Estimator {
  readonly #places: ReadonlyMap<string, number>;
  readonly #point: readonly number[];

  constructor(variables: readonly string[], point: number) {
    this.#places = new Map(variables.map((name, place) => [name, place]));
    this.#point = POINTS[point]!;
  }

  /** The value; undefined where the tree has none, or the point is outside its domain. */
  value(tree: Tree): Estimate | undefined {
    const found = byKind(this.#cases, tree, undefined);
    return found !== undefined && Number.isFinite(found.re + found.im + found.error) ? found : undefined;
  }

  readonly #cases: Cases<undefined, Estimate | undefined> = {
    number: ({ value }) => real(doubleOf(value)),
    symbol: ({ name, isWord }) => this.#symbol(name, isWord),
    negate: ({ of }) => {
      const value = this.value(of);
      return value && { re: 0 - value.re, im: 0 - value.im, error: value.error };
    },
    sum: ({ terms }) => this.#fold(terms, add),
    mixed: ({ whole, part }) => this.#fold([whole, part], add),
    product: ({ factors }) => this.#fold(factors, multiply),
    quotient: (tree) => {
      const top = this.value(tree.top);
      const bottom = top && this.value(tree.bottom);
      const inverse = bottom && invert(bottom);
      return top && inverse && multiply(top, inverse);
    },
    power: (tree) => this.#power(tree),
    root: (tree) => this.#root(tree),
    degrees: ({ of }) => {
      const value = this.value(of);
      return value && multiply(value, real(Math.PI / 180));
    },
    absolute: ({ of }) => {
      const value = this.value(of);
      return value && real(size(value), value.error + 2 * EPSILON * size(value));
    },
    call: (tree) => this.#call(tree),
  };

  #fold(trees: readonly Tree[], join: (a: Estimate, b: Estimate) => Estimate): Estimate | undefined {
    let result: Estimate | undefined;
    for (const tree of trees) {
      const value = this.value(tree);
      if (value === undefined) return undefined;
      result = result === undefined ? value : join(result, value);
    }
    return result;
  }

  #symbol(name: string, isWord: boolean): Estimate | undefined {
    if (isWord) return undefined;
    if (name === "pi") return real(Math.PI);
    if (name === "e") return real(Math.E);
    if (name === "i") return { re: 0, im: 1, error: 0 };
    const place = this.#places.get(name);
    const value = place === undefined ? undefined : this.#point[place];
    return value === undefined ? undefined : real(value, 0);
  }

  #power(tree: Tree & { readonly kind: "power" }): Estimate | undefined {
    const base = this.value(tree.base);
    if (base === undefined) return undefined;
    const exact = exactValue(tree.exponent);
    const integer = exact && integerOf(exact);
    if (integer !== undefined && Math.abs(integer) <= 1000) return integerPower(base, integer);
    if (exact !== undefined) {
      const exponent = doubleOf(exact);
      return raise(base, exponent, signOfPower(exact), Math.abs(exponent) * EPSILON);
    }
    const exponent = this.value(tree.exponent);
    if (exponent === undefined || exponent.im !== 0 || base.im !== 0 || base.re <= 0) return undefined;
    return raise(base, exponent.re, 0, exponent.error);
  }

  #root(tree: Tree & { readonly kind: "root" }): Estimate | undefined {
    const of = this.value(tree.of);
    const degree = tree.degree === undefined ? 2 : degreeOf(tree.degree);
    if (of === undefined || degree === undefined) return undefined;
    return raise(of, 1 / degree, degree % 2 === 1 ? -1 : 0, degree === 2 ? 0 : EPSILON);
  }

  #call(tree: Tree & { readonly kind: "call" }): Estimate | undefined {
    const [argument, base] = tree.args;
    const x = argument && this.value(argument);
    const of = FUNCTIONS[tree.name];
    if (x === undefined || of === undefined || x.im !== 0) return undefined;
    if (base !== undefined) return this.#logarithm(x, base);
    const [value, slope] = of(x.re);
    return real(
      value,
      2 * Math.abs(slope) * (x.error + EPSILON * Math.abs(x.re)) + 4 * EPSILON * Math.abs(value),
    );
  }

  #logarithm(x: Estimate, baseTree: Tree): Estimate | undefined {
    const base = this.value(baseTree);
    if (base === undefined || base.im !== 0 || !(base.re > 0) || !(x.re > 0) || base.re === 1)
      return undefined;
    const below = Math.log(base.re);
    const value = Math.log(x.re) / below;
    const error =
      (2 * x.error) / (x.re * Math.abs(below)) +
      (2 * Math.abs(value) * base.error) / Math.abs(base.re * below);
    return real(value, error + 8 * EPSILON * (1 + Math.abs(value)));
  }
}

/** The sign of a negative base's real power p/q in lowest terms: it has one where q is odd. */
function signOfPower({ top, bottom }: { readonly top: bigint; readonly bottom: bigint }): -1 | 0 | 1 {
  const lowest = reduced({ top, bottom });
  if (lowest.bottom % 2n === 0n) return 0;
  return lowest.top % 2n === 0n ? 1 : -1;
}

/** Whether two estimates can be of one value: closer than their errors, which are small beside them. */
export function agree(a: Estimate, b: Estimate): boolean {
  const error = 4 * (a.error + b.error);
  const distance = Math.hypot(a.re - b.re, a.im - b.im);
  return distance <= error + Number.MIN_VALUE;
}

/** Whether an estimate is too uncertain to decide. */
export function isVague(a: Estimate): boolean {
  return a.error > 1e-7 * Math.max(1e-3, size(a));
}
