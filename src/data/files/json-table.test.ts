import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { smallProblems, writeJson, writeJsonl, writeParquet } from "../../testing/data-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { openFileSource } from "./file-source.ts";
import { JsonListScanner } from "./json-list-scanner.ts";
import { openJson } from "./json-table.ts";
import { filesSchema } from "./options.ts";

const problems = await smallProblems(5);
const open = (path: string, options: object = {}) =>
  openFileSource(filesSchema.parse({ path, ...options }), "train");

function written(text: string | Uint8Array): string {
  const path = join(temporaryDirectory(), "train.json");
  writeFileSync(path, text);
  return path;
}

/** The entries that a scanner finds, the text given in pieces of some length. */
function entries(text: string, length = text.length): { found: string[]; fault: string | undefined } {
  const bytes = new TextEncoder().encode(text);
  const found: string[] = [];
  const scanner = new JsonListScanner(({ start, end }) =>
    found.push(new TextDecoder().decode(bytes.subarray(start, end)).trim()),
  );
  for (let at = 0; at < bytes.length; at += length) scanner.push(bytes.subarray(at, at + length));
  return { found, fault: scanner.fault() };
}

describe("the entries of a list", () => {
  test("are found with any content, indented or not, in pieces of any length", () => {
    const list = fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(list, fc.constantFrom(0, 2), fc.integer({ min: 1, max: 9 }), (values, indent, length) => {
        const { found, fault } = entries(JSON.stringify(values, null, indent), length);
        expect(fault).toBeUndefined();
        expect(found.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  test("are as many as there are commas, empty entries too, so that a broken entry is counted", () => {
    expect(entries("[]").found).toEqual([]);
    expect(entries("[ \n ]").found).toEqual([]);
    expect(entries("[1,,2]").found).toEqual(["1", "", "2"]);
    expect(entries("[1,]").found).toEqual(["1", ""]);
    expect(entries('[{"a": "],[\\"}"}, }]').found).toEqual(['{"a": "],[\\"}"}', "}"]);
  });
});

describe("a JSON list", () => {
  test("gives the same problems as JSON lines of its entries", async () => {
    const [list, lines] = [await open(writeJson(problems)), await open(writeJsonl(problems))];
    expect([list.format, list.size]).toEqual(["json", 5]);
    for (const index of [4, 0, 2]) expect(await list.problem(index)).toEqual(await lines.problem(index));
  });

  test("names a broken row by its number and its line, and keeps the others", async () => {
    const row = { problem: "What?", answer: "7" };
    const list = JSON.stringify([row, { problem: "No answer?" }, row, [1], row], null, 1);
    const path = written(list.replace('"What?"', '"What?" "twice"'));
    const source = await open(path);
    expect(source.size).toBe(5);
    await expect(source.problem(0)).rejects.toThrow(`${path} row 1 (line 2): is no JSON`);
    await expect(source.problem(1)).rejects.toThrow(`${path} row 2 (line 6): answer: is missing`);
    await expect(source.problem(3)).rejects.toThrow("row 4 (line 13): expected a JSON object, got a list");
    expect((await source.problem(4)).answers[0]).toBe("7");
  });

  test("may begin with a byte order mark, and may be JSON lines under another name", async () => {
    const bytes = readFileSync(writeJson(problems));
    expect(
      (await open(written(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])), { images: "/" })).size,
    ).toBe(5);
    const marked = written(`\ufeff[${JSON.stringify({ problem: "é?", answer: "7" })}]`);
    expect((await (await open(marked)).problem(0)).question).toBe("é?");
    const lines = written(`${JSON.stringify({ problem: "Q", answer: "7" })}\n{broken\n`);
    const source = await open(lines);
    expect([source.format, source.size]).toEqual(["jsonl", 2]);
    await expect(source.problem(1)).rejects.toThrow(`${lines} line 2: is no JSON`);
  });

  test.each<[string, string, string]>([
    [
      "is cut off",
      '[{"problem": "a", "answer": "7"}, {"prob',
      "got the end of the file in row 2, begun at line 1,",
    ],
    ["leaves a quote open", '[{"problem": "a}, {}]', "got the end of the file in row 1"],
    ["continues after its end", "[{}] []", "expected nothing behind a list at line 1"],
    ["is no list", '"text"', "expected the beginning of a list at line 1"],
    ["is empty", "", "got the end of the file in row 1"],
  ])("that %s is refused", async (_name, text, expected) => {
    const path = written(text);
    await expect(open(path)).rejects.toThrow(`${path}: cannot be read as a JSON list: `);
    await expect(open(path)).rejects.toThrow(expected);
  });

  test("without entries has no rows", async () => {
    await expect(open(written("[]"))).rejects.toThrow("expected at least one row, got none");
  });

  test("of 60 MB with an entry of 50 MB is read in little memory, that entry not at all", async () => {
    const row = JSON.stringify({ problem: "x".repeat(1000), answer: "7" });
    const rows = Array.from({ length: 10_000 }, () => row).join(",\n");
    const path = written(`[${rows},\n{"problem": "${"y".repeat(50 * 2 ** 20)}"}, ${row}]`);
    const before = process.memoryUsage().rss;
    const table = await openJson(path, 32 * 2 ** 20);
    expect(table.size).toBe(10_002);
    await expect(table.row(10_000)).rejects.toThrow(
      /row 10001 \(line 10001\): expected at most 33554432 bytes/,
    );
    expect(await table.row(10_001)).toMatchObject({ answer: "7" });
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 2 ** 20);
  });

  test("beside tables in a directory describes them; alone it is the data", async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, "dataset_infos.json"), "{}");
    writeJson(problems, folder);
    expect((await open(folder)).format).toBe("json");
    writeParquet(problems, { folder });
    expect((await open(folder)).format).toBe("parquet");
    expect((await open(folder, { format: "json" })).format).toBe("json");
  });
});
