/**
 * @module
 * The numbers of all completions of a run, for sorting and filtering across iterations: columns of what a list can be
 * sorted by, some hundred bytes a completion, while everything else stays in the files.
 */
import { stat } from "node:fs/promises";
import type { CompletionSummary, GroupSummary, RolloutPage } from "../protocol.ts";

/** More completions are not held: the oldest iterations are then left out, and that is said. */
const MOST_COMPLETIONS = 500_000;

const NUMBERS = ["advantage", "reward", "tokens", "entropy", "logprob", "weightMax", "alignment"] as const;
/** Places of the other columns. */
const AT = 0;
const GROUP = 1;
const IS_RIGHT = 2;
const IS_TRUNCATED = 3;
const HAS_SPREAD = 4;
const FIRST_NUMBER = 5;
const WIDTH = FIRST_NUMBER + NUMBERS.length;
/** Reward parts are asked for under their name with this before it. */
const PART = "part.";

/** What a list across iterations shows. */
export interface RankingQuery {
  /** A number, with − before it for the least first; "" for the newest first. */
  readonly sort: string;
  readonly outcome: string;
  readonly spread: string;
}

/** A completion by where it stands. */
export interface RankedPlace {
  readonly iteration: number;
  readonly group: number;
  readonly at: number;
}

/** One file of rollouts. */
interface IndexedFile {
  readonly iteration: number;
  /** Size and time of the file that was read. */
  readonly state: string;
  readonly count: number;
  /** `[count × WIDTH]`, NaN where a number is unknown. */
  readonly numbers: Float64Array;
  readonly parts: ReadonlyMap<string, Float64Array>;
}

/** Reads a page of an iteration's groups from a byte offset on. */
type ReadPage = (iteration: number, from: number) => Promise<RolloutPage>;

const known = (value: boolean | null) => (value === null ? Number.NaN : Number(value));

function rowOf({ at: group, hasSpread }: GroupSummary, completion: CompletionSummary): number[] {
  const { at, isRight, isTruncated } = completion;
  const numbers = NUMBERS.map((name) => completion[name] ?? Number.NaN);
  return [at, group, known(isRight), Number(isTruncated), Number(hasSpread), ...numbers];
}

async function indexed(iteration: number, state: string, readPage: ReadPage): Promise<IndexedFile> {
  const rows: number[] = [];
  const parts = new Map<string, number[]>();
  let count = 0;
  for (let from: number | null = 0; from !== null && count < MOST_COMPLETIONS; ) {
    const { groups, next }: RolloutPage = await readPage(iteration, from);
    for (const group of groups) {
      for (const completion of group.completions) {
        rows.push(...rowOf(group, completion));
        for (const [name, value] of Object.entries(completion.rewardParts)) {
          const column = parts.get(name) ?? [];
          column[count] = value;
          parts.set(name, column);
        }
        count += 1;
      }
    }
    from = next;
  }
  const filled = (column: readonly number[]) =>
    Float64Array.from({ length: count }, (_, i) => column[i] ?? Number.NaN);
  return {
    iteration,
    state,
    count,
    numbers: Float64Array.from(rows),
    parts: new Map([...parts].map(([name, column]) => [name, filled(column)])),
  };
}

/** What the list is sorted by, of one file; NaN where it is unknown. */
function columnOf({ numbers, parts, iteration }: IndexedFile, name: string): (row: number) => number {
  if (name === "") return () => iteration;
  if (name.startsWith(PART)) {
    const column = parts.get(name.slice(PART.length));
    return (row) => column?.[row] ?? Number.NaN;
  }
  const place = (NUMBERS as readonly string[]).indexOf(name);
  return place < 0 ? () => Number.NaN : (row) => numbers[row * WIDTH + FIRST_NUMBER + place] ?? Number.NaN;
}

function passes({ numbers }: IndexedFile, row: number, { outcome, spread }: RankingQuery): boolean {
  const is = (column: number) => numbers[row * WIDTH + column];
  if (outcome === "right" && is(IS_RIGHT) !== 1) return false;
  if (outcome === "wrong" && is(IS_RIGHT) !== 0) return false;
  if (outcome === "truncated" && is(IS_TRUNCATED) !== 1) return false;
  if (spread === "spread" && is(HAS_SPREAD) !== 1) return false;
  return !(spread === "no spread" && is(HAS_SPREAD) !== 0);
}

/** Keeps the numbers of a run's completions, and reads on where files have changed. */
export class RolloutIndex {
  #files: readonly IndexedFile[] = [];
  #reading: Promise<void> | undefined;
  /** Whether older iterations were left out. */
  isCut = false;

  /**
   * Reads what has changed; looks that come meanwhile wait for the same.
   *
   * @param iterations in order
   * @param pathOf where an iteration's file is
   */
  async readOn(
    iterations: readonly number[],
    pathOf: (iteration: number) => Promise<string>,
    readPage: ReadPage,
  ): Promise<void> {
    this.#reading ??= this.#read(iterations, pathOf, readPage).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(
    iterations: readonly number[],
    pathOf: (iteration: number) => Promise<string>,
    readPage: ReadPage,
  ): Promise<void> {
    const before = new Map(this.#files.map((file) => [file.iteration, file]));
    const files: IndexedFile[] = [];
    let total = 0;
    const states = await Promise.all(
      iterations.map(async (iteration) => {
        const { size, mtimeMs } = await stat(await pathOf(iteration));
        return { iteration, state: `${size} ${mtimeMs}` };
      }),
    );
    for (const { iteration, state } of states.toReversed()) {
      if (total >= MOST_COMPLETIONS) break;
      const old = before.get(iteration);
      const file = old?.state === state ? old : await indexed(iteration, state, readPage);
      files.push(file);
      total += file.count;
    }
    this.isCut = files.length < iterations.length;
    this.#files = files;
  }

  /** Places of completions that pass, in order; unknown numbers last, among equals the newest first. */
  ranked(query: RankingQuery): RankedPlace[] {
    const name = query.sort.replace(/^-/, "");
    const sign = query.sort.startsWith("-") ? 1 : -1;
    const found: { readonly value: number; readonly file: IndexedFile; readonly row: number }[] = [];
    for (const file of this.#files) {
      const value = columnOf(file, name);
      for (let row = 0; row < file.count; row++) {
        if (passes(file, row, query)) found.push({ value: value(row), file, row });
      }
    }
    // Files are in order of newness and sorting is stable.
    found.sort((a, b) => {
      if (Number.isNaN(a.value) || Number.isNaN(b.value))
        return Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
      return sign * (a.value - b.value);
    });
    return found.map(({ file: { iteration, numbers }, row }) => ({
      iteration,
      group: numbers[row * WIDTH + GROUP] ?? 0,
      at: numbers[row * WIDTH + AT] ?? 0,
    }));
  }
}
