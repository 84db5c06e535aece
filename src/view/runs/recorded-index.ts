/**
 * @module
 * The index that a run writes of its rollouts (`rollout-index.jsonl`), read further as the run continues. So a list
 * of all completions needs no file of rollouts.
 */
import type { Config } from "../../config/index.ts";
import { advantagesOf, rewardsDiffer } from "./group-advantage.ts";
import { GrowingFile } from "./growing-file.ts";
import { isObject, type JsonObject, numberOf, parseObject } from "./json-fields.ts";
import { type IndexedFile, indexColumn, MOST_COMPLETIONS } from "./rollout-index.ts";

const PIECE_BYTES = 16 << 20;
const MAX_LINE_BYTES = 16 << 20;

type Column = readonly (number | null)[];

/** A column of so many numbers or nulls; undefined where it is none. */
function columnOf(value: unknown, length: number): Column | undefined {
  if (!Array.isArray(value) || value.length !== length) return undefined;
  return value.every((one) => one === null || typeof one === "number") ? value : undefined;
}

/** Calls with the beginning and the end of each group. */
function eachGroup(group: Column, work: (from: number, to: number) => void): void {
  for (let from = 0; from < group.length; ) {
    let to = from + 1;
    while (to < group.length && group[to] === group[from]) to += 1;
    work(from, to);
    from = to;
  }
}

function spreadColumn(group: Column, reward: Column): Float64Array<ArrayBuffer> {
  const column = new Float64Array(group.length);
  eachGroup(group, (from, to) => {
    if (rewardsDiffer(reward.slice(from, to))) column.fill(1, from, to);
  });
  return column;
}

function advantageColumn(
  group: Column,
  reward: Column,
  config: Pick<Config, "algorithm">,
): Float64Array<ArrayBuffer> {
  const column = new Float64Array(group.length).fill(Number.NaN);
  eachGroup(group, (from, to) => {
    for (const [i, value] of advantagesOf(config, reward.slice(from, to)).entries()) {
      column[from + i] = value ?? Number.NaN;
    }
  });
  return column;
}

/** The completions of a line; undefined where a column is missing or of another length. */
function fileOf(line: JsonObject, config: Pick<Config, "algorithm">): IndexedFile | undefined {
  const iteration = numberOf(line["iteration"]);
  const count = Array.isArray(line["at"]) ? line["at"].length : 0;
  const column = (name: string) => columnOf(line[name], count);
  const [at, group, reward] = [column("at"), column("group"), column("reward")];
  const [verdict, truncated] = [column("verdict"), column("truncated")];
  if (iteration === null || !at || !group || !reward || !verdict || !truncated) return undefined;
  const number = (name: string) => indexColumn(column(name) ?? new Array<null>(count).fill(null));
  const parts = Object.entries(isObject(line["rewardParts"]) ? line["rewardParts"] : {}).flatMap(
    ([name, values]): (readonly [string, Float64Array<ArrayBuffer>])[] => {
      const own = columnOf(values, count);
      return own === undefined ? [] : [[name, indexColumn(own)]];
    },
  );
  let advantage: Float64Array<ArrayBuffer> | undefined;
  return {
    iteration,
    state: "",
    count,
    unreadable: 0,
    isCut: false,
    columns: {
      at: indexColumn(at),
      group: indexColumn(group),
      isRight: indexColumn(verdict.map((score) => (score === null ? null : Number(score >= 1)))),
      isTruncated: indexColumn(truncated),
      reward: indexColumn(reward),
      tokens: number("tokens"),
      entropy: number("entropy"),
      logprob: number("logprob"),
      weightMax: number("weightMax"),
      alignment: number("alignment"),
      hasSpread: spreadColumn(group, reward),
      // Computed by the run's algorithm, and only for a list that is sorted by it.
      get advantage() {
        advantage ??= advantageColumn(group, reward, config);
        return advantage;
      },
    },
    parts: new Map(parts),
  };
}

/** The content of a run's index, by iteration: of the iterations that a `RolloutIndex` of the same size holds. */
export class RecordedIndex {
  readonly #most: number;
  /** The iteration recorded last is the last. */
  readonly #files = new Map<number, IndexedFile & { readonly bytes: number }>();
  /** Completions of all of them. */
  #count = 0;
  #config: Pick<Config, "algorithm"> | undefined;
  readonly #lines = new GrowingFile(
    { maxBytes: PIECE_BYTES, maxLineBytes: MAX_LINE_BYTES },
    {
      onReset: () => {
        this.#files.clear();
        this.#count = 0;
      },
      onLine: ({ text }) => {
        this.#add(text === undefined ? undefined : parseObject(text));
        return true;
      },
    },
  );

  /** @param most completions from which on older iterations are dropped */
  constructor(most = MOST_COMPLETIONS) {
    this.#most = most;
  }

  /**
   * The completions of an iteration; undefined where the index has none, dropped them, or is of another file than the one of that size.
   */
  file(iteration: number, bytes: number, state: string): IndexedFile | undefined {
    const found = this.#files.get(iteration);
    return found?.bytes === bytes ? { ...found, state } : undefined;
  }

  /** Reads what has been added since the last call; from the start when the file or the run was replaced. */
  async readOn(path: string | undefined, config: Pick<Config, "algorithm">): Promise<void> {
    if (path === undefined || config !== this.#config) this.#lines.reset();
    this.#config = config;
    if (path !== undefined) await this.#lines.readOn(path);
  }

  #add(line: JsonObject | undefined): void {
    const found = line && this.#config && fileOf(line, this.#config);
    const bytes = numberOf(line?.["bytes"]);
    if (!found || bytes === null) return;
    this.#drop(found.iteration);
    this.#files.set(found.iteration, { ...found, bytes });
    this.#count += found.count;
    for (const [oldest, { count }] of this.#files) {
      if (this.#count - count < this.#most) break;
      this.#drop(oldest);
    }
  }

  #drop(iteration: number): void {
    this.#count -= this.#files.get(iteration)?.count ?? 0;
    this.#files.delete(iteration);
  }
}
