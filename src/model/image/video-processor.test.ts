import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, ShapeError } from "../../errors/index.ts";
import {
  parseImageProcessor,
  parseVideoProcessor,
  ropePositions,
} from "../../testing/fixture-architecture.ts";
import { type RecordedVideo, recordedVideo } from "../../testing/vision-fixtures.ts";
import { sampledFps, sampleFrames } from "./frame-sampling.ts";
import type { ImageGrid } from "./image-grid.ts";
import { preprocess } from "./processor.ts";
import type { RgbImage } from "./rgb-image.ts";
import { preprocessVideo, videoGrid } from "./video-processor.ts";

type Sampling = { readonly totalFrames: number; readonly filmFps: number } & (
  | { readonly numFrames: number }
  | { readonly fps: number }
) & {
    readonly count: number | null;
    readonly indices?: number[];
    readonly sha256?: string;
    readonly sampledFps?: number;
  };

interface Fixture {
  readonly sampling: Sampling[];
  readonly patches: (RecordedVideo & { readonly grid: ImageGrid; readonly sha256: string })[];
  readonly sizes: {
    width: number;
    height: number;
    frames: number;
    cap: boolean;
    shown: [width: number, height: number];
  }[];
  readonly rope: {
    layout: (number | { grid: ImageGrid; secondsPerGrid?: number })[];
    ids: number[][];
    next: number;
  }[];
}

const file = new URL("../../../fixtures/vision/video.json", import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(file, "utf8"));

function sha256(array: Int32Array | Float32Array): string {
  return createHash("sha256").update(Buffer.from(array.buffer)).digest("hex");
}

describe("sampleFrames", () => {
  test("two frames a second of a video of four seconds", () => {
    expect(sampleFrames({ totalFrames: 100, fps: 25 }, { fps: 2 })).toEqual([0, 12, 25, 37, 50, 62, 75, 87]);
  });

  test.each(fixture.sampling)("chooses transformers' frames of $totalFrames at $filmFps fps", (recorded) => {
    const { totalFrames, filmFps, count } = recorded;
    const request = "fps" in recorded ? { fps: recorded.fps } : { numFrames: recorded.numFrames };
    const video = { totalFrames, fps: filmFps };
    if (count === null) {
      expect(() => sampleFrames(video, request)).toThrow(DataError);
      return;
    }
    const found = sampleFrames(video, request);
    expect(found).toHaveLength(count);
    expect(sha256(Int32Array.from(found))).toBe(recorded.sha256);
    if (recorded.indices !== undefined) expect(found).toEqual(recorded.indices);
    expect(sampledFps(video, count)).toBeCloseTo(recorded.sampledFps!, 12);
  });

  test.each([
    [{ numFrames: 1 }, 'expected 2 or more frames to be asked for, got {"numFrames":1}'],
    [{ fps: 2, maxFrames: 1 }, "expected 2 or more frames to be asked for"],
    [{ numFrames: 20 }, "expected at least 20 frames to choose from, got 10"],
  ])("says for %j whether the request or the video is too short", (request, message) => {
    expect(() => sampleFrames({ totalFrames: 10, fps: 5 }, request)).toThrow(message);
    expect(() => sampleFrames({ totalFrames: 1, fps: 5 }, request)).toThrow("frames to choose from, got 1");
  });

  test("never leaves the video, never repeats a frame and never goes back", () => {
    const video = fc.record({
      totalFrames: fc.integer({ min: 2, max: 5000 }),
      fps: fc.double({ min: 1, max: 120, noNaN: true }),
    });
    fc.assert(
      fc.property(video, fc.double({ min: 0.01, max: 60, noNaN: true }), (length, fps) => {
        const found = sampleFrames(length, { fps });
        expect(found[0]).toBe(0);
        expect(found.at(-1)).toBeLessThan(length.totalFrames);
        expect(found.every((index, k) => k === 0 || index > found[k - 1]!)).toBe(true);
      }),
    );
  });

  test.each([
    [{ totalFrames: 1, fps: 25 }, { fps: 2 }],
    [{ totalFrames: 10, fps: 25 }, { numFrames: 12 }],
    [{ totalFrames: 0, fps: 25 }, { fps: 2 }],
    [{ totalFrames: 10, fps: 0 }, { fps: 2 }],
  ])("refuses %j with %j", (video, request) => {
    expect(() => sampleFrames(video, request)).toThrow(DataError);
  });
});

describe("preprocessVideo", () => {
  const config = parseVideoProcessor({ size: { shortest_edge: 3136, longest_edge: 1003520 } });

  test.each(fixture.patches)(
    "gives transformers' patches of $frames frames of $width x $height",
    (recorded) => {
      const { patches, grid, secondsPerGrid } = preprocessVideo(recordedVideo(recorded), config);
      expect(grid).toEqual(recorded.grid);
      expect(videoGrid(recorded, recorded.frames, config)).toEqual(recorded.grid);
      expect(secondsPerGrid).toBe(2 / recorded.fps);
      expect(sha256(patches)).toBe(recorded.sha256);
    },
  );

  test.each(fixture.sizes)(
    "shows $width x $height, $frames frames, cap $cap, as large as transformers does",
    ({ width, height, frames, cap, shown }) => {
      const limits = parseVideoProcessor({ cap_pixels_per_frame: cap });
      const [times, rows, columns] = videoGrid({ width, height }, frames, limits);
      expect([columns * 14, rows * 14]).toEqual(shown);
      expect(times).toBe(Math.ceil(frames / 2));
    },
  );

  test("two equal frames are a still", () => {
    const data = Uint8Array.from({ length: 70 * 90 * 3 }, (_, i) => (i * 7) % 256);
    const still: RgbImage = { width: 90, height: 70, data };
    const limits = { size: { shortest_edge: 3136, longest_edge: 1003520 } };
    const { patches, grid } = preprocess(still, parseImageProcessor(limits));
    const video = preprocessVideo({ frames: [still, { ...still, data: data.slice() }], fps: 2 }, config);
    expect(video.grid).toEqual(grid);
    expect(video.patches).toBeAllclose(patches, { rtol: 1e-6, atol: 1e-6 });
  });

  test("refuses no frame, frames of several sizes, a rate of 0 and missing pixels", () => {
    const frame = (width: number, height: number): RgbImage => ({
      width,
      height,
      data: new Uint8Array(width * height * 3),
    });
    const of =
      (frames: RgbImage[], fps = 2) =>
      () =>
        preprocessVideo({ frames, fps }, config);
    expect(of([])).toThrow(new DataError("video: expected at least one frame, got none"));
    expect(of([frame(28, 28), frame(56, 28)])).toThrow("frame 1: expected 28 x 28 like frame 0, got 56 x 28");
    expect(of([frame(28, 28)], 0)).toThrow(new DataError("video: expected fps > 0, got 0"));
    expect(of([{ ...frame(28, 28), data: new Uint8Array(5) }])).toThrow(ShapeError);
  });
});

describe("rotary positions of videos", () => {
  test("a frame of four positions each second pushes the text behind the video", () => {
    const { components, next } = ropePositions([{ kind: "video", grid: [3, 2, 4], interval: 4 }], 2);
    expect([...components[0]!]).toEqual([0, 0, 4, 4, 8, 8]);
    expect(next).toBe(9);
  });

  test.each(fixture.rope)("are those recorded for layout %#", ({ layout, ids, next }) => {
    const segments = layout.map((part) =>
      typeof part === "number"
        ? ({ kind: "text", length: part } as const)
        : part.secondsPerGrid === undefined
          ? ({ kind: "image", grid: part.grid } as const)
          : ({ kind: "video", grid: part.grid, interval: 2 * Math.fround(part.secondsPerGrid) } as const),
    );
    const found = ropePositions(segments, 2);
    expect(found.components.map((each) => [...each])).toEqual(ids);
    expect(found.next).toBe(next);
  });
});
