import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { standInFfmpeg } from "../../testing/stand-in-ffmpeg.ts";
import { readFrames, readVideo } from "./read-video.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-video-"));
afterAll(() => rmSync(folder, { recursive: true }));
const film = join(folder, "film.mp4");
writeFileSync(film, "a film");

const standIn = (name: string, film: Parameters<typeof standInFfmpeg>[2] = {}) =>
  standInFfmpeg(folder, name, film);

const asked = (program: string): string[][] =>
  readFileSync(`${program}.log`, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("readVideo", () => {
  test("hands over two frames a second unless asked otherwise", async () => {
    const ffmpeg = standIn("two-a-second");
    const { frames, fps } = await readVideo(film, { ffmpeg });
    expect(frames.map(({ data }) => data[0])).toEqual([0, 12, 25, 37]);
    expect(frames[1]).toEqual({ width: 4, height: 2, data: new Uint8Array(24).fill(12) });
    expect(fps).toBeCloseTo(2, 12);
  });

  test("opens the named file only, as a video", async () => {
    const ffmpeg = standIn("careful");
    await readVideo(film, { ffmpeg });
    for (const args of asked(ffmpeg)) {
      expect(args[args.indexOf("-i") + 1]).toBe(`file:${film}`);
      expect(args[args.indexOf("-protocol_whitelist") + 1]).toBe("file");
      expect(args[args.indexOf("-format_whitelist") + 1]).not.toMatch(/hls|concat|image2/);
    }
  });

  test("takes the rate from the time base", async () => {
    const ffmpeg = standIn("ntsc", { timeBase: "1001/30000", frames: 300 });
    const { frames, fps } = await readVideo(film, { ffmpeg, frames: { numFrames: 6 } });
    expect(frames).toHaveLength(6);
    expect(fps).toBeCloseTo(((6 / 300) * 30_000) / 1001, 9);
  });

  test.each<[why: string, make: () => Parameters<typeof readVideo>, message: string]>([
    ["no ffmpeg", () => [film, { ffmpeg: join(folder, "absent") }], "absent is not installed"],
    ["a missing file", () => [join(folder, "none.mp4")], "no such file"],
    ["a folder", () => [folder], "not a plain file"],
    ["a film without frames", () => [film, { ffmpeg: standIn("empty", { frames: 0 }) }], "no frames"],
    ["a film of one frame", () => [film, { ffmpeg: standIn("single", { frames: 1 }) }], "at least 2 frames"],
    ["frames without a size", () => [film, { ffmpeg: standIn("flat", { size: "0x2" }) }], "got 0 x 2"],
    [
      "frames that fill the memory",
      () => [film, { ffmpeg: standIn("large", { size: "4000x3000" }), maxBytes: 10_000_000 }],
      "got 4 frames of 4000 x 3000: ask for fewer",
    ],
    [
      "what ffmpeg cannot read",
      () => [
        film,
        { ffmpeg: standIn("broken", { body: 'console.error("Invalid data found"); process.exit(1);' }) },
      ],
      "Invalid data found",
    ],
    [
      "fewer bytes than frames need",
      () => [
        film,
        { ffmpeg: standIn("short", { body: 'if (!args.includes("framecrc")) process.exit(0);' }) },
      ],
      "expected 4 frames of 24 bytes, got 0 bytes",
    ],
    [
      "more bytes than frames need",
      () => [
        film,
        {
          ffmpeg: standIn("long", {
            body: 'if (!args.includes("framecrc")) process.stdout.write(Buffer.alloc(1e6));',
          }),
        },
      ],
      "more than 96 bytes",
    ],
    [
      "a film that never ends",
      () => [
        film,
        { ffmpeg: standIn("slow", { body: "setTimeout(() => {}, 60_000); return;" }), timeoutSeconds: 1 },
      ],
      "did not end within 1 s",
    ],
  ])("refuses %s, naming the file", async (_, make, message) => {
    const args = make();
    const reading = readVideo(...args);
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(`${args[0]}: cannot be read as a video: `);
    await expect(reading).rejects.toThrow(message);
  });
});

describe("readFrames", () => {
  const image = new URL("../../../fixtures/images/files/rgb.png", import.meta.url).pathname;

  test("shows every image", async () => {
    const { frames, fps } = await readFrames([image, readFileSync(image)], 2.5);
    expect(frames.map(({ width, height }) => [width, height])).toEqual([
      [61, 43],
      [61, 43],
    ]);
    expect(fps).toBe(2.5);
  });

  test("names the frame that cannot be read", async () => {
    await expect(readFrames([image, new Uint8Array(3)], 2)).rejects.toThrow(
      "frame 1: cannot be read as an image",
    );
  });
});
