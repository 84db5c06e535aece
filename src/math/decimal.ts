/**
 * @module
 * Products with a number that is meant in decimals. In doubles 0.28·25 is 7.000000000000001, and its ceiling is 8.
 */
import { NumericError } from "../errors/index.ts";

/** A product as its whole part and the rest, in [0, 1). */
export interface DecimalProduct {
  readonly whole: number;
  readonly rest: number;
}

/**
 * factor·count, where the factor is the shortest decimal number that reads back as the same double: 0.28 is 28/100.
 *
 *     factor·count = whole + rest,   whole = ⌊factor·count⌋, exact;  rest in [0, 1), 0 only where the product is whole
 *
 * @param factor finite, ≥ 0
 * @param count a safe integer ≥ 0
 * @throws NumericError when the factor is negative, infinite or NaN, or the count is no safe integer ≥ 0
 * @example
 * decimalProduct(0.28, 25); // { whole: 7, rest: 0 }
 */
export function decimalProduct(factor: number, count: number): DecimalProduct {
  if (!(factor >= 0 && factor < Infinity)) {
    throw new NumericError(`factor: expected a finite number ≥ 0, got ${factor}`);
  }
  if (!(Number.isSafeInteger(count) && count >= 0)) {
    throw new NumericError(`count: expected an integer ≥ 0, got ${count}`);
  }
  const { digits, power } = decimal(factor);
  const product = digits * BigInt(count);
  if (power >= 0) return { whole: Number(product * 10n ** BigInt(power)), rest: 0 };
  const unit = 10n ** BigInt(-power);
  const whole = product / unit;
  const rest = product - whole * unit;
  return { whole: Number(whole), rest: rest === 0n ? 0 : Math.max(Number.MIN_VALUE, quotient(rest, unit)) };
}

/**
 * ⌈factor·count⌉ with the factor in decimals.
 *
 * @throws NumericError as `decimalProduct`
 * @example
 * decimalCeiling(0.07, 100); // 7
 */
export function decimalCeiling(factor: number, count: number): number {
  const { whole, rest } = decimalProduct(factor, count);
  return rest === 0 ? whole : whole + 1;
}

/**
 * ⌊count / divisor⌋ with the divisor in decimals.
 *
 * @param count a safe integer ≥ 0
 * @param divisor finite, > 0
 * @throws NumericError when either is out of range
 * @example
 * decimalQuotient(33, 1.1); // 30
 */
export function decimalQuotient(count: number, divisor: number): number {
  if (!(divisor > 0 && divisor < Infinity)) {
    throw new NumericError(`divisor: expected a finite number > 0, got ${divisor}`);
  }
  if (!(Number.isSafeInteger(count) && count >= 0)) {
    throw new NumericError(`count: expected an integer ≥ 0, got ${count}`);
  }
  if (Number.isSafeInteger(divisor)) return (count - (count % divisor)) / divisor;
  const { digits, power } = decimal(divisor);
  const whole = BigInt(count);
  return power >= 0
    ? Number(whole / (digits * 10n ** BigInt(power)))
    : Number((whole * 10n ** BigInt(-power)) / digits);
}

/** The factor that was asked for last: runs ask for one again and again. */
let last: { readonly value: number; readonly digits: bigint; readonly power: number } | undefined;

/** value = digits·10^power, the shortest that reads back as the same double. */
function decimal(value: number): { readonly digits: bigint; readonly power: number } {
  if (last?.value !== value) last = { value, ...written(value) };
  return last;
}

function written(value: number): { digits: bigint; power: number } {
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  const [lead = "", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(lead + fraction), power: Number(exponent) - fraction.length };
}

/** part / whole of numbers beyond the range of doubles. */
function quotient(part: bigint, whole: bigint): number {
  const scale = 10n ** 20n;
  return Number((part * scale) / whole) / 1e20;
}
