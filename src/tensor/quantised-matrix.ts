/**
 * @module
 * Matrices in 8 bits: whole numbers in blocks along each row, every block with a scale of its own.
 *
 *     q = round(w / s),   s = max |w| of the block / 127,   w ≈ s·q
 *
 * so that no entry is further than s / 2 from its weight.
 */
import { NumericError } from "../errors/index.ts";

/** Entries of a block where rows have as many: the fastest of 32, 64 and 128 with AVX-512 VNNI. */
export const QUANTISED_BLOCK = 128;
/** The shortest block that the kernel knows. */
const SHORTEST = 16;
/** The code of 0: codes are unsigned. */
export const ZERO_CODE = 128;
const LARGEST = 127;

export interface QuantisedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Entries of a block, a power of two; the last block of a row is filled up with zeros. */
  readonly blockSize: number;
  /** `[rows, blocks, blockSize]` q + 128. */
  readonly codes: Uint8Array;
  /** `[rows, blocks]` */
  readonly scales: Float32Array;
}

/** Entries of a block of rows of this length. */
export function blockSizeOf(columns: number): number {
  return Math.min(QUANTISED_BLOCK, Math.max(SHORTEST, 2 ** Math.ceil(Math.log2(columns))));
}

/** Bytes of a quantised matrix. */
export function quantisedBytes(rows: number, columns: number): number {
  const blockSize = blockSizeOf(columns);
  const blocks = rows * Math.ceil(columns / blockSize);
  return blocks * (blockSize + Float32Array.BYTES_PER_ELEMENT);
}

/**
 * Quantises a matrix.
 *
 * @param weights `[rows, columns]`, row-major
 * @throws NumericError when a weight is not finite
 */
export function quantise(weights: Float32Array, rows: number, columns: number): QuantisedMatrix {
  const blockSize = blockSizeOf(columns);
  const blocks = Math.ceil(columns / blockSize);
  const codes = new Uint8Array(rows * blocks * blockSize);
  if (blocks * blockSize > columns) codes.fill(ZERO_CODE);
  const scales = new Float32Array(rows * blocks);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const start = row * columns + block * blockSize;
      const end = Math.min(start + blockSize, (row + 1) * columns);
      const index = row * blocks + block;
      scales[index] = quantiseBlock(weights, start, end, codes, index * blockSize);
    }
  }
  return { rows, columns, blockSize, codes, scales };
}

/** Writes the codes of one block. @returns its scale */
function quantiseBlock(
  weights: Float32Array,
  start: number,
  end: number,
  codes: Uint8Array,
  to: number,
): number {
  let largest = 0;
  let sum = 0;
  for (let i = start; i < end; i++) {
    const weight = weights[i]!;
    const size = Math.abs(weight);
    if (size > largest) largest = size;
    sum += weight;
  }
  if (!Number.isFinite(sum)) throw notFinite(weights, start, end);
  const perCode = largest === 0 ? 0 : LARGEST / largest;
  // Halves are rounded up: what is added makes every number positive, which truncation rounds down.
  for (let i = start; i < end; i++) codes[to + i - start] = weights[i]! * perCode + (ZERO_CODE + 0.5);
  return largest / LARGEST;
}

function notFinite(weights: Float32Array, start: number, end: number): NumericError {
  const place = weights.subarray(start, end).findIndex((weight) => !Number.isFinite(weight));
  return new NumericError(
    `quantise: weight ${start + place}: expected a finite number, got ${weights[start + place]}`,
  );
}
