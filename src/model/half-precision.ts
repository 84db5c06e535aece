/**
 * @module
 * The 16-bit number formats of checkpoints, widened to and narrowed from 32 bits.
 */

/** Widens bfloat16, the upper half of a float32; exact. */
export function widenBfloat16(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i]! << 16;
  return new Float32Array(wide.buffer);
}

/** Narrows to bfloat16, to nearest, ties to even; NaN stays NaN. */
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

/** Widens IEEE half precision; exact. */
export function widenFloat16(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i]!;
    const exponent = (x >>> 10) & 0x1f;
    const fraction = x & 0x3ff;
    let magnitude: number;
    if (exponent === 0x1f) magnitude = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    else if (exponent === 0) magnitude = fraction * 2 ** -24;
    else magnitude = (1024 + fraction) * 2 ** (exponent - 25);
    values[i] = x & 0x8000 ? -magnitude : magnitude;
  }
  return values;
}
