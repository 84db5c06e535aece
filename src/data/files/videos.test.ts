import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DataError } from "../../errors/index.ts";
import { plainImage } from "../../testing/data-files.ts";
import { standInFfmpeg } from "../../testing/stand-in-ffmpeg.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { writeFrames, writeVideoJsonl } from "../../testing/video-files.ts";
import type { Problem } from "../problem.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

afterEach(() => vi.unstubAllEnvs());

const png = await plainImage(28, 200);
const open = (path: string, options: object = {}) =>
  openFileSource(filesSchema.parse({ path, ...options }), "train");

/**
 * A folder with twelve frames in `clip/`, a video `video.mp4` and a picture `good.png`, and these rows in
 * train.jsonl.
 */
async function rows(...each: readonly object[]): Promise<string> {
  const folder = temporaryDirectory();
  await writeFrames(join(folder, "clip"), 12);
  writeFileSync(join(folder, "clip", "notes.txt"), "no frame");
  writeFileSync(join(folder, "video.mp4"), "a video");
  writeFileSync(join(folder, "good.png"), png);
  const path = join(folder, "train.jsonl");
  writeFileSync(
    path,
    each.map((row) => JSON.stringify({ problem: "What?", answer: "7", ...row })).join("\n"),
  );
  return path;
}

const first = async (row: object, options: object = {}): Promise<Problem> =>
  (await open(await rows(row), options)).problem(0);
const greys = ({ videos = [] }: Problem): number[][] =>
  videos.map(({ frames }) => frames.map(({ data }) => data[0]! / 10));
const twelve = Array.from({ length: 12 }, (_, i) => i + 1);

/** Puts an ffmpeg on the path: a video of 50 frames, 25 a second, frame n of grey n. */
function installFfmpeg(): string {
  const folder = temporaryDirectory();
  const program = standInFfmpeg(folder, "ffmpeg", { size: "28x28" });
  vi.stubEnv("PATH", `${folder}:${dirname(process.execPath)}`);
  return program;
}

async function fault(row: object, options: object = {}): Promise<string> {
  const source = await open(await rows(row), options);
  const error = await source.problem(0).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).toContain(`${source.place(0)}: `);
  return message;
}

describe("frames", () => {
  test("in a folder are taken in the order of their numbers", async () => {
    const problem = await first({ video: "clip" });
    expect(greys(problem)).toEqual([twelve]);
    expect(problem.videos?.[0]?.fps).toBe(2);
  });

  test("in a folder may be named by a file URL, with escapes", async () => {
    const path = await rows({ video: "clip" });
    const folder = join(dirname(path), "my clip");
    await writeFrames(folder, 2);
    renameSync(join(folder, "2.png"), join(folder, "2 50%.png"));
    const named = ["/clip", "/clip/", "/my clip", "/my%20clip"].map((end) => `file://${dirname(path)}${end}`);
    writeFileSync(
      path,
      named.map((video) => JSON.stringify({ problem: "What?", answer: "7", video })).join("\n"),
    );
    const source = await open(path);
    const shown = await Promise.all(named.map(async (_, i) => greys(await source.problem(i))));
    expect(shown).toEqual([[twelve], [twelve], [[1, 2]], [[1, 2]]]);
  });

  test("in a list are one video, in the order of the list", async () => {
    expect(greys(await first({ video: ["clip/3.png", "clip/1.png"] }))).toEqual([[3, 1]]);
    expect(greys(await first({ videos: [["clip/3.png"], ["clip/1.png", "clip/2.png"]] }))).toEqual([
      [3],
      [1, 2],
    ]);
    expect(greys(await first({ videos: "['clip/3.png', 'clip/4.png']" }))).toEqual([[3, 4]]);
  });

  test.each([{ bytes: null, path: null }, [{ bytes: null, path: null }], { video: null }])(
    "may be missing as the datasets library writes it, %j",
    async (videos) => {
      const { videos: found = [], images } = await first({ videos, image: "good.png" });
      expect([found.length, images.length]).toEqual([0, 1]);
    },
  );

  test("may be bytes and data URIs, and paths with file:// before them", async () => {
    const uri = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
    expect(greys(await first({ video: [uri, uri] }))).toEqual([[20, 20]]);
    const path = await rows({});
    writeFileSync(
      path,
      JSON.stringify({ problem: "?", answer: "7", video: [`file://${join(dirname(path), "clip/2.png")}`] }),
    );
    expect(greys(await (await open(path)).problem(0))).toEqual([[2]]);
  });

  test("are all shown up to maxFrames; of more, as many evenly spaced, filmed as far apart as they are", async () => {
    const video = { maxFrames: 4, framesFps: 3 };
    const problem = await first({ video: "clip" }, { video });
    expect(greys(problem)).toEqual([[1, 4, 7, 10]]);
    expect(problem.videos?.[0]?.fps).toBe(1);
    expect(greys(await first({ video: "clip" }, { video: { numFrames: 6 } }))).toEqual([[1, 3, 5, 7, 9, 11]]);
  });

  test("are sampled as the row says, before the options", async () => {
    const problem = await first(
      { videos: [{ video: "clip", fps: 4, nframes: 2 }] },
      { video: { numFrames: 6 } },
    );
    expect(greys(problem)).toEqual([[1, 7]]);
    expect(problem.videos?.[0]?.fps).toBeCloseTo(4 / 6, 12);
  });
});

describe("a video", () => {
  test("is sampled by ffmpeg, as the options say or the row", async () => {
    const program = installFfmpeg();
    const shown = async (row: object, options: object = {}) =>
      greys(await first(row, options)).map((frames) => frames.map((grey) => 10 * grey));
    expect(await shown({ video: "video.mp4" })).toEqual([[0, 12, 25, 37]]);
    expect(await shown({ videos: ["video.mp4", "video.mp4"] }, { video: { numFrames: 2 } })).toEqual([
      [0, 25],
      [0, 25],
    ]);
    expect(await shown({ videos: [{ type: "video", video: "video.mp4", fps: 3 }] })).toEqual([
      [0, 8, 16, 25, 33, 41],
    ]);
    expect(readFileSync(`${program}.log`, "utf8")).toContain("video.mp4");
  });

  test("without ffmpeg is a broken row that says what to install", async () => {
    vi.stubEnv("PATH", temporaryDirectory());
    expect(await fault({ video: "video.mp4" })).toContain(
      'video "video.mp4": cannot be read as a video: ffmpeg is not installed; install it, or give the frames as images',
    );
  });

  test("may be bytes in parquet, beside lists of frames and names", async () => {
    installFfmpeg();
    const folder = temporaryDirectory();
    await writeFrames(join(folder, "clip"), 3);
    const struct = (bytes: Uint8Array, path: string) => ({ bytes, path });
    const text = (name: string) =>
      ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }) as const;
    const list = (name: string) =>
      [
        { name, num_children: 1, converted_type: "LIST", repetition_type: "OPTIONAL" },
        { name: "list", num_children: 1, repetition_type: "REPEATED" },
      ] as const;
    const element = [
      { name: "element", num_children: 2, repetition_type: "OPTIONAL" },
      { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
      text("path"),
    ] as const;
    const cases: readonly [ColumnSource, Parameters<typeof parquetWriteBuffer>[0]["schema"], number[][]][] = [
      [
        { name: "videos", data: [[struct(new TextEncoder().encode("a video"), "video.mp4")]] },
        [...list("videos"), ...element],
        [[0, 12, 25, 37]],
      ],
      [
        { name: "videos", data: [[struct(png, "1.png"), struct(png, "2.png")]] },
        [...list("videos"), ...element],
        [[200, 200]],
      ],
      [
        { name: "videos", data: [["clip/1.png", "clip/2.png"]] },
        [...list("videos"), { ...text("element") }],
        [[10, 20]],
      ],
      [{ name: "video", data: ["clip"] }, [text("video")], [[10, 20, 30]]],
    ];
    for (const [column, schema, expected] of cases) {
      const path = join(folder, "train.parquet");
      const buffer = parquetWriteBuffer({
        schema: [{ name: "schema", num_children: 3 }, text("problem"), text("answer"), ...(schema ?? [])],
        columnData: [{ name: "problem", data: ["<video>What?"] }, { name: "answer", data: ["7"] }, column],
      });
      writeFileSync(path, new Uint8Array(buffer));
      const source = await open(path);
      expect(greys(await source.problem(0)).map((frames) => frames.map((grey) => 10 * grey))).toEqual(
        expected,
      );
      expect(await source.firstVideo()).toBe(`${path} row 1`);
    }
  });
});

describe("a row", () => {
  test("may have images and videos, each in its place", async () => {
    const question = "Is <image> in <video>?";
    const problem = await first({ problem: question, images: ["good.png"], videos: ["clip"] });
    expect([problem.images.length, problem.videos?.length, problem.question]).toEqual([1, 1, question]);
  });

  test("of LLaVA's video data has its video where it says <image>", async () => {
    const conversations = [
      { from: "human", value: "<image>\nWhat happens?" },
      { from: "gpt", value: "nothing" },
    ];
    const problem = await first({ problem: undefined, answer: undefined, video: "clip", conversations });
    expect(problem.question).toBe("<video>\nWhat happens?");
    expect(problem.videos).toHaveLength(1);
  });

  test("of Video-R1 says in data_type what its path leads to, and lists the options", async () => {
    const options = ["A. one", "B. two"];
    const problem = await first({ path: "./clip", data_type: "video", problem: "How many?", options });
    expect(problem.question).toBe("How many?\nOptions:\nA. one\nB. two");
    expect(greys(problem)).toEqual([twelve]);
    const image = await first({ path: "./good.png", data_type: "image" });
    expect([image.images.length, image.videos]).toEqual([1, undefined]);
  });

  test("with an empty list of videos has none", async () => {
    expect(await first({ images: ["good.png"], videos: [] })).not.toHaveProperty("videos");
  });

  test("is read by the column that the user names, or by none", async () => {
    const row = { clip: "clip", video: "nowhere" };
    expect(greys(await first(row, { columns: { video: "clip" } }))).toEqual([twelve]);
    expect(await first(row, { columns: { video: "" } })).not.toHaveProperty("videos");
  });
});

describe("a broken video", () => {
  test.each<[string, object, string]>([
    ["leads upwards", { video: "../../video.mp4" }, "leads out of the image directory"],
    ["is absolute", { video: "/etc" }, "leads out of the image directory"],
    ["is absolute behind file://", { video: "file:///etc/passwd" }, "leads out of the image directory"],
    ["has a frame that leads upwards", { video: ["clip/1.png", "../../x.png"] }, "leads out of"],
    ["is missing", { video: "none.mp4" }, 'video "none.mp4": no such file'],
    ["has a missing frame", { video: ["clip/1.png", "clip/99.png"] }, "no such file"],
    ["is a number", { video: 7 }, "got a number"],
    ["is a list of both sorts", { video: ["clip/1.png", "video.mp4"] }, "got 1 images of 2"],
    ["is a list three deep", { videos: [[["clip/1.png"]]] }, "in a list within a list"],
    ["is an empty struct", { video: {} }, "got none of them"],
    [
      "holds several in a struct",
      { video: { video: ["video.mp4", "video.mp4"] } },
      "expected one video in a struct, got 2",
    ],
    ["has a rate of 0", { video: { video: "clip", fps: 0 } }, "fps: expected a number above 0, got 0"],
    ["asks for half a frame", { video: { video: "clip", nframes: 2.5 } }, "expected a whole number, got 2.5"],
    ["has no place", { problem: "<video><video>?", video: "clip" }, "2 places <video>, got 1"],
    ["is missing from its place", { problem: "<video>?" }, "1 places <video>, got 0"],
  ])("that %s is named by its row", async (_name, row, expected) => {
    expect(await fault(row)).toContain(expected);
  });

  test("of frames of two sizes, of too many bytes, or of none, is refused", async () => {
    const path = await rows({ video: "mixed" }, { video: "clip" }, { video: "empty" });
    const folder = dirname(path);
    mkdirSync(join(folder, "empty"));
    mkdirSync(join(folder, "mixed"));
    writeFileSync(join(folder, "mixed", "1.png"), png);
    writeFileSync(join(folder, "mixed", "2.png"), await plainImage(56, 0));
    const source = await open(path, { video: { maxBytes: 12 * 28 * 28 * 3 - 1 } });
    await expect(source.problem(0)).rejects.toThrow("frame 1: expected 28 x 28 like the first, got 56 x 56");
    await expect(source.problem(1)).rejects.toThrow("got 12 frames of 28 x 28: ask for fewer frames");
    await expect(source.problem(2)).rejects.toThrow('video "empty": expected images in the folder, got none');
  });

  test("that is a link out of the directory, or has a frame that is one, or goes in a circle, is refused", async () => {
    const outside = temporaryDirectory();
    await writeFrames(outside, 2);
    const path = await rows({ video: "out" }, { video: "half" }, { video: "loop" });
    const folder = dirname(path);
    symlinkSync(outside, join(folder, "out"));
    mkdirSync(join(folder, "half"));
    symlinkSync(join(outside, "1.png"), join(folder, "half", "1.png"));
    symlinkSync(join(folder, "loop"), join(folder, "loop"));
    const source = await open(path);
    await expect(source.problem(0)).rejects.toThrow("is a link out of the image directory");
    await expect(source.problem(1)).rejects.toThrow("is a link out of the image directory");
    await expect(source.problem(2)).rejects.toThrow("its links go in a circle");
  });
});

test("the first video is found without reading any, broken rows passed over", async () => {
  const path = await writeVideoJsonl(2);
  expect(await (await open(path)).firstVideo()).toBe(`${path} line 1`);
  const none = await rows({}, { image: "missing.png" });
  expect(await (await open(none)).firstVideo()).toBeUndefined();
  const last = await rows({ answer: "" }, {}, { video: "not-there" });
  expect(await (await open(last)).firstVideo()).toBe(`${last} line 3`);
});
