/**
 * @module
 * The numbers of metrics.jsonl in columns, read on as the file grows. Memory is bounded: when a table is full, every
 * second row is dropped, and from then on only every second is taken.
 */
import { MOST_EVENTS, MOST_METRICS } from "../metric-catalogue.ts";
import type { MetricColumn, MetricEvent, RunWarning } from "../protocol.ts";
import { GrowingFile } from "./growing-file.ts";
import { isObject, type JsonObject, numberOf, parseObject } from "./json-fields.ts";

const MAX_ROWS = 65_536;
const MAX_LINE_BYTES = 1 << 20;
const PIECE_BYTES = 8 << 20;
const MOST_WARNINGS = 100;

/** Numbers that say nothing where nothing was counted. */
const SHARE = ["share", "low", "high"];
const ACCURACY = ["accuracy", "low", "high"];

/** Numbers of a record that are no measurement: shares of nothing, and an accuracy where no answer was judged. */
function unmeasured({ event, of, problems, unscorable }: JsonObject): readonly string[] {
  if (of === 0) return SHARE;
  const isUnjudged = numberOf(problems) !== null && problems === unscorable;
  return event === "evaluation" && isUnjudged ? ACCURACY : [];
}

/** Every number of a record by its dotted key. */
function flatten(record: JsonObject, into: Map<string, number>, prefix = ""): void {
  const without = unmeasured(record);
  for (const [key, value] of Object.entries(record)) {
    if (without.includes(key)) continue;
    const name = prefix + key;
    const number = numberOf(value);
    if (number !== null) into.set(name, number);
    else if (isObject(value) && name.split(".").length < 5) flatten(value, into, `${name}.`);
  }
}

/** The rows of one kind of event. */
class EventTable {
  readonly #columns = new Map<string, number[]>();
  #x: number[] = [];
  #stride = 1;
  #seen = 0;
  #isCut = false;

  /** Whether numbers are left out, being too many. */
  get isCut(): boolean {
    return this.#isCut;
  }

  add(iteration: number, values: ReadonlyMap<string, number>): void {
    this.#seen += 1;
    if ((this.#seen - 1) % this.#stride !== 0) return;
    if (this.#x.length === MAX_ROWS) this.#halve();
    const row = this.#x.length;
    this.#x.push(iteration);
    for (const [name, value] of values) {
      let column = this.#columns.get(name);
      if (column === undefined) {
        if (this.#columns.size === MOST_METRICS) {
          this.#isCut = true;
          continue;
        }
        column = [];
        this.#columns.set(name, column);
      }
      while (column.length < row) column.push(Number.NaN);
      column.push(value);
    }
  }

  #halve(): void {
    const everySecond = (values: readonly number[]) => values.filter((_, i) => i % 2 === 0);
    this.#x = everySecond(this.#x);
    for (const [name, column] of this.#columns) this.#columns.set(name, everySecond(column));
    this.#stride *= 2;
  }

  #buckets(rows: readonly number[], every: number): number[][] {
    const buckets = new Map<number, number[]>();
    for (const row of rows) {
      const place = Math.ceil((this.#x[row] ?? 0) / every);
      const bucket = buckets.get(place);
      if (bucket === undefined) buckets.set(place, [row]);
      else bucket.push(row);
    }
    return [...buckets.values()];
  }

  /**
   * Rows between two iterations in at most `points` buckets. A bucket ends at a multiple of its width, a power of two, so that
   * buckets of runs of any length lie in each other.
   */
  bucketed(from: number, to: number, points: number): MetricEvent {
    const rows = this.#x.flatMap((x, row) => (x >= from && x <= to ? [row] : []));
    let every = 1;
    let buckets = this.#buckets(rows, every);
    while (buckets.length > points) {
      every *= 2;
      buckets = this.#buckets(rows, every);
    }
    return {
      x: buckets.map((bucket) => this.#x[bucket.at(-1) ?? 0] ?? 0),
      every,
      columns: Object.fromEntries(
        [...this.#columns].map(([name, column]) => [name, bucketColumn(column, buckets, every > 1)]),
      ),
    };
  }
}

/** Seven digits: more than a screen shows. */
function short(value: number): number {
  return Number(value.toPrecision(7));
}

function bucketColumn(
  column: readonly number[],
  buckets: readonly (readonly number[])[],
  isWide: boolean,
): MetricColumn {
  const present = buckets.map((bucket) =>
    bucket.flatMap((row) => {
      const value = column[row];
      return value === undefined || Number.isNaN(value) ? [] : [value];
    }),
  );
  const over = (of: (values: readonly number[]) => number) =>
    present.map((values) => (values.length === 0 ? null : short(of(values))));
  const mean = over((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  if (!isWide) return { mean };
  return { mean, low: over((values) => Math.min(...values)), high: over((values) => Math.max(...values)) };
}

/** The content of one run's metrics.jsonl. */
export class MetricTable {
  #events = new Map<string, EventTable>();
  #warnings = new Map<string, RunWarning>();
  #unreadable = 0;
  #lacksEvents = false;
  readonly #lines = new GrowingFile(
    { maxBytes: PIECE_BYTES, maxLineBytes: MAX_LINE_BYTES },
    {
      onReset: () => {
        this.#events = new Map();
        this.#warnings = new Map();
        this.#unreadable = 0;
        this.#lacksEvents = false;
      },
      onLine: ({ text }) => {
        this.#add(text);
        return true;
      },
    },
  );

  /** The newest `MOST_WARNINGS`, in the order in which they came first. */
  get warnings(): readonly RunWarning[] {
    return [...this.#warnings.values()];
  }

  /** Lines that are not JSON objects. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Whether kinds of lines, or numbers of one kind, are left out, being too many. */
  get isCut(): boolean {
    return this.#lacksEvents || [...this.#events.values()].some((table) => table.isCut);
  }

  /** Reads what has been added since the last call; from the start when the file was replaced or became shorter. */
  readOn(path: string): Promise<void> {
    return this.#lines.readOn(path);
  }

  /** Forgets everything, for a file that has gone. */
  clear(): void {
    this.#lines.reset();
  }

  #add(text: string | undefined): void {
    if (text === "") return;
    const record = text === undefined ? undefined : parseObject(text);
    const event = record?.["event"];
    const iteration = numberOf(record?.["iteration"]);
    if (record === undefined || typeof event !== "string" || iteration === null) {
      this.#unreadable += 1;
      return;
    }
    const values = new Map<string, number>();
    flatten(record, values);
    values.delete("iteration");
    let table = this.#events.get(event);
    if (table === undefined) {
      if (this.#events.size === MOST_EVENTS) {
        this.#lacksEvents = true;
        return;
      }
      table = new EventTable();
      this.#events.set(event, table);
    }
    table.add(iteration, values);
    if (typeof record["message"] === "string") this.#warn(record["message"], iteration);
  }

  #warn(message: string, iteration: number): void {
    const { first = iteration, times = 0 } = this.#warnings.get(message) ?? {};
    this.#warnings.set(message, { message, first, last: iteration, times: times + 1 });
    const [oldest] = this.#warnings.keys();
    if (this.#warnings.size > MOST_WARNINGS && oldest !== undefined) this.#warnings.delete(oldest);
  }

  /** Rows between two iterations, by event, in at most `points` buckets. */
  events(from: number, to: number, points: number): Record<string, MetricEvent> {
    return Object.fromEntries(
      [...this.#events].map(([name, table]) => [name, table.bucketed(from, to, points)]),
    );
  }
}
