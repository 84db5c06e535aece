/**
 * @module
 * Exact identity testing: rational functions are evaluated modulo the prime 2^64 − 2^32 + 1 at fixed points. Two that
 * differ agree at a point with a probability of their degree over 1.8e19 (Schwartz, Zippel), so nothing is rounded and
 * no tolerance is needed. The prime has a square root of −1, which is 2^48: i is exact too.
 */
import { exactValue } from "./exact.ts";
import { integerOf, type Rational } from "./rational.ts";
import { byKind, type Cases, type Tree } from "./tree.ts";

const PRIME = 2n ** 64n - 2n ** 32n + 1n;
const I = 2n ** 48n;
const MAX_POWER = 1000;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}

/** A residue as a fraction, so nothing is ever inverted. */
export interface Residue {
  readonly top: bigint;
  readonly bottom: bigint;
}

function fraction(top: bigint, bottom: bigint): Residue | undefined {
  return bottom === 0n ? undefined : { top, bottom };
}

function ofRational({ top, bottom }: Rational): Residue | undefined {
  return fraction(top % PRIME, bottom % PRIME);
}

function add(a: Residue, b: Residue): Residue {
  if (a.bottom === b.bottom) return { top: (a.top + b.top) % PRIME, bottom: a.bottom };
  return { top: (a.top * b.bottom + b.top * a.bottom) % PRIME, bottom: (a.bottom * b.bottom) % PRIME };
}

function multiply(a: Residue, b: Residue): Residue {
  return { top: (a.top * b.top) % PRIME, bottom: (a.bottom * b.bottom) % PRIME };
}

const points = new Map<string, bigint>();
const MAX_POINTS = 1000;

/** A fixed point: the value of a symbol there depends on its name and the number of the point. */
function pointOf(name: string, point: number): bigint {
  const key = `${point} ${name}`;
  let value = points.get(key);
  if (value === undefined) {
    value = drawnPoint(name, point);
    if (points.size >= MAX_POINTS) points.clear();
    points.set(key, value);
  }
  return value;
}

function drawnPoint(name: string, point: number): bigint {
  let hash = BigInt(point * 2 + 1) * 0x9e3779b97f4a7c15n;
  for (let i = 0; i < name.length; i++)
    hash = ((hash ^ BigInt(name.charCodeAt(i))) * 0x100000001b3n + 7n) % PRIME;
  return (hash * hash + 0xda942042e4dd58b5n) % PRIME;
}

function fold(
  trees: readonly Tree[],
  point: number,
  join: (a: Residue, b: Residue) => Residue,
): Residue | undefined {
  let result: Residue | undefined;
  for (const tree of trees) {
    const value = residue(tree, point);
    if (value === undefined) return undefined;
    result = result === undefined ? value : join(result, value);
  }
  return result;
}

/** The value of a rational function at a fixed point; undefined where the tree is none, or has a pole there. */
export function residue(tree: Tree, point: number): Residue | undefined {
  return byKind(residues, tree, point);
}

const residues: Cases<number, Residue | undefined> = {
  number: ({ value }) => ofRational(value),
  symbol({ name, isWord }, point) {
    if (isWord || name === "∞") return undefined;
    return { top: name === "i" ? I : pointOf(name, point), bottom: 1n };
  },
  negate({ of }, point) {
    const value = residue(of, point);
    return value && { top: -value.top, bottom: value.bottom };
  },
  sum: ({ terms }, point) => fold(terms, point, add),
  product: ({ factors }, point) => fold(factors, point, multiply),
  mixed: ({ whole, part }, point) => fold([whole, part], point, add),
  quotient(tree, point) {
    const top = residue(tree.top, point);
    const bottom = top && residue(tree.bottom, point);
    if (top === undefined || bottom === undefined) return undefined;
    return fraction((top.top * bottom.bottom) % PRIME, (top.bottom * bottom.top) % PRIME);
  },
  power: powerAt,
};

function powerAt(tree: Tree & { readonly kind: "power" }, point: number): Residue | undefined {
  const exponent = exactValue(tree.exponent);
  const integer = exponent && integerOf(exponent);
  if (integer === undefined || Math.abs(integer) > MAX_POWER) return undefined;
  const base = residue(tree.base, point);
  if (base === undefined) return undefined;
  const size = BigInt(Math.abs(integer));
  const [top, bottom] = [power(base.top, size), power(base.bottom, size)];
  return integer < 0 ? fraction(bottom, top) : { top, bottom };
}

/** Whether two residues are the same. */
export function sameResidue(a: Residue, b: Residue): boolean {
  return (a.top * b.bottom - b.top * a.bottom) % PRIME === 0n;
}

/** Whether a/b and c/d are the same. */
export function sameResidueRatio(a: Residue, b: Residue, c: Residue, d: Residue): boolean {
  return sameResidue(multiply(a, d), multiply(c, b));
}
