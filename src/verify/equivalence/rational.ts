/**
 * @module
 * Exact rationals, unreduced: equality is a cross product, so no greatest common divisor is ever taken.
 */

/** top / bottom, bottom above 0. */
export interface Rational {
  readonly top: bigint;
  readonly bottom: bigint;
}

/** Powers of ten beyond this are no numerals that anything is compared with. */
const MAX_EXPONENT = 1000;

const NUMERAL = /^(\d*)(?:\.(\d*)(?:\((\d+)\))?)?(?:[eE]([-+]?\d+))?$/;

/** A numeral "12", "12.50", "1.5e3" or "0.1(6)", whose digits in brackets repeat, as an exact rational; undefined where its exponent is beyond ±1000. */
export function rationalOf(numeral: string): Rational | undefined {
  if (/^\d+$/.test(numeral)) return { top: BigInt(numeral), bottom: 1n };
  const [, whole = "", decimals = "", repetend, exponentText = "0"] = NUMERAL.exec(numeral) ?? [];
  if (repetend !== undefined) return repeating(whole, decimals, repetend);
  if (whole === "" && decimals === "") return undefined;
  const exponent = Number(exponentText) - decimals.length;
  if (Math.abs(Number(exponentText)) > MAX_EXPONENT) return undefined;
  const digits = BigInt(whole + decimals);
  return exponent >= 0
    ? { top: digits * 10n ** BigInt(exponent), bottom: 1n }
    : { top: digits, bottom: 10n ** BigInt(-exponent) };
}

/** "0.1(6)" as a fraction: the digits that repeat count 1/(10^n − 1) of their place. */
function repeating(whole: string, decimals: string, repetend: string): Rational {
  const nines = 10n ** BigInt(repetend.length) - 1n;
  return {
    top: BigInt(whole + decimals) * nines + BigInt(repetend),
    bottom: 10n ** BigInt(decimals.length) * nines,
  };
}

export function sameRational(a: Rational, b: Rational): boolean {
  return a.top * b.bottom === b.top * a.bottom;
}

export function times(a: Rational, b: Rational): Rational {
  return { top: a.top * b.top, bottom: a.bottom * b.bottom };
}

export function negated({ top, bottom }: Rational): Rational {
  return { top: -top, bottom };
}

export function plus(a: Rational, b: Rational): Rational {
  return { top: a.top * b.bottom + b.top * a.bottom, bottom: a.bottom * b.bottom };
}

/** a / b; undefined where b is 0. */
export function over(a: Rational, b: Rational): Rational | undefined {
  if (b.top === 0n) return undefined;
  const sign = b.top < 0n ? -1n : 1n;
  return { top: sign * a.top * b.bottom, bottom: sign * a.bottom * b.top };
}

/** 10^exponent. */
export function powerOfTen(exponent: number): Rational | undefined {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > MAX_EXPONENT) return undefined;
  return exponent >= 0
    ? { top: 10n ** BigInt(exponent), bottom: 1n }
    : { top: 1n, bottom: 10n ** BigInt(-exponent) };
}

/** The integer that a rational is; undefined where it is none, or is beyond 2^53. */
export function integerOf({ top, bottom }: Rational): number | undefined {
  if (top % bottom !== 0n) return undefined;
  const value = Number(top / bottom);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The nearest double; NaN where both parts are beyond its range. */
export function doubleOf({ top, bottom }: Rational): number {
  const direct = Number(top) / Number(bottom);
  if (Number.isFinite(direct) && (direct !== 0 || top === 0n)) return direct;
  const shift = BigInt(Math.max(0, top.toString(2).length - bottom.toString(2).length - 64));
  return shift > 0n ? Number.NaN : Number((top << 128n) / bottom) / 2 ** 128;
}

/** The same rational in lowest terms; the denominator keeps its sign. */
export function reduced({ top, bottom }: Rational): Rational {
  let [a, b] = [top < 0n ? -top : top, bottom];
  while (b > 0n) [a, b] = [b, a % b];
  return a === 0n ? { top, bottom } : { top: top / a, bottom: bottom / a };
}

/** The exact root of that degree; undefined where it is no rational. Degrees 2 to 9. */
export function exactRoot(of: Rational, degree: number): Rational | undefined {
  const top = integerRoot(of.top, degree);
  const bottom = integerRoot(of.bottom, degree);
  return top === undefined || bottom === undefined ? undefined : { top, bottom };
}

function integerRoot(value: bigint, degree: number): bigint | undefined {
  if (value < 0n) {
    const root = degree % 2 === 1 ? integerRoot(-value, degree) : undefined;
    return root === undefined ? undefined : -root;
  }
  if (value < 2n) return value;
  const n = BigInt(degree);
  // Newton's iteration from above ends at the floor of the root.
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / degree));
  for (;;) {
    const next = ((n - 1n) * root + value / root ** (n - 1n)) / n;
    if (next >= root) break;
    root = next;
  }
  return root ** n === value ? root : undefined;
}
