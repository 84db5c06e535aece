/**
 * @module
 * The parts of an image's tokens, embedding and what is added after the decoder's first layers: side by side in one
 * array, or each in its own.
 */

/** Parts `[rows, D]` as rows `[rows, (1 + K)·D]`. */
export function joinParts(parts: readonly [Float32Array, ...Float32Array[]], rows: number): Float32Array {
  const [first] = parts;
  if (parts.length === 1) return first;
  const width = first.length / rows;
  const whole = width * parts.length;
  const joined = new Float32Array(rows * whole);
  for (const [place, part] of parts.entries()) {
    for (let row = 0; row < rows; row++) {
      joined.set(part.subarray(row * width, (row + 1) * width), row * whole + place * width);
    }
  }
  return joined;
}

/** Rows `[rows, (1 + K)·D]` as parts `[rows, D]`. */
export function takeApart(joined: Float32Array, rows: number, width: number): Float32Array[] {
  const whole = joined.length / rows;
  if (whole === width) return [joined];
  return Array.from({ length: whole / width }, (_, place) => {
    const part = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const from = row * whole + place * width;
      part.set(joined.subarray(from, from + width), row * width);
    }
    return part;
  });
}
