import { cpSync, mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DataError } from "../../errors/index.ts";
import { plainImage, smallProblems, writeParquet } from "../../testing/data-files.ts";
import { standInFfmpeg } from "../../testing/stand-in-ffmpeg.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { writeZip, type ZipMember } from "../../testing/zip-files.ts";
import { openFileSource } from "../files/file-source.ts";
import { filesSchema } from "../files/options.ts";

afterEach(() => vi.unstubAllEnvs());

const greys = [0, 40, 80, 120];
const pngs = await Promise.all(greys.map((grey) => plainImage(28, grey)));
const member = (name: string, shade = 0, more: Partial<ZipMember> = {}): ZipMember => ({
  name,
  content: pngs[shade]!,
  ...more,
});
const open = (path: string, options: object = {}) =>
  openFileSource(filesSchema.parse({ path, ...options }), "train");

/** A jsonl file whose rows name these images. */
function rowsOf(folder: string, ...images: readonly unknown[]): string {
  const path = join(folder, "train.jsonl");
  const lines = images.map((image) => JSON.stringify({ problem: "What?", answer: "7", image }));
  writeFileSync(path, lines.join("\n"));
  return path;
}

async function shade(path: string, index = 0, options: object = {}): Promise<number> {
  const { images } = await (await open(path, options)).problem(index);
  expect(images).toHaveLength(1);
  return greys.indexOf(images[0]!.data[0]!);
}

async function fault(path: string, index = 0, options: object = {}): Promise<string> {
  const source = await open(path, options);
  const error = await source.problem(index).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).toContain(`${source.place(index)}: image `);
  return (error as DataError).message;
}

describe("an image in an archive beside the rows", () => {
  test.each([
    ["as unzip would put it into the directory", "images/a.png", "images/a.png"],
    ["as unzip would put it into a folder of the archive's name", "a.png", "images/a.png"],
    ["where the archive has one folder more", "train2014/a.png", "a.png"],
    ["deep in folders", "images/x/y/a.png", "images/x/y/a.png"],
    ["by a path that goes round about", "images/a.png", "./images/../images/a.png"],
  ])("is read %s", async (_name, packed, named) => {
    const folder = temporaryDirectory();
    writeZip(join(folder, "images.zip"), [member(packed, 2)]);
    expect(await shade(rowsOf(folder, named))).toBe(2);
    expect(await shade(rowsOf(temporaryDirectory(), named), 0, { images: join(folder, "images.zip") })).toBe(
      2,
    );
  });

  test("is read with any bytes around it, packed or not, in 64 bits or in 32", async () => {
    const folder = temporaryDirectory();
    const others = Array.from({ length: 300 }, (_, i) => member(`images/${i}.png`, 1));
    const members = [
      member("images/", 0, { content: new Uint8Array() }),
      ...others,
      member("images/a.png", 2, { method: 0 }),
      member("images/b.png", 3),
      member("__MACOSX/images/._a.png", 1),
    ];
    for (const is64 of [false, true]) {
      writeZip(join(folder, "images.zip"), members, { is64 });
      const path = rowsOf(folder, "images/a.png", "images/b.png", "images/299.png");
      expect([await shade(path, 0), await shade(path, 1), await shade(path, 2)]).toEqual([2, 3, 1]);
    }
  });

  test("comes after one that lies unpacked", async () => {
    const folder = temporaryDirectory();
    writeZip(join(folder, "images.zip"), [member("images/a.png", 1), member("images/b.png", 1)]);
    mkdirSync(join(folder, "images"));
    writeFileSync(join(folder, "images", "a.png"), pngs[3]!);
    const path = rowsOf(folder, "images/a.png", "images/b.png");
    expect(await shade(path, 0)).toBe(3);
    expect(await shade(path, 1)).toBe(1);
  });

  test("is read from the one of several archives that has it, or from an archive on the way to it", async () => {
    const folder = temporaryDirectory();
    mkdirSync(join(folder, "images"));
    writeZip(join(folder, "one.zip"), [member("images/a.png", 1)]);
    writeZip(join(folder, "two.zip"), [member("images/b.png", 2)]);
    writeZip(join(folder, "images", "more.zip"), [member("c.png", 3), member("d.png", 0)]);
    const path = rowsOf(folder, "images/a.png", "images/b.png", "images/c.png");
    expect([await shade(path, 0), await shade(path, 1), await shade(path, 2)]).toEqual([1, 2, 3]);
  });

  test("is found from the directory of the data set where the rows are in data/", async () => {
    const folder = temporaryDirectory();
    mkdirSync(join(folder, "data"));
    mkdirSync(join(folder, "loose"));
    rowsOf(join(folder, "data"), "images/a.png", "loose/b.png");
    writeFileSync(join(folder, "loose", "b.png"), pngs[3]!);
    writeZip(join(folder, "images.zip"), [member("images/a.png", 1)]);
    expect([await shade(folder, 0), await shade(folder, 1)]).toEqual([1, 3]);
    expect(await shade(`./${relative(".", folder)}/`, 1)).toBe(3);
    await expect((await open(join(folder, "data"))).problem(0)).rejects.toThrow("no such file");
  });

  test("may have a name in any writing", async () => {
    const folder = temporaryDirectory();
    writeZip(join(folder, "images.zip"), [
      member("images/图 1.png", 1),
      member("images/図 2.png", 2, { flags: 0 }),
      member("", 3, {
        name: Buffer.concat([Buffer.from("images/"), Buffer.of(0x81), Buffer.from(".png")]),
        flags: 0,
      }),
      member("images\\c.png", 0, { flags: 0 }),
    ]);
    const path = rowsOf(folder, "images/图 1.png", "images/図 2.png", "images/ü.png", "images/c.png");
    expect(await Promise.all([0, 1, 2, 3].map((row) => shade(path, row)))).toEqual([1, 2, 3, 0]);
  });

  test("may have accents as one sign in the row and as two in the archive or on disk, or the other way round", async () => {
    const folder = temporaryDirectory();
    const [one, two] = ["NFC", "NFD"].map((form) => "images/é.png".normalize(form));
    for (const [packed, named] of [
      [one, two],
      [two, one],
    ]) {
      writeZip(join(folder, "images.zip"), [member(packed!, 2)]);
      expect(await shade(rowsOf(folder, named))).toBe(2);
      const loose = temporaryDirectory();
      mkdirSync(join(loose, "images"));
      writeFileSync(join(loose, packed!), pngs[3]!);
      expect(await shade(rowsOf(loose, named))).toBe(3);
    }
  });

  test("that two archives have is ambiguous, unless it is the same", async () => {
    const folder = temporaryDirectory();
    const path = rowsOf(folder, "images/a.png", "images/b.png");
    const [one, two] = ["one.zip", "two.zip"].map((name) => join(folder, name));
    writeZip(one!, [member("images/a.png", 1), member("images/b.png", 1)]);
    writeZip(two!, [member("images/a.png", 1), member("images/b.png", 2)]);
    expect(await shade(path, 0)).toBe(1);
    expect(await fault(path, 1)).toContain(
      `may be "images/b.png" in ${one} or "images/b.png" in ${two}: data.images names the directory or the archive`,
    );
    expect(await shade(path, 1, { images: two })).toBe(2);
    writeZip(one!, [member("one/x.png", 1), member("x.png", 2)]);
    writeZip(two!, []);
    expect(await fault(rowsOf(folder, "one/x.png"))).toContain('may be "one/x.png" in');
  });

  test("that nothing has is missing, and what was looked into is named", async () => {
    const folder = temporaryDirectory();
    const zip = writeZip(join(folder, "images.zip"), [member("images/a.png")]);
    const path = rowsOf(folder, "images/b.png", "../b.png", "/etc/passwd");
    expect(await fault(path)).toContain(
      `"images/b.png": no such file in the image directory ${folder} (data.images names another), nor in ${zip}`,
    );
    expect(await fault(path, 1)).toContain("leads out of the image directory");
    expect(await fault(path, 0, { images: zip })).toContain(`no such file in ${zip}`);
    for (const index of [1, 2])
      expect(await fault(path, index, { images: zip })).toContain(`leads out of the archive ${zip}`);
  });
});

describe("a video in an archive", () => {
  const clip = [3, 1, 2].map((shade, i) => member(`clip/${10 - i}.png`, shade));

  test("may be a folder of frames or a list of them", async () => {
    const folder = temporaryDirectory();
    writeZip(join(folder, "videos.zip"), [...clip, member("clip/notes.txt"), member("clip/more/1.png")]);
    const path = join(folder, "train.jsonl");
    const rows = ["clip", ["clip/10.png", "clip/8.png"], "none"];
    writeFileSync(path, rows.map((video) => JSON.stringify({ problem: "?", answer: "7", video })).join("\n"));
    const source = await open(path);
    const shades = async (row: number) =>
      (await source.problem(row)).videos?.map(({ frames }) =>
        frames.map(({ data }) => greys.indexOf(data[0]!)),
      );
    expect(await shades(0)).toEqual([[2, 1, 3]]);
    expect(await shades(1)).toEqual([[3, 2]]);
    await expect(source.problem(2)).rejects.toThrow(`line 3: video "none": no such file`);
    const inside = await open(path, { images: join(folder, "videos.zip") });
    expect((await inside.problem(0)).videos).toEqual((await source.problem(0)).videos);
    writeZip(join(folder, "other.zip"), clip);
    await expect((await open(path)).problem(0)).rejects.toThrow('video "clip": may be "clip" in');
  });

  test("may be a video, which ffmpeg reads", async () => {
    const folder = temporaryDirectory();
    standInFfmpeg(folder, "ffmpeg", { size: "28x28" });
    vi.stubEnv("PATH", `${folder}:${dirname(process.execPath)}`);
    const content = Buffer.from("a video");
    writeZip(join(folder, "videos.zip"), [{ name: "clips/1.mp4", content }]);
    const path = join(folder, "train.jsonl");
    writeFileSync(path, JSON.stringify({ problem: "What?", answer: "7", video: "clips/1.mp4" }));
    const { videos = [] } = await (await open(path)).problem(0);
    expect(videos).toHaveLength(1);
    expect(videos[0]!.frames.length).toBeGreaterThan(1);
  });
});

describe("data.images", () => {
  test("is a directory or a zip archive, and nothing else", async () => {
    const folder = temporaryDirectory();
    const tar = join(folder, "images.tar.gz");
    writeFileSync(tar, "tar");
    await expect(open(rowsOf(folder, "a.png"), { images: tar })).rejects.toThrow(
      `data.images: expected a directory or a .zip archive, got ${tar}: unpack it (unzip, tar -xf) and name the directory`,
    );
    const path = rowsOf(folder, "a.png");
    await expect(open(path, { images: path })).rejects.toThrow(/\.zip archive, got .*train\.jsonl$/);
  });
});

describe("links", () => {
  test("lead to an archive in the directory, not out of it", async () => {
    const [folder, outside] = [temporaryDirectory(), temporaryDirectory()];
    const zip = writeZip(join(outside, "all.zip"), [member("images/a.png", 1)]);
    symlinkSync(zip, join(folder, "images.zip"));
    const path = rowsOf(folder, "images/a.png");
    expect(await fault(path)).toContain("images.zip: is a link out of the image directory");
    renameSync(zip, join(folder, "images.zip"));
    expect(await shade(path)).toBe(1);
  });

  test("of the hub's cache lead to the blobs of the same data set", async () => {
    const cache = temporaryDirectory();
    const home = join(cache, "datasets--org--sums");
    const snapshot = join(home, "snapshots", "0123456789abcdef0123456789abcdef01234567");
    mkdirSync(join(home, "blobs"), { recursive: true });
    mkdirSync(snapshot, { recursive: true });
    writeZip(join(home, "blobs", "aa"), [member("images/a.png", 1)]);
    writeFileSync(join(home, "blobs", "bb"), pngs[2]!);
    writeFileSync(join(cache, "secret"), pngs[2]!);
    symlinkSync("../../blobs/aa", join(snapshot, "images.zip"));
    symlinkSync("../../blobs/bb", join(snapshot, "b.png"));
    symlinkSync("../../../secret", join(snapshot, "c.png"));
    const path = rowsOf(snapshot, "images/a.png", "b.png", "c.png");
    expect([await shade(path, 0), await shade(path, 1)]).toEqual([1, 2]);
    expect(await fault(path, 2)).toContain("is a link out of the image directory");
  });
});

describe("the fingerprint", () => {
  const print = async (path: string, options: object = {}) => (await open(path, options)).fingerprint;

  test("counts what the archive holds: neither its place nor its age", async () => {
    const folder = temporaryDirectory();
    const zip = join(folder, "images.zip");
    const members = [member("images/a.png", 1), member("images/b.png", 2)];
    writeZip(zip, members);
    const path = rowsOf(folder, "images/a.png", "images/b.png");
    const before = await print(path);
    expect(before).toMatch(/^files format=jsonl rows=2 shard=0\/1 content=[0-9a-f]{64}$/);
    const copy = temporaryDirectory();
    cpSync(folder, copy, { recursive: true });
    utimesSync(join(copy, "images.zip"), 1, 1);
    expect(await print(join(copy, "train.jsonl"))).toBe(before);
    expect(await print(path, { images: zip })).toBe(before);
    writeZip(zip, [members[0]!, member("images/b.png", 3)]);
    expect(await print(path)).not.toBe(before);
  });

  test("takes no notice of an archive that the rows do not need", async () => {
    const folder = temporaryDirectory();
    const path = writeParquet(await smallProblems(2), { folder });
    const before = await print(path);
    writeZip(join(folder, "results.zip"), [member("images/a.png", 1)]);
    expect(await print(path)).toBe(before);
  });
});
