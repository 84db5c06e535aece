import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plainImage } from "../../testing/data-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { writeZip } from "../../testing/zip-files.ts";
import { openFileSource } from "./file-source.ts";
import { neededFiles } from "./needed-files.ts";
import { filesSchema } from "./options.ts";

const png = await plainImage(28, 40);
const inRow = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;

function folderOf(...images: readonly unknown[]): string {
  const folder = temporaryDirectory();
  const lines = images.map((image) => JSON.stringify({ problem: "What?", answer: "7", image }));
  writeFileSync(join(folder, "train.jsonl"), lines.join("\n"));
  return folder;
}

const needed = async (folder: string, ...listed: readonly string[]) =>
  [...(await neededFiles(filesSchema.parse({ path: folder }), listed))].sort();

test.each([
  ["is in the row itself", inRow],
  ["is at a URL", "https://example.org/x.png"],
  ["is the bytes of a struct", { bytes: Buffer.from(png).toString("base64") }],
])("an image that %s does not end the search for files of later rows", async (_name, first) => {
  const folder = folderOf(first, "images/a.png", [first, "images/b.png"]);
  const listed = ["images/a.png", "images/b.png", "images/c.png"];
  expect(await needed(folder, ...listed)).toEqual(["images/a.png", "images/b.png"]);
});

test("a file in place of another row's index is needed", async () => {
  const folder = temporaryDirectory();
  const rows = ["index\tquestion\tanswer\timage", "1\tWhat?\t7\ta.png", "2\tWhat?\t7\t1"];
  writeFileSync(join(folder, "train.tsv"), rows.join("\n"));
  expect(await needed(folder, "a.png", "b.png")).toEqual(["a.png"]);
});

test("the fingerprint is of the archive that a later row names", async () => {
  const folder = folderOf(inRow, "images/a.png");
  const print = async () => (await openFileSource(filesSchema.parse({ path: folder }), "train")).fingerprint;
  const empty = await print();
  mkdirSync(join(folder, "other"));
  writeZip(join(folder, "images.zip"), [{ name: "images/a.png", content: png }]);
  expect(await print()).not.toBe(empty);
});
