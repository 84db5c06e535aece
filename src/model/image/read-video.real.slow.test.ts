import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import {
  allFrames,
  type BrokenVideo,
  FFMPEG,
  makeVideos,
  type ReadableVideo,
  VIDEOS,
} from "../../testing/real-videos.ts";
import { readVideo } from "./read-video.ts";

/** Which frames transformers chooses of each video, by `fixtures/videos/check_videos.py`. */
const indices: Readonly<Record<string, readonly number[]>> = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../../fixtures/videos/indices.json", import.meta.url)), "utf8"),
);

const folder = mkdtempSync(join(tmpdir(), "fovea-videos-"));
beforeAll(() => makeVideos(folder), 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

const readable = VIDEOS.filter((video): video is ReadableVideo => "frames" in video);
const broken = VIDEOS.filter((video): video is BrokenVideo => "error" in video);

/** Holds what is read of a video against the frames that ffmpeg decodes of it when it decodes all. */
async function requireShown({ name, frames: total, rate, size = [160, 120], repeats = name }: ReadableVideo) {
  const [width, height] = size;
  const { frames, fps } = await readVideo(join(folder, name), { ffmpeg: FFMPEG });
  const chosen = indices[name]!;
  expect(frames.map((frame) => [frame.width, frame.height])).toEqual(chosen.map(() => [width, height]));
  const [numerator, denominator = 1] = rate.split("/").map(Number) as [number, number?];
  expect([fps]).toBeAllclose([(chosen.length / total) * (numerator / denominator)], { rtol: 1e-9 });
  const bytes = width * height * 3;
  const all = await allFrames(join(folder, repeats));
  for (const [i, index] of chosen.entries()) {
    const at = (index * bytes) % all.length;
    expect(Buffer.compare(frames[i]!.data, all.subarray(at, at + bytes)), `frame ${index}`).toBe(0);
  }
}

describe("the frames that transformers would show", () => {
  const short = readable.filter(({ repeats }) => repeats === undefined);
  test.each(short.map((video) => [video.name, video] as const))("of %s", (_name, video) =>
    requireShown(video),
  );

  test("of a video of four hours, in little more memory than they take themselves", async () => {
    const [video] = readable.filter(({ repeats }) => repeats !== undefined);
    const before = process.memoryUsage().rss;
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    await requireShown(video!);
    clearInterval(timer);
    expect((peak - before) / 2 ** 20).toBeLessThan(100);
  });
});

describe("what is no video, or none any more", () => {
  test.each(broken.map(({ name, error }) => [name, error] as const))("%s: %s", async (name, error) => {
    const path = join(folder, name);
    const reading = readVideo(path, { ffmpeg: FFMPEG });
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(`${path}: cannot be read as a video: `);
    await expect(reading).rejects.toThrow(error);
  });
});
