/**
 * @module
 * Numbers of parquet that need more than a double: decimals keep their digits, and times of day become text. Numbers
 * of 32 bits have the few digits that they were written with.
 */
import type { FileMetaData } from "hyparquet";
import type { Row } from "./table.ts";

type SchemaElement = FileMetaData["schema"][number];
type Convert = (value: unknown) => unknown;

/** Digits that a double keeps. */
const DOUBLE_DIGITS = 15;
/** Longest list of numbers of 32 bits that is converted: a longer one is data for a program, not an answer. */
const MAX_LIST = 64;

/** The whole number in big-endian two's complement. */
function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined;
  if (typeof value === "bigint") return value;
  if (!(value instanceof Uint8Array) || value.length === 0) return undefined;
  return BigInt.asIntN(8 * value.length, BigInt(`0x${Buffer.from(value).toString("hex")}`));
}

/** A decimal as a number where that keeps all digits, else as text. */
function decimal(scale: number, precision: number): Convert {
  return (value) => {
    const whole = wholeNumber(value);
    if (whole === undefined) return value;
    const digits = (whole < 0n ? -whole : whole).toString().padStart(scale + 1, "0");
    const end = digits.length - scale;
    const text = `${whole < 0n ? "-" : ""}${digits.slice(0, end)}${scale > 0 ? `.${digits.slice(end)}` : ""}`;
    return precision <= DOUBLE_DIGITS ? Number(text) : text;
  };
}

/** A time of day as Python writes it. */
function timeOfDay(unitsPerSecond: bigint): Convert {
  return (value) => {
    const units = wholeNumber(value);
    if (units === undefined || units < 0n) return value;
    const seconds = units / unitsPerSecond;
    const two = (part: bigint) => String(part).padStart(2, "0");
    const digits = String(unitsPerSecond).length - 1;
    const rest = String(units % unitsPerSecond).padStart(digits, "0");
    const fraction = units % unitsPerSecond === 0n ? "" : `.${rest.slice(0, 6).padEnd(6, "0")}`;
    return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${fraction}`;
  };
}

/** The shortest decimal number that is the same in 32 bits. */
function shortest(value: unknown): unknown {
  if (typeof value !== "number" || !Number.isFinite(value) || Number.isInteger(value)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** A scaled or timed column; undefined for all others. */
function conversionOf({
  type,
  converted_type,
  logical_type,
  scale,
  precision,
}: SchemaElement): Convert | undefined {
  if (converted_type === "DECIMAL" || logical_type?.type === "DECIMAL")
    return decimal(scale ?? 0, precision ?? 99);
  if (logical_type?.type === "TIME") {
    const units = { MILLIS: 1000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n }[logical_type.unit];
    return timeOfDay(units);
  }
  if (converted_type === "TIME_MILLIS") return timeOfDay(1000n);
  if (converted_type === "TIME_MICROS") return timeOfDay(1_000_000n);
  return type === "FLOAT" ? shortest : undefined;
}

/** Numbers of a column of one leaf, at any depth of lists. */
function inLists(value: unknown, convert: Convert): unknown {
  if (!Array.isArray(value)) return value == null ? value : convert(value);
  if (convert === shortest && value.length > MAX_LIST) return value;
  return value.map((entry: unknown) => inLists(entry, convert));
}

/** How the numbers of a file are read. */
export interface ParquetNumbers {
  /** The schema without the types that are converted here. */
  readonly schema: FileMetaData["schema"];
  /** The row with its numbers converted. */
  readonly convert: (row: Row) => Row;
}

/** Conversions of the columns of a file that are numbers or lists of them; numbers in structs stay as they are. */
export function parquetNumbers({ schema }: Pick<FileMetaData, "schema">): ParquetNumbers {
  const plain = [...schema];
  const columns: (readonly [name: string, convert: Convert])[] = [];
  for (let at = 1; at < schema.length; ) {
    const name = schema[at]!.name;
    let leaf = at;
    // Lists have one child at each level.
    while (schema[leaf]?.num_children === 1) leaf += 1;
    const element = schema[leaf];
    const convert = element && !element.num_children ? conversionOf(element) : undefined;
    if (element !== undefined && convert !== undefined && isListPath(schema.slice(at, leaf))) {
      columns.push([name, convert]);
      const { converted_type: _converted, logical_type: _logical, ...rest } = element;
      plain[leaf] = rest;
    }
    at = nextColumn(schema, at);
  }
  if (columns.length === 0) return { schema, convert: (row) => row };
  const convert = (row: Row): Row => {
    const found = columns.filter(([name]) => Object.hasOwn(row, name));
    return { ...row, ...Object.fromEntries(found.map(([name, one]) => [name, inLists(row[name], one)])) };
  };
  return { schema: plain, convert };
}

/** Whether the levels above a leaf are lists alone, not structs of one field. */
function isListPath(levels: FileMetaData["schema"]): boolean {
  return levels.every(
    ({ converted_type, logical_type, repetition_type }) =>
      converted_type === "LIST" || logical_type?.type === "LIST" || repetition_type === "REPEATED",
  );
}

function nextColumn(schema: FileMetaData["schema"], at: number): number {
  let next = at + 1;
  for (let i = 0; i < (schema[at]?.num_children ?? 0) && next < schema.length; i++)
    next = nextColumn(schema, next);
  return next;
}
