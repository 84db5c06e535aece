import type { ColumnMetaData, FileMetaData } from "hyparquet";
import { expect, test } from "vitest";
import { boundedCompressors, checkPages } from "./parquet-pages.ts";

/** Bytes of a number as thrift and the runs of parquet have it. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push(128 + (rest % 128));
  return [...bytes, rest];
}

/** Field by field: each as the next id with a 32-bit integer, its zigzag a doubling since none is negative. */
const int = (skipped: number, value: number) => [16 * (1 + skipped) + 5, ...varint(2 * value)];

/** A data page of the first version: its header, then its body. */
function page(
  body: readonly number[],
  { values = 3, size = body.length, stated = body.length, encoding = 0 }: Record<string, number> = {},
): Uint8Array {
  const header = [...int(0, values), ...int(0, encoding), ...int(0, 3), ...int(0, 3), 0];
  return Uint8Array.from([
    ...int(0, 0),
    ...int(0, size),
    ...int(0, stated),
    16 * 2 + 12,
    ...header,
    0,
    ...body,
  ]);
}

const metadata = {
  schema: [
    { name: "schema", num_children: 1 },
    { name: "text", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
  ],
} as unknown as FileMetaData;
const column = {
  path_in_schema: ["text"],
  codec: "UNCOMPRESSED",
  type: "BYTE_ARRAY",
} as unknown as ColumnMetaData;
const check = (bytes: Uint8Array) => () => checkPages(bytes, column, metadata);

/** Definition levels as one run of `count` times 1, with their length before them. */
const levels = (count: number) => {
  const run = [...varint(2 * count), 1];
  return [run.length, 0, 0, 0, ...run];
};
const texts = [1, 0, 0, 0, 97, 1, 0, 0, 0, 98, 1, 0, 0, 0, 99];

test("a page with true counts passes", () => {
  expect(check(page([...levels(3), ...texts]))).not.toThrow();
  const indices = [...levels(3), 2, ...varint(6), 1];
  expect(check(page(indices, { encoding: 8 }))).not.toThrow();
});

test("a run of a thousand million levels in a few bytes is refused before it is unrolled", () => {
  const start = performance.now();
  expect(check(page([...levels(10 ** 9), ...texts]))).toThrow("a run of 1000000000 values where 3 are left");
  expect(check(page([...levels(3), 2, ...varint(2 * 10 ** 9), 1], { encoding: 8 }))).toThrow(
    "a run of 1000000000 values where 3 are left",
  );
  expect(performance.now() - start).toBeLessThan(1000);
});

test.each<[string, Uint8Array, string]>([
  ["more values than a page can have", page(levels(3), { values: 10 ** 9 }), "1000000000 values"],
  ["more bytes than there are", page(levels(3), { stated: 10 ** 6 }), "bytes, expected at most"],
  ["a gigabyte after decompression", page(levels(3), { size: 2 ** 30 }), "1073741824 bytes"],
  ["levels longer than the page", page([200, 0, 0, 0, 6, 1]), "ends within its levels"],
  ["levels that end early", page([1, 0, 0, 0, 2, 1], { values: 3 }), "ends within its runs"],
  ["a run without an end", page([6, 0, 0, 0, 255, 255, 255, 255, 255, 255]), "a run without an end"],
  ["indices of 99 bits", page([...levels(3), 99, 6, 1], { encoding: 8 }), "indices of 99 bits"],
])("a page that says of itself %s is refused", (_name, bytes, expected) => {
  expect(check(bytes)).toThrow(expected);
});

test("pages that together say too much are refused", () => {
  const one = page(levels(4_000_000), { values: 4_000_000 });
  const many = Uint8Array.from({ length: one.length * 5 }, (_, i) => one[i % one.length]!);
  expect(check(many)).toThrow("more than 16777216 values");
});

test("an empty page is empty in every codec", () => {
  for (const codec of ["GZIP", "ZSTD", "LZ4", "LZ4_RAW"] as const)
    expect(boundedCompressors[codec]?.(new Uint8Array(1), 0)).toEqual(new Uint8Array());
});

test("no codec writes more bytes than stated", () => {
  for (const codec of ["SNAPPY", "GZIP", "ZSTD", "BROTLI", "LZ4", "LZ4_RAW"] as const) {
    expect(() => boundedCompressors[codec]?.(new Uint8Array(8), 2 ** 40)).toThrow("bytes, expected at most");
  }
});
