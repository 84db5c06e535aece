import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { FileWindow } from "./file-window.ts";
import { openJsonl } from "./jsonl-table.ts";
import { regularFile } from "./regular-file.ts";

const SIZE = 100;
const content = Uint8Array.from({ length: SIZE }, (_, i) => i);

function written(name: string, bytes: Uint8Array | string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, bytes);
  return path;
}

test("parts in any order hold the file's bytes, for every size of the window", async () => {
  const file = await regularFile(written("bytes.bin", content));
  const part = fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map((ends) => ends.sort((a, b) => a - b));
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      async (parts, room) => {
        const [inTurn, atOnce] = [new FileWindow(file, room), new FileWindow(file, room)];
        const expected = parts.map(([start, end]) => content.slice(start, end));
        for (const [i, [start, end]] of parts.entries()) {
          expect(Uint8Array.from(await inTurn.bytes(start, end))).toEqual(expected[i]);
        }
        const found = await Promise.all(parts.map(([start, end]) => atOnce.bytes(start, end)));
        expect(found.map((bytes) => Uint8Array.from(bytes))).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("a part is held after its neighbour was read, except a part that is longer than the window", async () => {
  const window = new FileWindow(await regularFile(written("bytes.bin", content)), 20);
  await window.bytes(10, 12);
  expect([window.holds(12, 30), window.holds(12, 31), window.holds(9, 12)]).toEqual([true, false, false]);
  await window.bytes(40, 90);
  expect([window.holds(12, 30), window.holds(40, 90)]).toEqual([true, false]);
});

test("a row of a file that changed is refused, also where the row before it brought it along", async () => {
  const path = written("rows.jsonl", '{"a":1}\n{"a":2}\n');
  const table = await openJsonl(path, 100);
  expect(await table.row(0)).toEqual({ a: 1 });
  expect(await table.row(1)).toEqual({ a: 2 });
  utimesSync(path, 1, 1);
  await expect(table.row(1)).rejects.toThrow("was changed after it was opened");
});
