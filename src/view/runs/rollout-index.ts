/**
 * @module
 * The numbers of all completions of a run, for sorting and filtering across iterations. They are columns of the sort
 * keys of a list, some hundred bytes a completion; everything else stays in the files.
 */
import type { CompletionSummary, GroupSummary, RolloutPage } from "../protocol.ts";

/** More completions are not held: the oldest iterations are then left out, and that is said. */
export const MOST_COMPLETIONS = 500_000;

const NUMBERS = ["advantage", "reward", "tokens", "entropy", "logprob", "weightMax", "alignment"] as const;
/** Reward parts are asked for under their name with this before it. */
const PART = "part.";

/** The selection of a list across iterations. */
export interface RankingQuery {
  /** A number, with − before it for the least first; "" for the newest first. */
  readonly sort: string;
  readonly outcome: string;
  readonly spread: string;
}

/** The place of a completion. */
export interface RankedPlace {
  readonly iteration: number;
  readonly group: number;
  readonly at: number;
}

/** Numbers over the completions of a file, NaN where unknown; what is true or false is 1 or 0. */
export type IndexColumns = Readonly<
  Record<
    "at" | "group" | "isRight" | "isTruncated" | "hasSpread" | (typeof NUMBERS)[number],
    Float64Array<ArrayBuffer>
  >
>;

/** One file of rollouts. */
export interface IndexedFile {
  readonly iteration: number;
  /** Size and time of the file that was read. */
  readonly state: string;
  readonly count: number;
  /** Lines that cannot be read. */
  readonly unreadable: number;
  /** Whether it has more completions than are held. */
  readonly isCut: boolean;
  readonly columns: IndexColumns;
  /** Parts of the reward by name. */
  readonly parts: ReadonlyMap<string, Float64Array<ArrayBuffer>>;
}

/** Numbers in a column; NaN for null. */
export function indexColumn(values: readonly (number | null)[]): Float64Array<ArrayBuffer> {
  const column = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) column[i] = values[i] ?? Number.NaN;
  return column;
}

/** A file of rollouts as it is now. */
export interface RolloutFileState {
  readonly iteration: number;
  readonly bytes: number;
  /** Changes with its size and time. */
  readonly state: string;
}

/** Reads a page of an iteration's groups from a byte offset on. */
type ReadPage = (iteration: number, from: number) => Promise<RolloutPage>;

/** Reads a whole file of rollouts, for a run that wrote no index of it. */
async function readWhole(iteration: number, state: string, readPage: ReadPage): Promise<IndexedFile> {
  const rows: { readonly group: GroupSummary; readonly completion: CompletionSummary }[] = [];
  let from: number | null = 0;
  let unreadable = 0;
  while (from !== null && rows.length < MOST_COMPLETIONS) {
    const { groups, next, unreadable: lost }: RolloutPage = await readPage(iteration, from);
    unreadable += lost;
    for (const group of groups) {
      for (const completion of group.completions) rows.push({ group, completion });
    }
    from = next;
  }
  const column = (of: (row: (typeof rows)[number]) => number | null) => indexColumn(rows.map(of));
  const number = (name: (typeof NUMBERS)[number]) => column(({ completion }) => completion[name]);
  const parts = new Set(rows.flatMap(({ completion }) => Object.keys(completion.rewardParts)));
  return {
    iteration,
    state,
    count: rows.length,
    unreadable,
    isCut: from !== null || rows.some(({ group }) => group.more > 0),
    columns: {
      at: column(({ completion }) => completion.at),
      group: column(({ group }) => group.at),
      isRight: column(({ completion: { isRight } }) => (isRight === null ? null : Number(isRight))),
      isTruncated: column(({ completion }) => Number(completion.isTruncated)),
      hasSpread: column(({ group }) => Number(group.hasSpread)),
      advantage: number("advantage"),
      reward: number("reward"),
      tokens: number("tokens"),
      entropy: number("entropy"),
      logprob: number("logprob"),
      weightMax: number("weightMax"),
      alignment: number("alignment"),
    },
    parts: new Map(
      [...parts].map((name) => [name, column(({ completion }) => completion.rewardParts[name] ?? null)]),
    ),
  };
}

/** The sort key of one file's completions; undefined where it is unknown. */
function sortColumn({ columns, parts }: IndexedFile, name: string): Float64Array | undefined {
  if (name.startsWith(PART)) return parts.get(name.slice(PART.length));
  const known = NUMBERS.find((one) => one === name);
  return known && columns[known];
}

function passes({ columns }: IndexedFile, row: number, { outcome, spread }: RankingQuery): boolean {
  const { isRight, isTruncated, hasSpread } = columns;
  if (outcome === "right" && isRight[row] !== 1) return false;
  if (outcome === "wrong" && isRight[row] !== 0) return false;
  if (outcome === "truncated" && isTruncated[row] !== 1) return false;
  if (spread === "spread" && hasSpread[row] !== 1) return false;
  return !(spread === "no spread" && hasSpread[row] !== 0);
}

/** Keeps the numbers of a run's completions, and reads on where files have changed. */
export class RolloutIndex {
  readonly #most: number;
  #files: readonly IndexedFile[] = [];
  #reading: Promise<void> | undefined;
  /** Whether older iterations were left out. */
  isCut = false;

  /** @param most completions from which on older iterations are left out */
  constructor(most = MOST_COMPLETIONS) {
    this.#most = most;
  }

  /** Lines that cannot be read. */
  get unreadable(): number {
    return this.#files.reduce((sum, { unreadable }) => sum + unreadable, 0);
  }

  /**
   * Reads what has changed; looks that come meanwhile wait for the same.
   *
   * @param files in order of their iterations
   * @param recorded what the run's own index says of a file, so that it need not be read
   */
  async readOn(
    files: readonly RolloutFileState[],
    recorded: (file: RolloutFileState) => IndexedFile | undefined,
    readPage: ReadPage,
  ): Promise<void> {
    this.#reading ??= this.#read(files, recorded, readPage).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(
    now: readonly RolloutFileState[],
    recorded: (file: RolloutFileState) => IndexedFile | undefined,
    readPage: ReadPage,
  ): Promise<void> {
    const before = new Map(this.#files.map((file) => [file.iteration, file]));
    const files: IndexedFile[] = [];
    let total = 0;
    for (const one of now.toReversed()) {
      if (total >= this.#most) break;
      const { iteration, state } = one;
      const old = before.get(iteration);
      const known = old?.state === state ? old : recorded(one);
      const file = known ?? (await readWhole(iteration, state, readPage));
      files.push(file);
      total += file.count;
    }
    this.isCut = files.length < now.length || files.some(({ isCut }) => isCut);
    this.#files = files;
  }

  /**
   * Completions that pass, in order; unknown numbers last, among equals the newest first.
   *
   * @param from place in the order of the first that is returned
   * @param most places to return
   */
  ranked(
    query: RankingQuery,
    from: number,
    most: number,
  ): { readonly places: RankedPlace[]; readonly total: number } {
    const size = this.#files.reduce((sum, { count }) => sum + count, 0);
    const [files, rows, values] = [new Uint32Array(size), new Uint32Array(size), new Float64Array(size)];
    const name = query.sort.replace(/^-/, "");
    let total = 0;
    for (const [place, file] of this.#files.entries()) {
      const column = name === "" ? undefined : sortColumn(file, name);
      for (let row = 0; row < file.count; row++) {
        if (!passes(file, row, query)) continue;
        files[total] = place;
        rows[total] = row;
        values[total] = column?.[row] ?? Number.NaN;
        total += 1;
      }
    }
    const order = Uint32Array.from({ length: total }, (_, i) => i);
    if (name !== "") sortPlaces(order, values, query.sort.startsWith("-") ? 1 : -1);
    const places = [...order.subarray(from, from + most)].flatMap((i): RankedPlace[] => {
      const file = this.#files[files[i] ?? 0];
      const row = rows[i] ?? 0;
      if (file === undefined) return [];
      return [
        { iteration: file.iteration, group: file.columns.group[row] ?? 0, at: file.columns.at[row] ?? 0 },
      ];
    });
    return { places, total };
  }
}

/** Sorts places by their values; unknown values last. Files are in order of newness and sorting is stable. */
function sortPlaces(order: Uint32Array, values: Float64Array, sign: 1 | -1): void {
  order.sort((a, b) => {
    const [one, other] = [values[a] ?? Number.NaN, values[b] ?? Number.NaN];
    if (Number.isNaN(one) || Number.isNaN(other))
      return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
    return sign * (one - other);
  });
}
