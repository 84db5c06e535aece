import { appendFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { plainImage, smallProblems, writeJsonl, writeParquet, writeTsv } from "../../testing/data-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const problems = await smallProblems(6);
const png = await plainImage(28, 0);
const open = (path: string, options: object = {}) =>
  openFileSource(filesSchema.parse({ path, ...options }), "train");

/** A jsonl file of these rows, beside a folder images/ with one image. */
function jsonl(...rows: readonly (object | string)[]): string {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, "images"));
  writeFileSync(join(folder, "images", "good.png"), png);
  const path = join(folder, "train.jsonl");
  const lines = rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row)));
  writeFileSync(path, lines.join("\n"));
  return path;
}

const row = (over: object = {}) => ({ problem: "How many?", answer: "7", image: "images/good.png", ...over });

async function fault(path: string, index = 0, options: object = {}): Promise<string> {
  const source = await open(path, options);
  const error = await source.problem(index).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).toContain(source.place(index));
  return message;
}

describe("a broken line of jsonl", () => {
  test.each<[string, string, string]>([
    ["is no JSON", '{"problem": "How', "is no JSON"],
    ["is a list", "[1, 2]", "expected a JSON object, got a list"],
    ["is null", "null", "expected a JSON object, got null"],
    [
      "has no question",
      '{"answer": "7", "id": 1}',
      "question: is missing; the row has answer, id (data.columns.question names its column)",
    ],
    ["has no answer", '{"problem": "How many?"}', "answer: is missing"],
    [
      "has an empty answer in marks",
      '{"problem": "How many?", "answer": "<answer> </answer>"}',
      "answer: is missing",
    ],
    ["asks by a list", '{"problem": ["a", "b"], "answer": "7"}', "question: expected a text, got a list"],
    ["has a place without an image", '{"problem": "<image>?", "answer": "7"}', "1 places <image>, got 0"],
    ["has an invalid conversation", '{"conversations": 7, "answer": "7"}', "expected a list of turns"],
    ["has a number as image", '{"problem": "?", "answer": "7", "image": 7}', "got a number"],
    ["only inherits an answer", '{"__proto__": {"answer": "7"}, "problem": "?"}', "answer: is missing"],
    ["names an image that the text has not", '{"problem": "<image 2>?", "answer": "7"}', "names image 2"],
  ])("that %s is named by its number", async (_name, line, expected) => {
    const path = jsonl(row(), "", line, row());
    expect(await fault(path, 1)).toContain(expected);
    const source = await open(path);
    expect(source.place(1)).toBe(`${path} line 3`);
    expect(source.size).toBe(3);
    expect((await source.problem(2)).answers[0]).toBe("7");
  });

  test("that has 50 MB is broken without being read", async () => {
    const path = jsonl(row());
    appendFileSync(path, `\n{"problem": "${"x".repeat(50 * 2 ** 20)}"}\n${JSON.stringify(row())}\n`);
    const source = await open(path);
    expect(source.size).toBe(3);
    const before = process.memoryUsage().rss;
    expect(await fault(path, 1)).toMatch(/expected at most 33554432 bytes, got 524288\d\d/);
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * 2 ** 20);
    expect((await source.problem(2)).answers[0]).toBe("7");
  });

  test("that is no UTF-8 is named", async () => {
    const path = jsonl(row());
    appendFileSync(path, Uint8Array.of(0x0a, 0x7b, 0xff, 0xfe, 0x7d));
    expect(await fault(path, 1)).toContain("is no UTF-8 text");
  });
});

describe("an image at a path", () => {
  test.each([
    ["leads upwards", "../../etc/passwd"],
    ["leads upwards within", "images/../../secret.png"],
    ["is absolute", "/etc/passwd"],
  ])("that %s is refused", async (_name, image) => {
    expect(await fault(jsonl(row({ image })))).toContain("leads out of the image directory");
  });

  test.each([
    ["is missing", "images/none.png", "no such file"],
    ["is a folder", "images", "expected a file"],
    ["has a zero byte", "images/a\0b.png", "is no path"],
    ["is very long", "x".repeat(5000), "x"],
  ])("that %s is refused", async (_name, image, expected) => {
    expect(await fault(jsonl(row({ image })))).toContain(expected);
  });

  test("may be absolute within the image directory that is given", async () => {
    const path = jsonl(row());
    const root = join(path, "..");
    const whole = jsonl(row({ image: join(root, "images/good.png") }));
    expect((await (await open(whole, { images: root })).problem(0)).images).toHaveLength(1);
  });

  test("that is a link out of the directory, or one of links in a circle, is refused", async () => {
    const outside = join(temporaryDirectory(), "secret.png");
    writeFileSync(outside, png);
    const path = jsonl(row({ image: "images/out.png" }), row({ image: "images/a.png" }), row());
    const folder = join(path, "..", "images");
    symlinkSync(outside, join(folder, "out.png"));
    symlinkSync(join(folder, "b.png"), join(folder, "a.png"));
    symlinkSync(join(folder, "a.png"), join(folder, "b.png"));
    symlinkSync(join(folder, "good.png"), join(folder, "in.png"));
    expect(await fault(path, 0)).toContain("is a link out of the image directory");
    expect(await fault(path, 1)).toContain("its links go in a circle");
  });

  test("that is a link within the directory is read", async () => {
    const path = jsonl(row({ image: "images/in.png" }));
    symlinkSync("good.png", join(path, "..", "images", "in.png"));
    expect((await (await open(path)).problem(0)).images).toHaveLength(1);
  });

  test("that is empty, truncated, no image or a strip is refused", async () => {
    const images = ["empty.png", "cut.png", "text.png", "strip.png"];
    const path = jsonl(...images.map((name) => row({ image: `images/${name}` })));
    const folder = join(path, "..", "images");
    const { default: sharp } = await import("sharp");
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 31) % 251);
    const photo = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toBuffer();
    const create = { width: 900, height: 2, channels: 3 as const, background: "red" };
    const contents = [
      new Uint8Array(),
      photo.subarray(0, photo.length / 2),
      Buffer.from("not an image at all"),
      await sharp({ create }).png().toBuffer(),
    ];
    images.forEach((name, i) => {
      writeFileSync(join(folder, name), contents[i]!);
    });
    expect(await fault(path, 0)).toContain("is empty");
    expect(await fault(path, 1)).toContain("cannot be read as an image");
    expect(await fault(path, 2)).toContain("cannot be read as an image");
    expect(await fault(path, 3)).toContain("aspect ratio");
  });

  test("that has more pixels than allowed is refused before it is decoded", async () => {
    const { default: sharp } = await import("sharp");
    const path = jsonl(row({ image: "images/bomb.png" }));
    const create = { width: 9000, height: 9000, channels: 3 as const, background: "red" };
    writeFileSync(join(path, "..", "images", "bomb.png"), await sharp({ create }).png().toBuffer());
    const before = process.memoryUsage().rss;
    expect(await fault(path, 0, { maxImagePixels: 1_000_000 })).toMatch(/pixel/i);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });
});

describe("a TSV", () => {
  const tsv = (...lines: readonly string[]) => {
    const path = join(temporaryDirectory(), "train.tsv");
    writeFileSync(path, ["index\timage\tquestion\tanswer", ...lines].join("\n"));
    return path;
  };
  const base64 = Buffer.from(png).toString("base64");

  test("whose image refers to itself, in one step or in three, is broken", async () => {
    const path = tsv("1\t1\tQ\t7", "2\t3\tQ\t7", "3\t4\tQ\t7", "4\t2\tQ\t7", `5\t${base64}\tQ\t7`);
    expect(await fault(path, 0)).toContain("image: refers to itself, by way of the rows 1");
    expect(await fault(path, 1)).toContain("by way of the rows 3, 4, 2");
    expect((await (await open(path)).problem(4)).images).toHaveLength(1);
  });

  test("whose lists of rows refer to each other is broken and does not loop forever", async () => {
    expect(await fault(tsv("1\t['1', '1']\tQ\t7"))).toContain("has a list of rows");
  });

  test("follows an index to a row that has it from another", async () => {
    const path = tsv("1\t2\tQ\t7", "2\t3\tQ\t7", `3\t${base64}\tQ\t7`, "4\t['3', '1']\tQ\t7");
    const source = await open(path);
    expect((await source.problem(0)).images).toHaveLength(1);
    expect((await source.problem(3)).images).toHaveLength(2);
  });

  test.each<[string, string, string]>([
    ["names no row", "1\tnine\tQ\t7", 'neither base64 nor the index of a row: "nine"'],
    ["is no base64", `1\t${"?".repeat(80)}\tQ\t7`, 'expected base64, got "????'],
    ["is base64 of no image", `1\t${"QUJD".repeat(40)}\tQ\t7`, "cannot be read as an image"],
    ["has a field too few", "1\tQ\t7", "expected 4 fields, got 3"],
    ["leaves its quote open", `1\t"${base64}\tQ\t7`, "line 2"],
  ])("row whose image %s is named by its line", async (_name, line, expected) => {
    const message = await fault(tsv(line, `2\t${base64}\tQ\t7`));
    expect(message).toContain(expected);
    expect(message).toContain("line 2");
  });

  test("whose header lacks a column or has one twice is refused", async () => {
    const path = join(temporaryDirectory(), "train.tsv");
    writeFileSync(path, "index\timage\tanswer\n1\tx\t7\n");
    await expect(open(path)).rejects.toThrow('has no column for the question: expected one of "question"');
    writeFileSync(path, "index\timage\tquestion\tquestion\tanswer\n");
    await expect(open(path)).rejects.toThrow('the column "question" occurs twice');
  });
});

describe("a parquet file", () => {
  test("without a column says which, and what there is", async () => {
    const path = join(temporaryDirectory(), "train.parquet");
    const columnData = [
      { name: "problem", data: ["Q"] },
      { name: "images", data: ["x"] },
    ];
    writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })));
    await expect(open(path)).rejects.toThrow(
      `${path}: has no column for the answer: expected one of "answer", "ground_truth", "correct_answer", `,
    );
    await expect(open(path)).rejects.toThrow("got problem, images (data.columns.answer names another)");
    await expect(open(path, { columns: { answer: "reply" } })).rejects.toThrow('expected "reply"');
  });

  test("that was cut off anywhere is refused with its name", async () => {
    const whole = readFileSync(writeParquet(problems));
    const path = join(temporaryDirectory(), "train.parquet");
    for (const length of [0, 3, 8, 100, whole.length >> 1, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(open(path)).rejects.toThrow(DataError);
      await expect(open(path)).rejects.toThrow(`${path}: cannot be read as parquet`);
    }
  });

  test("with a broken row group keeps the others", async () => {
    const path = writeParquet(problems);
    const bytes = readFileSync(path);
    const second = (await open(path)).size - 1;
    bytes.fill(0xff, 4, 40);
    writeFileSync(path, bytes);
    expect(await fault(path, 1)).toContain(`${path} row 2: cannot be read as parquet`);
    expect((await (await open(path)).problem(second)).answers[0]).toBe("9");
  });
});

describe("a file", () => {
  test("that changes while it is read is noticed", async () => {
    const path = writeJsonl(problems);
    const source = await open(path);
    truncateSync(path, 100);
    await expect(source.problem(3)).rejects.toThrow("was changed after it was opened");
  });

  test.each([
    ["is missing", "/nowhere/train.jsonl", "no such file or directory"],
    ["never ends", "/dev/zero", "expected a name that ends in"],
    ["has another ending", import.meta.filename, "expected a name that ends in"],
  ])("that %s is refused", async (_name, path, expected) => {
    await expect(open(path)).rejects.toThrow(expected);
  });

  test("that is a device is rejected, for any stated format", async () => {
    await expect(open("/dev/zero", { format: "jsonl" })).rejects.toThrow(
      "expected a file, got something else",
    );
  });

  test("without rows is refused", async () => {
    await expect(open(jsonl())).rejects.toThrow("expected at least one row, got none");
    await expect(open(writeTsv([]))).rejects.toThrow("expected at least one row, got none");
    await expect(open(writeParquet([]))).rejects.toThrow("expected at least one row, got none");
    const empty = join(temporaryDirectory(), "train.tsv");
    writeFileSync(empty, "");
    await expect(open(empty)).rejects.toThrow("expected a header, got an empty file");
  });

  test("in a directory without any, or with two formats, is not guessed", async () => {
    const folder = temporaryDirectory();
    await expect(open(folder)).rejects.toThrow("expected files that end in .jsonl");
    writeJsonl(problems, folder);
    writeTsv(problems, folder);
    await expect(open(folder)).rejects.toThrow("jsonl and tsv; data.format chooses one");
    expect((await open(folder, { format: "tsv" })).format).toBe("tsv");
  });
});
