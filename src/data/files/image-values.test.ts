import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { oneProblem as one, oneRow, IMAGE_A as red, oneSummary as summary } from "../../testing/one-row.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const base64 = Buffer.from(red).toString("base64");
const asked = { question: "Colour?", answer: "red" };
const SEEN = ["Colour?", ["red"], [28]];
const percent = [...red].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const python = [...red]
  .map((byte) => (byte === 0x27 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : pythonByte(byte)))
  .join("");

function pythonByte(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
}

describe("an image", () => {
  test.each([
    ["a data URI of another type", `data:application/octet-stream;base64,${base64}`],
    ["a data URI without a type", `data:;base64,${base64}`],
    ["a data URI with parameters", `data:image/png;name=a b.png;charset=utf-8;base64,${base64}`],
    ["a data URI in capitals", `DATA:IMAGE/PNG;BASE64,${base64}`],
    ["a data URI with escapes", `data:image/png,${percent}`],
    ["Python's text of base64", `b'${base64}'`],
    ["Python's text of a struct", `{'bytes': b'${python}', 'path': None}`],
  ])("is read from %s", async (_name, image) => {
    expect(await summary({ ...asked, image })).toEqual(SEEN);
    expect(await summary({ ...asked, images: [image] })).toEqual(SEEN);
  });

  test("in base64 of another format is refused by its format, not as a path", async () => {
    const image = Buffer.from(`%PDF-1.7${"\0".repeat(300)}`).toString("base64");
    await expect(one({ ...asked, image })).rejects.toThrow("got another format (PDF)");
    const svg = "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'/>";
    await expect(one({ ...asked, image: svg })).rejects.toThrow("got another format (SVG)");
  });

  test("at a file URL is found with and without escapes", async () => {
    const path = oneRow({ ...asked, image: "a.png" });
    const folder = join(dirname(path), "in here");
    mkdirSync(folder);
    writeFileSync(join(folder, "a 1.png"), red);
    writeFileSync(join(folder, "b%201.png"), red);
    const url = pathToFileURL(join(folder, "a 1.png")).href;
    for (const image of [
      url,
      url.replace("file://", "file://localhost"),
      `file://${folder}/a 1.png`,
      `file://${folder}/b%201.png`,
    ]) {
      writeFileSync(path, JSON.stringify({ ...asked, image }));
      const source = await openFileSource(filesSchema.parse({ path }), "train");
      expect((await source.problem(0)).images).toHaveLength(1);
    }
  });
});

describe("a TSV", () => {
  async function images(rows: readonly (readonly string[])[]): Promise<number[]> {
    const path = join(temporaryDirectory(), "rows.tsv");
    writeFileSync(join(dirname(path), "a.png"), red);
    const lines = [["index", "image", "question", "answer"], ...rows].map((cells) => cells.join("\t"));
    writeFileSync(path, lines.join("\n"));
    const source = await openFileSource(filesSchema.parse({ path }), "train");
    const found: number[] = [];
    for (let i = 0; i < source.size; i++) found.push((await source.problem(i)).images.length);
    return found;
  }

  test("whose indices pandas wrote as floats follows them", async () => {
    const rows = [
      ["1.0", base64, "Q?", "x"],
      ["2.0", "1", "Q?", "x"],
      ["3.0", "1.0", "Q?", "x"],
    ];
    expect(await images(rows)).toEqual([1, 1, 1]);
  });

  test("may name files in place of base64", async () => {
    expect(await images([["1", "a.png", "Q?", "x"]])).toEqual([1]);
    const long = `${"folder-".repeat(12)}.png`;
    await expect(images([["1", long, "Q?", "x"]])).rejects.toThrow(`image "${long}": no such file`);
    await expect(images([["1", "9", "Q?", "x"]])).rejects.toThrow("neither base64 nor the index of a row");
    await expect(images([["1", "none.png", "Q?", "x"]])).rejects.toThrow('image "none.png": no such file');
  });
});

test("roles may be in capitals", async () => {
  const conversations = [
    { from: "Human", value: "<image>Colour?" },
    { from: "GPT", value: "red" },
  ];
  expect(await summary({ image: "a.png", conversations })).toEqual(["<image>Colour?", ["red"], [28]]);
});

test("a list of categories is one kind", async () => {
  expect((await one({ ...asked, category: ["maths", null, "area"] })).kind).toBe("maths, area");
});
