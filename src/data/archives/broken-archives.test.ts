import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { plainImage } from "../../testing/data-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { writeZip, type ZipMember, type ZipOptions, zipBytes } from "../../testing/zip-files.ts";
import { openFileSource } from "../files/file-source.ts";
import { filesSchema } from "../files/options.ts";

const content = await plainImage(28, 40);
const GOOD: ZipMember = { name: "images/good.png", content };
const open = (path: string) => openFileSource(filesSchema.parse({ path }), "train");

/** A row that names images/bad.png and one that names images/good.png, and beside them this archive. */
function dataset(zip: Uint8Array): string {
  const folder = temporaryDirectory();
  const rows = ["bad", "good"].map((name) => ({ problem: "?", answer: "7", image: `images/${name}.png` }));
  writeFileSync(join(folder, "images.zip"), zip);
  const path = join(folder, "train.jsonl");
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join("\n"));
  return path;
}

async function fault(path: string, row = 0): Promise<string> {
  const error = await (await open(path)).problem(row).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).toContain(`${path} line ${row + 1}: image "images/`);
  return (error as DataError).message;
}

describe("a file of an archive", () => {
  const bad = (more: Partial<ZipMember>): ZipMember => ({ name: "images/bad.png", content, ...more });

  test.each<[string, readonly ZipMember[], string]>([
    ["is encrypted", [bad({ flags: 0x801, method: 8 })], "is encrypted"],
    ["is a link", [bad({ mode: 0o120777 })], "is a link"],
    [
      "is packed in an unusual way",
      [bad({ method: 12 })],
      "is packed by method 12, expected none or deflate",
    ],
    ["is empty", [bad({ content: new Uint8Array() })], "is empty"],
    ["occurs twice", [bad({}), bad({ content: Buffer.from("other") })], "more than once"],
    ["is larger than promised", [bad({ bytes: 10 })], "has more than the 10 bytes promised"],
    ["is smaller than promised", [bad({ bytes: 9999 })], `expected 9999 bytes, got ${content.length}`],
    ["promises gigabytes", [bad({ bytes: 2 ** 31 })], "expected at most 268435456 bytes, got 2147483648"],
    ["has another checksum", [bad({ crc: 1 })], "its checksum is wrong"],
    ["is no image", [bad({ content: Buffer.from("no image at all") })], "cannot be read as an image"],
    [
      "is half an image",
      [bad({ content: content.subarray(0, content.length / 2) })],
      "cannot be read as an image",
    ],
  ])("that %s makes its row broken, and no other", async (_name, members, expected) => {
    const path = dataset(zipBytes([GOOD, ...members]));
    expect(await fault(path)).toContain(expected);
    expect((await (await open(path)).problem(1)).images).toHaveLength(1);
  });

  test("that is broken in its own bytes is named", async () => {
    const whole = zipBytes([bad({ name: "images/bad.png" }), GOOD]);
    const header = Buffer.from(whole);
    header[0] = 0;
    expect(await fault(dataset(header))).toContain("its header is broken");
    const packed = Buffer.from(whole);
    packed.fill(0xff, 50, 60);
    expect(await fault(dataset(packed))).toMatch(/cannot be unpacked: (invalid|its checksum)/);
  });

  test("that unpacks to 256 MiB stops at what it promises, in little memory", async () => {
    const zeros = Buffer.alloc(2 ** 28);
    const path = dataset(zipBytes([bad({ content: zeros, bytes: 1000 }), GOOD]));
    const before = process.memoryUsage().rss;
    expect(await fault(path)).toContain("has more than the 1000 bytes promised");
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 2 ** 20);
  });
});

describe("an archive", () => {
  const withEnd = (options: ZipOptions) => zipBytes([GOOD], options);

  test.each<[string, Uint8Array, string]>([
    ["is not a zip archive", Buffer.from("PK and no more"), "cannot be read as a zip archive"],
    ["is empty", Buffer.alloc(0), "cannot be read as a zip archive"],
    ["is cut off", zipBytes([GOOD]).subarray(0, -30), "cannot be read as a zip archive"],
    ["lacks its beginning", zipBytes([GOOD, GOOD]).subarray(50), "cannot be read as a zip archive"],
    ["is one part of several", withEnd({ disk: 1 }), "multi-disk zip files are not supported"],
    ["promises more files than it has", withEnd({ count: 3 }), "cannot be read as a zip archive"],
    ["promises more than it can hold", withEnd({ count: 60_000 }), "says that it has 60000 files"],
    ["promises billions", withEnd({ is64: true, count: 2 ** 40 }), "expected at most 1048576 files"],
    ["leads upwards", zipBytes([GOOD, { name: "../../evil.png", content }]), "invalid relative path"],
    ["leads to the root", zipBytes([GOOD, { name: "/etc/evil.png", content }]), "absolute path"],
  ])("that %s is refused in every row that needs it", async (_name, zip, expected) => {
    const path = dataset(zip);
    for (const row of [0, 1]) expect(await fault(path, row)).toContain(expected);
    expect(await fault(path)).toContain(`${join(path, "..", "images.zip")}: `);
  });

  test("that is broken hinders no other one", async () => {
    const path = dataset(Buffer.from("PK"));
    writeZip(join(path, "..", "more.zip"), [GOOD]);
    expect((await (await open(path)).problem(1)).images).toHaveLength(1);
    expect(await fault(path, 0)).toContain("images.zip: cannot be read as a zip archive");
  });

  test("that changes after it was opened is noticed", async () => {
    const path = dataset(zipBytes([GOOD]));
    const zip = join(path, "..", "images.zip");
    const source = await open(path);
    expect((await source.problem(1)).images).toHaveLength(1);
    writeFileSync(zip, readFileSync(zip));
    utimesSync(zip, 1, 1);
    await expect(source.problem(1)).rejects.toThrow("was changed after it was opened");
  });

  test.each(["images.tar.gz", "images.7z", "images.zip.001", "images.z01", "images.tar.gz.part-aa"])(
    "%s is to be unpacked first",
    async (name) => {
      const path = dataset(zipBytes([]));
      writeFileSync(join(path, "..", name), "packed");
      const hint = /01$|aa$/.test(name) ? "join its parts and unpack it" : "unpack it (unzip, tar -xf)";
      expect(await fault(path)).toContain(`; ${name} lies there packed: ${hint}`);
    },
  );
});
