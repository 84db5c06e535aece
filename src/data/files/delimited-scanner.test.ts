import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DelimitedScanner, type FoundRecord } from "./delimited-scanner.ts";

function scan(text: string, { pieces = 1, noted = -1 } = {}): FoundRecord[] {
  const bytes = new TextEncoder().encode(text);
  const found: FoundRecord[] = [];
  const scanner = new DelimitedScanner("\t", (record) => found.push(record));
  scanner.notedColumn = noted;
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  scanner.end();
  return found;
}

const slices = (text: string, records: readonly FoundRecord[]) => {
  const bytes = new TextEncoder().encode(text);
  return records.map(({ start, end }) => new TextDecoder().decode(bytes.subarray(start, end)));
};

test("records end at newlines, but not at those within quotes", () => {
  const text = 'a\tb\r\n"one\ntwo ""x"""\t3\n\nlast\t4';
  const records = scan(text, { noted: 0 });
  expect(slices(text, records)).toEqual(["a\tb", '"one\ntwo ""x"""\t3', "last\t4"]);
  expect(records.map(({ line }) => line)).toEqual([1, 2, 5]);
  expect(records.map(({ noted }) => noted)).toEqual(["a", 'one\ntwo "x"', "last"]);
});

test("a quote in the midst of a field is a quote, and one left open reaches to the end", () => {
  const text = 'a"b\t5" tall\nc\t"open\nand on';
  expect(slices(text, scan(text))).toEqual(['a"b\t5" tall', 'c\t"open\nand on']);
});

test("a field longer than an index is not noted", () => {
  const [first, second] = scan(`${"x".repeat(64)}\t1\n${"x".repeat(65)}\t2\n`, { noted: 0 });
  expect(first?.noted).toBe("x".repeat(64));
  expect(second?.noted).toBeUndefined();
});

const cell = fc.string({
  unit: fc.constantFrom("a", "7", '"', "\t", "\n", "\r\n", ",", "é", " "),
  maxLength: 6,
});

/** As pandas writes a field. */
const written = (text: string) => (/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test("any table that is written comes back, however it is cut into pieces", () => {
  const tables = fc.array(fc.tuple(fc.constantFrom("x", "y"), cell, cell), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(tables, fc.integer({ min: 1, max: 40 }), (rows, pieces) => {
      const text = rows.map((fields) => fields.map(written).join("\t")).join("\n");
      const records = slices(text, scan(text, { pieces }));
      const parsed = records.map((record) => parse(record, { delimiter: "\t", record_delimiter: ["\n"] }));
      expect(parsed).toEqual(rows.map((fields) => [[...fields]]));
    }),
  );
});
