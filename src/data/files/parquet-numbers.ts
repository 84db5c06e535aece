/**
 * @module
 * Numbers of parquet that need more than a double: decimals keep their digits, and times of day become text. Numbers
 * of 32 bits have the few digits that they were written with.
 */
import type { FileMetaData } from "hyparquet";
import { isStruct } from "./rows/cells.ts";
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

/** How a cell is converted: a number itself, or the fields of a struct; lists are passed through. */
type Plan = Convert | ReadonlyMap<string, Plan>;

function applied(value: unknown, plan: Plan): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) {
    if (plan === shortest && value.length > MAX_LIST) return value;
    return value.map((entry: unknown) => applied(entry, plan));
  }
  if (typeof plan === "function") return plan(value);
  return isStruct(value) ? { ...value, ...fieldsOf(value, plan) } : value;
}

function fieldsOf(struct: Row, plan: ReadonlyMap<string, Plan>): Row {
  const held = [...plan].filter(([name]) => Object.hasOwn(struct, name));
  return Object.fromEntries(held.map(([name, own]) => [name, applied(struct[name], own)]));
}

/** How the numbers of a file are read. */
export interface ParquetNumbers {
  /** The schema without the types that are converted here. */
  readonly schema: FileMetaData["schema"];
  /** The row with its numbers converted. */
  readonly convert: (row: Row) => Row;
}

const isOf = ({ converted_type, logical_type }: SchemaElement, kind: "LIST" | "MAP") =>
  converted_type === kind || logical_type?.type === kind;

/** Plans of the columns of a schema, which loses the types of the numbers that are converted. */
class Plans {
  readonly schema: SchemaElement[];
  #at = 1;

  constructor(schema: FileMetaData["schema"]) {
    this.schema = [...schema];
  }

  /** The plans of the next elements, by name. */
  fields(count: number, isConverted = true, isInList = false): Map<string, Plan> {
    const plans = new Map<string, Plan>();
    for (let i = 0; i < count && this.#at < this.schema.length; i++) {
      const { name } = this.schema[this.#at]!;
      const plan = this.#next(isConverted, isInList);
      if (plan !== undefined) plans.set(name, plan);
    }
    return plans;
  }

  #next(isConverted: boolean, isInList: boolean): Plan | undefined {
    const at = this.#at++;
    const element = this.schema[at]!;
    const children = element.num_children ?? 0;
    if (children === 0) return isConverted ? this.#leaf(at, element) : undefined;
    const isList = isOf(element, "LIST");
    const inside = this.fields(children, isConverted && !isOf(element, "MAP"), isList);
    const [only] = inside.values();
    // A list's child, and the child's one child, are levels of the list and no fields, except in old files.
    const isEntry = isInList && children === 1 && !/^array$|_tuple$/.test(element.name);
    const isLevel = isList || isEntry;
    if (inside.size === 0) return undefined;
    return isLevel ? only : inside;
  }

  #leaf(at: number, element: SchemaElement): Convert | undefined {
    const convert = conversionOf(element);
    if (convert === undefined) return undefined;
    const { converted_type: _converted, logical_type: _logical, ...rest } = element;
    this.schema[at] = rest;
    return convert;
  }
}

/** Conversions of the numbers of a file, in structs and lists too; in maps they stay as they are. */
export function parquetNumbers({ schema }: Pick<FileMetaData, "schema">): ParquetNumbers {
  const plans = new Plans(schema);
  const columns = plans.fields(schema.length);
  if (columns.size === 0) return { schema, convert: (row) => row };
  return { schema: plans.schema, convert: (row) => ({ ...row, ...fieldsOf(row, columns) }) };
}
