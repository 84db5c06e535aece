import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { standInFfmpeg } from "../../testing/stand-in-ffmpeg.ts";
import { readFrames, readVideo } from "./read-video.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-video-"));
afterAll(() => rmSync(folder, { recursive: true }));
const video = join(folder, "video.mp4");
writeFileSync(video, "a video");

const standIn = (name: string, video: Parameters<typeof standInFfmpeg>[2] = {}) =>
  standInFfmpeg(folder, name, video);

const asked = (program: string): string[][] =>
  readFileSync(`${program}.log`, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("readVideo", () => {
  test("hands over two frames a second unless asked otherwise", async () => {
    const ffmpeg = standIn("two-a-second");
    const { frames, fps } = await readVideo(video, { ffmpeg });
    expect(frames.map(({ data }) => data[0])).toEqual([0, 12, 25, 37]);
    expect(frames[1]).toEqual({ width: 4, height: 2, data: new Uint8Array(24).fill(12) });
    expect(fps).toBeCloseTo(2, 12);
  });

  test("opens the named file only, as a video", async () => {
    const ffmpeg = standIn("careful");
    await readVideo(video, { ffmpeg });
    for (const args of asked(ffmpeg)) {
      expect(args[args.indexOf("-i") + 1]).toBe(`file:${video}`);
      expect(args[args.indexOf("-protocol_whitelist") + 1]).toBe("file");
      expect(args[args.indexOf("-format_whitelist") + 1]).not.toMatch(/hls|concat|image2/);
    }
  });

  test("shows no cover of a song, stops where a frame is broken, and counts on when the pixel format changes", async () => {
    const ffmpeg = standIn("options");
    await readVideo(video, { ffmpeg });
    const calls = asked(ffmpeg);
    expect(calls).toHaveLength(2);
    for (const args of calls) {
      expect(args[args.indexOf("-map") + 1]).toBe("0:V:0");
      expect(args).toContain("-xerror");
      expect(args[args.indexOf("-reinit_filter") + 1]).toBe("0");
      expect(args.indexOf("-reinit_filter")).toBeLessThan(args.indexOf("-i"));
    }
    expect(calls[1]![calls[1]!.indexOf("-vf") + 1]).toMatch(/,scale=4:2$/);
  });

  test("shows 768 frames of a video of four hours", async () => {
    const { frames, fps } = await readVideo(video, { ffmpeg: standIn("hours", { frames: 360_000 }) });
    expect(frames).toHaveLength(768);
    expect(frames[700]?.data[0]).toBe(Math.floor(700 * 468.75) % 256);
    expect(fps).toBeCloseTo(768 / 14_400, 12);
  });

  test("goes by all frames' time where they are shown for different times", async () => {
    const body = `
if (args.includes("framecrc")) {
  const lines = [0, 3, 6, 9, 10, 11, 12, 13].map((time) => "0, " + [time, time, 1, 24].join(", ") + ", 0x0");
  process.stdout.write(["#tb 0: 1/30", "#dimensions 0: 4x2", ...lines, ""].join("\\n"));
  return;
}`;
    const ffmpeg = standIn("variable", { body });
    const { frames, fps } = await readVideo(video, { ffmpeg, frames: { numFrames: 4 } });
    expect(frames.map(({ data }) => data[0])).toEqual([0, 2, 4, 6]);
    expect(fps).toBeCloseTo((4 / 14) * 30, 12);
  });

  test("takes the rate from the time base", async () => {
    const ffmpeg = standIn("ntsc", { timeBase: "1001/30000", frames: 300 });
    const { frames, fps } = await readVideo(video, { ffmpeg, frames: { numFrames: 6 } });
    expect(frames).toHaveLength(6);
    expect(fps).toBeCloseTo(((6 / 300) * 30_000) / 1001, 9);
  });

  test.each<[why: string, make: () => Parameters<typeof readVideo>, message: string]>([
    ["no ffmpeg", () => [video, { ffmpeg: join(folder, "absent") }], "absent is not installed"],
    ["a missing file", () => [join(folder, "none.mp4")], "no such file"],
    ["a folder", () => [folder], "not a plain file"],
    ["a video without frames", () => [video, { ffmpeg: standIn("empty", { frames: 0 }) }], "no frames"],
    [
      "a video of one frame",
      () => [video, { ffmpeg: standIn("single", { frames: 1 }) }],
      "at least 2 frames",
    ],
    ["frames without a size", () => [video, { ffmpeg: standIn("flat", { size: "0x2" }) }], "got 0 x 2"],
    [
      "frames that fill the memory",
      () => [video, { ffmpeg: standIn("large", { size: "4000x3000" }), maxBytes: 10_000_000 }],
      "got 4 frames of 4000 x 3000: ask for fewer",
    ],
    [
      "what ffmpeg cannot read",
      () => [
        video,
        { ffmpeg: standIn("broken", { body: 'console.error("Invalid data found"); process.exit(1);' }) },
      ],
      "Invalid data found",
    ],
    [
      "a video that ends too early, although ffmpeg continues",
      () => [
        video,
        {
          ffmpeg: standIn("cut", {
            body: 'console.error("[matroska,webm @ 0x55c24706c9c0] File ended prematurely");',
          }),
        },
      ],
      "it is damaged: File ended prematurely",
    ],
    [
      "a video with a broken frame",
      () => [
        video,
        {
          ffmpeg: standIn("patched", {
            body: 'console.error("file:a: video.mp4: corrupt input packet in stream 0"); process.exit(1);',
          }),
        },
      ],
      "it is damaged: corrupt input packet in stream 0",
    ],
    [
      "sound alone",
      () => [
        video,
        {
          ffmpeg: standIn("sound", {
            body: `console.error("Stream map '0:V:0' matches no streams."); process.exit(1);`,
          }),
        },
      ],
      "it has no video",
    ],
    [
      "what is no video",
      () => [
        video,
        {
          ffmpeg: standIn("webp", {
            body: `console.error("[webp_pipe @ 0x55cd3d125a00] Format not on whitelist 'mov,mp4'"); process.exit(1);`,
          }),
        },
      ],
      "expected a video as mov, mp4, got another format",
    ],
    [
      "more frames than ffmpeg can be asked for",
      () => [video, { ffmpeg: standIn("many", { frames: 20_000 }), frames: { numFrames: 9000 } }],
      "expected at most 8192 frames to show, got 9000",
    ],
    [
      "fewer bytes than frames need",
      () => [
        video,
        { ffmpeg: standIn("short", { body: 'if (!args.includes("framecrc")) process.exit(0);' }) },
      ],
      "expected 4 frames of 24 bytes, got 0 bytes",
    ],
    [
      "more bytes than frames need",
      () => [
        video,
        {
          ffmpeg: standIn("long", {
            body: 'if (!args.includes("framecrc")) process.stdout.write(Buffer.alloc(1e6));',
          }),
        },
      ],
      "more than 96 bytes",
    ],
    [
      "a video that never ends",
      () => [
        video,
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

test("a complaint that changes no picture is no damage", async () => {
  const body = 'console.error("[h264 @ 0x55c24706c9c0] mmco: unref short failure");';
  expect((await readVideo(video, { ffmpeg: standIn("grumbling", { body }) })).frames).toHaveLength(4);
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
