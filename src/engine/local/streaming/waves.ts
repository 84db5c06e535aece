/**
 * @module
 * Batches that go through the layers together, so that a pass over the weights serves many of them.
 */

/** Rows whose residual stream is held at once. */
const WAVE_ROWS = 16_384;

/** Batches in their order, as many at a time as have so many rows, and one at least. */
export function* waves<T>(
  batches: Iterable<T>,
  rowsOf: (batch: T) => number,
  most: number = WAVE_ROWS,
): Generator<T[]> {
  let wave: T[] = [];
  let rows = 0;
  for (const batch of batches) {
    const more = rowsOf(batch);
    if (wave.length > 0 && rows + more > most) {
      yield wave;
      wave = [];
      rows = 0;
    }
    wave.push(batch);
    rows += more;
  }
  if (wave.length > 0) yield wave;
}
