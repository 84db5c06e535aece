import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plainImage } from "../../testing/data-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { writeZip } from "../../testing/zip-files.ts";
import { openFileSource } from "./file-source.ts";
import { neededFiles } from "./needed-files.ts";
import { filesSchema } from "./options.ts";

function written(name: string, text: string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

const open = (path: string) => openFileSource(filesSchema.parse({ path }), "train");

async function rowsOf(path: string) {
  const source = await open(path);
  const all = await Promise.all(Array.from({ length: source.size }, (_, i) => source.problem(i)));
  return all.map(({ id, question, answers }) => [id, question, ...answers]);
}

const first = JSON.stringify({ id: "1", question: "One?", answer: "7" });
const second = JSON.stringify({ id: "2", question: "Two?", answer: "8" });
const csv = 'id,"question\nasked",answer,question,images\r\n1,x,7,One?,\r\n2,y,8,Two?,\r\n';

describe.each([
  ["without a byte order mark", ""],
  ["behind a byte order mark", "\ufeff"],
])("%s the rows are the same", (_name, mark) => {
  test.each([
    ["JSON lines", "train.jsonl", `${first}\n${second}\n`],
    ["JSON lines of Windows", "train.jsonl", `${first}\r\n${second}\r\n`],
    ["JSON lines that begin with a blank one", "train.jsonl", `\r\n${first}\n${second}`],
    ["lines in a .json file", "train.json", `${first}\n${second}`],
    ["a JSON list", "train.json", `[${first},\r\n${second}]`],
    ["CSV with line breaks in its header", "train.csv", csv],
    ["CSV whose first column is in quotes", "train.csv", csv.replace("id,", '"id",')],
    ["TSV", "train.tsv", csv.replaceAll(",", "\t")],
  ])("%s", async (_format, name, text) => {
    expect(await rowsOf(written(name, mark + text))).toEqual([
      ["1", "One?", "7"],
      ["2", "Two?", "8"],
    ]);
  });

  test("a first column in quotes that has a comma and a line break is one column", async () => {
    const path = written("train.csv", `${mark}"id, or\nname",question,answer,images\n1,One?,7,\n`);
    const source = await open(path);
    expect(source.columns).toEqual(["id, or\nname", "question", "answer", "images"]);
    expect(source.size).toBe(1);
    expect(source.place(0)).toBe(`${path} line 3`);
  });
});

describe("paths that programs on Windows wrote", () => {
  const row = JSON.stringify({ question: "?", answer: "7", image: "images\\a.png" });

  test("lead to files, in folders and in archives", async () => {
    const png = await plainImage(28, 40);
    const loose = written("train.jsonl", row);
    mkdirSync(join(loose, "..", "images"));
    writeFileSync(join(loose, "..", "images", "a.png"), png);
    const packed = written("train.jsonl", row);
    writeZip(join(packed, "..", "images.zip"), [{ name: "images/a.png", content: png }]);
    for (const path of [loose, packed]) {
      const { images } = await (await open(path)).problem(0);
      expect(images[0]?.data[0]).toBe(40);
    }
  });

  test("lead to files of a repository, and never out of the directory", async () => {
    const path = written("train.jsonl", row);
    const options = filesSchema.parse({ path: join(path, "..") });
    expect([...(await neededFiles(options, ["images/a.png", "b.png"]))]).toEqual(["images/a.png"]);
    const outside = written("train.jsonl", row.replace("images\\\\a.png", "..\\\\..\\\\a.png"));
    await expect((await open(outside)).problem(0)).rejects.toThrow("leads out of the image directory");
  });
});
