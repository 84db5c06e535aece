import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { type FoundLine, type ReadLimits, readLines } from "./line-reader.ts";

const path = join(temporaryDirectory(), "lines");
const WIDE: ReadLimits = { maxBytes: 1 << 20, maxLineBytes: 1 << 20 };

/** All lines, by as many calls as it takes. */
async function all(limits: ReadLimits): Promise<{ lines: FoundLine[]; calls: number }> {
  const lines: FoundLine[] = [];
  let calls = 0;
  for (let from = 0, isEnd = false; !isEnd; calls++) {
    const end = await readLines(path, from, limits, (line) => lines.push(line) > 0);
    isEnd = end.isEnd;
    from = end.next;
  }
  return { lines, calls };
}

test("finds every whole line with its byte offset, however little is read at a time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => !text.includes("\n"))),
      fc.integer({ min: 1, max: 200 }),
      async (texts, maxBytes) => {
        writeFileSync(path, `${texts.map((text) => `${text}\n`).join("")}not ended`);
        let at = 0;
        const expected = texts.map((text) => {
          const line = { at, text: Buffer.from(text).toString("utf8") };
          at += Buffer.byteLength(text) + 1;
          return line;
        });
        expect((await all({ maxBytes, maxLineBytes: 1 << 20 })).lines).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("a line longer than the limit is reported without its text, and later lines are whole", async () => {
  writeFileSync(path, `short\n${"x".repeat(600_000)}\nlast\n`);
  const { lines } = await all({ maxBytes: 1 << 20, maxLineBytes: 1000 });
  expect(lines.map(({ text }) => text)).toEqual(["short", undefined, "last"]);
});

test("lines that span the pieces in which a file is read are whole", async () => {
  const long = "é".repeat(400_000);
  writeFileSync(path, `a\n${long}\nb\n`);
  expect((await all(WIDE)).lines.map(({ text }) => text?.length)).toEqual([1, 400_000, 1]);
});

test("stops where asked to and continues from there", async () => {
  writeFileSync(path, "one\ntwo\nthree\n");
  const first = await readLines(path, 0, WIDE, ({ text }) => text !== "two");
  expect(first).toEqual({ next: 8, isEnd: false, size: 14 });
});

test("an empty file has no lines", async () => {
  writeFileSync(path, "");
  expect(await all(WIDE)).toEqual({ lines: [], calls: 1 });
});
