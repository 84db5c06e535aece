/**
 * @module
 * Log-probs and entropies from hidden rows, with the head read a stretch of the vocabulary at a time.
 */
import { streamedHeadGraph } from "../../../model/graph/index.ts";
import type { TextConfig } from "../../../model/index.ts";
import type { ProgramCache } from "../program-cache.ts";
import type { StreamedWeights } from "./streamed-weights.ts";

/** Entries of the vocabulary in memory at once: 134 MB at a width of 2,048. */
const WORDS = 16_384;

/** Rows of one batch, and what the head makes of them. */
export interface HeadRows {
  /** `[N, D]` after the final norm. */
  readonly hidden: Float32Array;
  /** `[N]` */
  readonly targets: BigInt64Array;
  /** `[N]` nats, to be filled. */
  readonly logprobs: Float32Array;
  readonly entropy: Float32Array;
}

/** Running sums of e^(logit − largest) and logit · e^(logit − largest), in double precision. */
class Softmax {
  readonly #largest: Float64Array;
  readonly #total: Float64Array;
  readonly #weighted: Float64Array;
  /** The target's logit. */
  readonly target: Float64Array;

  constructor(rows: number) {
    this.#largest = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
    this.#total = new Float64Array(rows);
    this.#weighted = new Float64Array(rows);
    this.target = new Float64Array(rows);
  }

  add(row: number, largest: number, total: number, weighted: number): void {
    const before = this.#largest[row]!;
    const now = Math.max(before, largest);
    const keep = Math.exp(before - now);
    const join = Math.exp(largest - now);
    this.#largest[row] = now;
    this.#total[row] = this.#total[row]! * keep + total * join;
    this.#weighted[row] = this.#weighted[row]! * keep + weighted * join;
  }

  write(row: number, into: HeadRows): void {
    const normalizer = this.#largest[row]! + Math.log(this.#total[row]!);
    into.logprobs[row] = this.target[row]! - normalizer;
    into.entropy[row] = normalizer - this.#weighted[row]! / this.#total[row]!;
  }
}

/**
 * Fills log-probs and entropies of several batches, reading the head once.
 *
 * @param parameter the head's weight `[V, D]`
 */
export async function streamHead(
  batches: readonly HeadRows[],
  parameter: string,
  temperature: number,
  text: TextConfig,
  weights: StreamedWeights,
  programs: ProgramCache,
): Promise<void> {
  const width = text.hiddenSize;
  const sums = batches.map(({ targets }) => new Softmax(targets.length));
  const inverseTemperature = Float32Array.of(1 / temperature);
  const buffer = new Float32Array(Math.min(WORDS, text.vocabSize) * width);
  for (let first = 0; first < text.vocabSize; first += WORDS) {
    const words = Math.min(WORDS, text.vocabSize - first);
    const weight = buffer.subarray(0, words * width);
    weights.readInto(parameter, weight, first * width);
    for (const [i, { hidden, targets }] of batches.entries()) {
      const rows = targets.length;
      const { program } = await programs.get(`head ${rows} ${words}`, async () => {
        const { graph, largest, total, weighted } = streamedHeadGraph(text, rows, words);
        return { program: await programs.compile(graph, { largest, total, weighted }) };
      });
      const outputs = await program.run({ hidden, weight, inverseTemperature });
      for (let row = 0; row < rows; row++) {
        sums[i]!.add(row, outputs["largest"]![row]!, outputs["total"]![row]!, outputs["weighted"]![row]!);
        const word = Number(targets[row]!) - first;
        if (word >= 0 && word < words) {
          sums[i]!.target[row] = dot(hidden, row * width, weight, word * width, width) / temperature;
        }
      }
    }
  }
  for (const [i, batch] of batches.entries()) {
    for (let row = 0; row < batch.targets.length; row++) {
      sums[i]!.write(row, batch);
    }
  }
}

function dot(a: Float32Array, startA: number, b: Float32Array, startB: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum += a[startA + i]! * b[startB + i]!;
  }
  return sum;
}
