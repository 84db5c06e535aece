/**
 * @module
 * The numbers of metrics.jsonl in columns, read on as the file grows. Memory is bounded: when a table is full, every
 * second row is dropped, and from then on only every second is taken.
 */
import { stat } from "node:fs/promises";
import { MOST_EVENTS, MOST_METRICS } from "../metric-catalogue.ts";
import type { MetricColumn, MetricEvent } from "../protocol.ts";
import { isObject, type JsonObject, numberOf, parseObject } from "./json-fields.ts";
import { readLines } from "./line-reader.ts";

const MAX_ROWS = 65_536;
const MAX_LINE_BYTES = 1 << 20;
const PIECE_BYTES = 8 << 20;

/** Every number of a record by its dotted key. */
function flatten(record: JsonObject, into: Map<string, number>, prefix = ""): void {
  for (const [key, value] of Object.entries(record)) {
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

  /** Rows between two iterations in at most `points` buckets of equally many. */
  bucketed(from: number, to: number, points: number): MetricEvent {
    const rows = this.#x.flatMap((x, row) => (x >= from && x <= to ? [row] : []));
    const width = Math.max(1, Math.ceil(rows.length / points));
    const buckets = Array.from({ length: Math.ceil(rows.length / width) }, (_, i) =>
      rows.slice(i * width, (i + 1) * width),
    );
    return {
      x: buckets.map((bucket) => this.#x[bucket.at(-1) ?? 0] ?? 0),
      columns: Object.fromEntries(
        [...this.#columns].map(([name, column]) => [name, bucketColumn(column, buckets, width > 1)]),
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
  #offset = 0;
  #file = "";
  #reached = 0;
  #unreadable = 0;
  #lacksEvents = false;
  #reading: Promise<void> = Promise.resolve();

  /** The newest iteration or step. */
  get reached(): number {
    return this.#reached;
  }

  /** Bytes that were read. */
  get bytes(): number {
    return this.#offset;
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
    this.#reading = this.#reading.then(
      () => this.#read(path),
      () => this.#read(path),
    );
    return this.#reading;
  }

  /** Forgets everything, for a file that has gone. */
  clear(): void {
    this.#events = new Map();
    this.#offset = 0;
    this.#reached = 0;
    this.#unreadable = 0;
    this.#lacksEvents = false;
  }

  async #read(path: string): Promise<void> {
    const { size, ino, dev } = await stat(path);
    const file = `${dev}:${ino}`;
    if (file !== this.#file || size < this.#offset) this.clear();
    this.#file = file;
    for (let isEnd = false; !isEnd && this.#offset < size; ) {
      const end = await readLines(
        path,
        this.#offset,
        { maxBytes: PIECE_BYTES, maxLineBytes: MAX_LINE_BYTES },
        ({ text }) => {
          this.#add(text);
          return true;
        },
      );
      isEnd = end.isEnd || end.next === this.#offset;
      this.#offset = end.next;
    }
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
    const { event: _event, iteration: _iteration, ...rest } = record;
    const values = new Map<string, number>();
    flatten(rest, values);
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
    this.#reached = Math.max(this.#reached, iteration);
  }

  /** Rows between two iterations, by event, in at most `points` buckets. */
  events(from: number, to: number, points: number): Record<string, MetricEvent> {
    return Object.fromEntries(
      [...this.#events].map(([name, table]) => [name, table.bucketed(from, to, points)]),
    );
  }
}
