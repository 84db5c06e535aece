/**
 * @module
 * The sum of the gradients of all replicas.
 */

/** Sums in the order of the arrays, so that it is the same wherever it is taken. */
export function sumInto(sum: Float32Array, arrays: readonly Float32Array[]): void {
  sum.set(arrays[0]!);
  for (const array of arrays.slice(1)) {
    for (let i = 0; i < sum.length; i++) {
      sum[i] = sum[i]! + array[i]!;
    }
  }
}
