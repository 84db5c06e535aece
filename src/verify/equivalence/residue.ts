/**
 * @module
 * Exact identity testing: rational functions are evaluated modulo the prime 2^64 − 2^32 + 1 at fixed points. Two that
 * differ agree at a point with a probability of their degree over 1.8e19 (Schwartz, Zippel), so nothing is rounded and
 * no tolerance is needed. The prime has a square root of −1, which is 2^48: i is exact too.
 */
import { exactValue } from "./exact.ts";
import { integerOf, type Rational } from "./rational.ts";
import type { Tree } from "./tree.ts";

/** The modulus. */
export const PRIME = 2n ** 64n - 2n ** 32n + 1n;
const I = 2n ** 48n;
const MAX_POWER = 1000;

function modulo(value: bigint): bigint {
  const rest = value % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}

function inverse(value: bigint): bigint | undefined {
  return value === 0n ? undefined : power(value, PRIME - 2n);
}

function ofRational({ top, bottom }: Rational): bigint | undefined {
  const below = inverse(modulo(bottom));
  return below === undefined ? undefined : (modulo(top) * below) % PRIME;
}

/** A fixed point: the value of a symbol there depends on its name and the number of the point. */
function pointOf(name: string, point: number): bigint {
  let hash = BigInt(point * 2 + 1) * 0x9e3779b97f4a7c15n;
  for (let i = 0; i < name.length; i++)
    hash = modulo((hash ^ BigInt(name.charCodeAt(i))) * 0x100000001b3n + 7n);
  return modulo(hash * hash + 0xda942042e4dd58b5n);
}

function reduce(
  trees: readonly Tree[],
  point: number,
  join: (a: bigint, b: bigint) => bigint,
): bigint | undefined {
  let result: bigint | undefined;
  for (const tree of trees) {
    const value = residue(tree, point);
    if (value === undefined) return undefined;
    result = result === undefined ? value : modulo(join(result, value));
  }
  return result;
}

/** The value of a rational function at a fixed point; undefined where the tree is none, or has a pole there. */
export function residue(tree: Tree, point: number): bigint | undefined {
  switch (tree.kind) {
    case "number":
      return ofRational(tree.value);
    case "symbol":
      if (tree.isWord || tree.name === "∞") return undefined;
      return tree.name === "i" ? I : pointOf(tree.name, point);
    case "negate": {
      const value = residue(tree.of, point);
      return value === undefined ? undefined : modulo(-value);
    }
    case "sum":
      return reduce(tree.terms, point, (a, b) => a + b);
    case "product":
      return reduce(tree.factors, point, (a, b) => a * b);
    case "mixed":
      return reduce([tree.whole, tree.part], point, (a, b) => a + b);
    case "quotient": {
      const top = residue(tree.top, point);
      const bottom = top === undefined ? undefined : residue(tree.bottom, point);
      const below = bottom === undefined ? undefined : inverse(bottom);
      return below === undefined ? undefined : (top! * below) % PRIME;
    }
    case "power": {
      const base = residue(tree.base, point);
      const exponent = exactValue(tree.exponent);
      const integer = exponent && integerOf(exponent);
      if (base === undefined || integer === undefined || Math.abs(integer) > MAX_POWER) return undefined;
      const value = power(base, BigInt(Math.abs(integer)));
      return integer < 0 ? inverse(value) : value;
    }
    default:
      return undefined;
  }
}
