import type { FileMetaData } from "hyparquet";
import { describe, expect, test } from "vitest";
import { parquetNumbers } from "./parquet-numbers.ts";

type SchemaElement = FileMetaData["schema"][number];

const root: SchemaElement = { name: "schema", num_children: 1 };
const read = (element: SchemaElement, value: unknown): unknown =>
  parquetNumbers({ schema: [root, element] }).convert({ [element.name]: value })[element.name];

describe("a decimal", () => {
  const decimal = (scale: number, precision: number): SchemaElement => ({
    name: "x",
    type: "FIXED_LEN_BYTE_ARRAY",
    converted_type: "DECIMAL",
    scale,
    precision,
  });

  test("is a number where a double keeps its digits", () => {
    expect(read(decimal(2, 10), 7n)).toBe(0.07);
    expect(read(decimal(2, 10), -310)).toBe(-3.1);
    expect(read(decimal(0, 10), Uint8Array.of(0xff, 0xfe))).toBe(-2);
  });

  test("is text where it would not", () => {
    expect(read(decimal(2, 30), 1_234_567_890_123_456_789_012n)).toBe("12345678901234567890.12");
    expect(read(decimal(3, 20), -5n)).toBe("-0.005");
  });

  test("is read as the library stores it, so its type is taken out of the schema", () => {
    const [, element] = parquetNumbers({ schema: [root, decimal(2, 30)] }).schema;
    expect(element).not.toHaveProperty("converted_type");
  });

  test("that is missing stays missing", () => {
    expect(read(decimal(2, 10), null)).toBeNull();
  });
});

test("a time of day is written as Python writes it", () => {
  const time: SchemaElement = { name: "x", type: "INT64", converted_type: "TIME_MICROS" };
  expect(read(time, 11_045_000_000n)).toBe("03:04:05");
  expect(read(time, 11_045_000_120n)).toBe("03:04:05.000120");
  expect(read({ name: "x", type: "INT32", converted_type: "TIME_MILLIS" }, 1500)).toBe("00:00:01.500000");
});

test("a number of 32 bits has the digits that it was written with", () => {
  const float: SchemaElement = { name: "x", type: "FLOAT" };
  expect(read(float, Math.fround(0.1))).toBe(0.1);
  expect(read(float, Math.fround(1 / 3))).toBe(0.33333334);
  expect([read(float, 3), read(float, Number.NaN), read(float, null)]).toEqual([3, Number.NaN, null]);
});

test("numbers in lists and structs are converted, and in maps left alone", () => {
  const schema: SchemaElement[] = [
    root,
    { name: "x", num_children: 1, converted_type: "LIST" },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    { name: "element", type: "FLOAT" },
    { name: "s", num_children: 2 },
    { name: "y", type: "FLOAT" },
    { name: "z", type: "BYTE_ARRAY" },
    { name: "l", num_children: 1, converted_type: "LIST" },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    { name: "element", num_children: 1 },
    { name: "y", type: "FLOAT" },
    { name: "m", num_children: 1, converted_type: "MAP" },
    { name: "key_value", num_children: 2, repetition_type: "REPEATED" },
    { name: "key", type: "BYTE_ARRAY" },
    { name: "value", type: "FLOAT" },
  ];
  const tenth = Math.fround(0.1);
  const row = { x: [tenth, null], s: { y: tenth, z: "a" }, l: [{ y: tenth }], m: { value: tenth } };
  expect(parquetNumbers({ schema }).convert(row)).toEqual({
    x: [0.1, null],
    s: { y: 0.1, z: "a" },
    l: [{ y: 0.1 }],
    m: { value: tenth },
  });
  expect(parquetNumbers({ schema: [root, { name: "x", type: "DOUBLE" }] }).convert(row)).toBe(row);
});
