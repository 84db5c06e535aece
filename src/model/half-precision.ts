/**
 * @module
 * The 16-bit number formats of checkpoints, widened to and narrowed from 32 bits. Widening is exact; narrowing rounds
 * to nearest, ties to even, and keeps NaN as some NaN.
 */

/**
 * Widens bfloat16, the upper half of a float32.
 *
 * @param into of the same length; a new array unless given
 */
export function widenBfloat16(
  bits: Uint16Array,
  into: Float32Array = new Float32Array(bits.length),
): Float32Array {
  const wide = new Uint32Array(into.buffer, into.byteOffset, into.length);
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i]! << 16;
  return into;
}

/** Narrows to bfloat16. */
export function narrowBfloat16(values: Float32Array): Uint16Array {
  const wide = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const x = wide[i]!;
    const isNan = (x & 0x7fffffff) > 0x7f800000;
    bits[i] = isNan ? (x >>> 16) | 0x40 : (x + 0x7fff + ((x >>> 16) & 1)) >>> 16;
  }
  return bits;
}

/**
 * Widens IEEE half precision.
 *
 * @param into of the same length; a new array unless given
 */
export function widenFloat16(
  bits: Uint16Array,
  into: Float32Array = new Float32Array(bits.length),
): Float32Array {
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i]!;
    const exponent = (x >>> 10) & 0x1f;
    const fraction = x & 0x3ff;
    let magnitude: number;
    if (exponent === 0x1f) magnitude = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    else if (exponent === 0) magnitude = fraction * 2 ** -24;
    else magnitude = (1024 + fraction) * 2 ** (exponent - 25);
    into[i] = x & 0x8000 ? -magnitude : magnitude;
  }
  return into;
}

/** Narrows to IEEE half precision; beyond ±65504 it rounds to infinity from ±65520 on. */
export function narrowFloat16(values: Float32Array): Uint16Array {
  const wide = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const x = wide[i]!;
    const magnitude = x & 0x7fffffff;
    bits[i] = ((x >>> 16) & 0x8000) | halfMagnitude(magnitude);
  }
  return bits;
}

/** Half-precision bits of a non-negative float32's bits. */
function halfMagnitude(x: number): number {
  if (x > 0x7f800000) return 0x7e00;
  if (x >= 0x47800000) return 0x7c00;
  // From 2^-14 on, moving the exponent and rounding off 13 bits; a carry into the exponent is right.
  if (x >= 0x38800000) return (x - 0x38000000 + 0xfff + ((x >>> 13) & 1)) >>> 13;
  if (x < 0x33000000) return 0;
  // Below, a multiple of 2^-24: the mantissa with its leading 1, moved to that unit.
  const shift = 126 - (x >>> 23);
  const mantissa = (x & 0x7fffff) | 0x800000;
  const kept = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
