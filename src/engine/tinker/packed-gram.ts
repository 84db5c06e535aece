/**
 * @module
 * A Gram matrix as it travels: its lower triangle, row by row, each row up to and including its diagonal. At T = 2,048 that
 * is 8 MB in single precision, where the matrix in digits takes about 50.
 */

/**
 * The whole matrix, in memory that threads share: one that reads it needs no copy.
 *
 * @param numbers its lower triangle, T·(T + 1)/2, or all T² of it
 * @param length T
 * @returns `[T × T]`
 */
export function wholeGram(numbers: ArrayLike<number>, length: number): Float64Array {
  const gram = new Float64Array(new SharedArrayBuffer(8 * length ** 2));
  if (numbers.length === gram.length) {
    gram.set(numbers);
    return gram;
  }
  let at = 0;
  for (let i = 0; i < length; i++) {
    for (let j = 0; j <= i; j++) {
      const value = numbers[at++]!;
      gram[i * length + j] = value;
      gram[j * length + i] = value;
    }
  }
  return gram;
}
