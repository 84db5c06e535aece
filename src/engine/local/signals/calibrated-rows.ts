/**
 * @module
 * AT-RL's signals while sampling: rows are collected as they are decoded, and reduced when completions have ended,
 * because the bias of a key's position is known only when the length is.
 */
import { calibratedSignals } from "../../../model/graph/index.ts";
import { Graph } from "../../../tensor/index.ts";
import type { Signals } from "../../engine.ts";
import { roundUpCount, roundUpLength } from "../buckets.ts";
import type { ProgramCache } from "../program-cache.ts";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";
import { writeCalibration } from "./calibration.ts";
import { readSquare } from "./graph-reducer.ts";
import type { SampledCalibration } from "./sampled-calibration.ts";

/** Bytes of rows that sampling may hold; calibrated attention of more is left to a scoring pass. */
const MOST_BYTES = 512 * 2 ** 20;
/** Numbers of rows, padding included, that are reduced at once. */
const REDUCED_AT_ONCE = 2 ** 22;

/** Whether the rows of so many completions of a batch can be held until they end. */
export function canCollect(
  prompts: readonly PreparedPrompt[],
  groupSize: number,
  maxCompletionTokens: number,
): boolean {
  const numbers = prompts.reduce(
    (sum, { tokens }) => sum + groupSize * maxCompletionTokens * (tokens.length + maxCompletionTokens / 2),
    0,
  );
  return numbers * Float32Array.BYTES_PER_ELEMENT <= MOST_BYTES;
}

/** One completion's rows, without padding: row t has the keys of the prompt and of the tokens it sees. */
export class CalibratedRows {
  readonly prompt: PreparedPrompt;
  readonly #promptLength: number;
  /** All rows, one after another; an array for each would be most of the garbage of sampling. */
  #numbers: Float32Array;
  readonly #ends: number[] = [];

  /** @param promptLength slots of the batch's prompts, padding on the left */
  constructor(prompt: PreparedPrompt, promptLength: number) {
    this.prompt = prompt;
    this.#promptLength = promptLength;
    this.#numbers = new Float32Array(16 * (prompt.tokens.length + 16));
  }

  /** The rows that have arrived, as views. */
  get rows(): Float32Array[] {
    return this.#ends.map((end, t) => this.#numbers.subarray(this.#ends[t - 1] ?? 0, end));
  }

  /** Completion tokens whose rows have arrived. */
  get length(): number {
    return this.#ends.length;
  }

  /**
   * The next row: attention on the prompt's slots, on a cache of slots, and on the query's own key.
   *
   * @param start where the row begins
   * @param cached completion tokens in the cache: its first slots
   * @param own index of the query's own key in the row; −1 when the row has none, as the prompt's last has not
   */
  push(row: Float32Array, start: number, cached: number, own: number): void {
    const prompt = this.prompt.tokens.length;
    const first = this.#ends.at(-1) ?? 0;
    const last = first + prompt + cached;
    const end = start + this.#promptLength;
    this.#makeRoom(last + 1);
    this.#numbers.set(row.subarray(end - prompt, end + cached), first);
    if (own >= 0) {
      this.#numbers[last] = row[start + own]!;
    }
    this.#ends.push(own < 0 ? last : last + 1);
  }

  #makeRoom(size: number): void {
    if (size <= this.#numbers.length) return;
    const larger = new Float32Array(Math.max(size, Math.ceil(1.5 * this.#numbers.length)));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

/** The signals of each completion, of connectivity and Gram matrix computed as scoring computes them. */
export async function reduceRows(
  programs: ProgramCache,
  completions: readonly CalibratedRows[],
  { request, signals }: SampledCalibration,
): Promise<Signals[]> {
  const { biasCorrection, biasCurve } = request;
  const reduced: Signals[] = [];
  const longest = Math.max(...completions.map(({ length }) => length));
  const tokens = roundUpLength(longest);
  const keys = roundUpLength(Math.max(...completions.map(({ prompt }) => prompt.tokens.length)) + longest);
  const atOnce = Math.max(1, Math.floor(REDUCED_AT_ONCE / (tokens * keys)));
  for (let start = 0; start < completions.length; start += atOnce) {
    const part = completions.slice(start, start + atOnce);
    const batch = roundUpCount(part.length);
    const rows = new Float32Array(batch * tokens * keys);
    const visual = new Float32Array(batch * keys);
    const factors = new Float32Array(batch * keys);
    for (const [i, { prompt, rows: own, length }] of part.entries()) {
      for (const [t, row] of own.entries()) {
        rows.set(row, (i * tokens + t) * keys);
      }
      visual.set(
        prompt.imageIndex.map((image) => (image < 0 ? 0 : 1)),
        i * keys,
      );
      writeCalibration(factors, i * keys, prompt.tokens.length + length, biasCurve);
    }
    const { program } = await reduction(programs, [batch, tokens, keys], biasCorrection);
    const outputs = await program.run({ rows, visual, factors });
    for (const [i, { length }] of part.entries()) {
      const connectivity = outputs["connectivity"]!.subarray(i * tokens, i * tokens + length);
      const gram = readSquare(outputs["gram"]!, i, tokens, length);
      reduced.push(signals({ connectivity: Float64Array.from(connectivity), gram }));
    }
  }
  return reduced;
}

function reduction(
  programs: ProgramCache,
  [batch, tokens, keys]: readonly [number, number, number],
  biasCorrection: boolean,
) {
  return programs.get(`calibrated ${batch}x${tokens}x${keys} ${biasCorrection}`, async () => {
    const graph = new Graph();
    const signals = calibratedSignals(
      graph.input("rows", [batch, tokens, keys]),
      graph.input("visual", [batch, 1, keys]),
      biasCorrection ? graph.input("factors", [batch, 1, keys]) : undefined,
    );
    return { program: await programs.compile(graph, { ...signals }) };
  });
}
