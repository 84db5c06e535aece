import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DataError, ModelError } from "../../../errors/index.ts";
import { recordedImage } from "../../../testing/model-fixtures.ts";
import { type SmolSettings, smolPrompts } from "../../../testing/smolvlm-fixtures.ts";
import type { SmolConfig } from "./config.ts";
import { parseConfig } from "./config-json.ts";
import { positionIds } from "./graphs/position-ids.ts";
import { parseTiles, type TileConfig } from "./image-processor.ts";
import { numberWords } from "./number-words.ts";
import { tileLayout } from "./tile-layout.ts";
import { framePatches, imagePatches } from "./tile-patches.ts";
import { videoWords } from "./video-words.ts";

const recorded = smolPrompts();

/** Settings and a model that goes with them. */
function made({ tile, longest, patch, scale, split = true }: SmolSettings): [TileConfig, SmolConfig] {
  const tiles = parseTiles({
    size: { longest_edge: longest },
    max_image_size: { longest_edge: tile },
    do_image_splitting: split,
  });
  const config = parseConfig({
    model_type: "smolvlm",
    image_token_id: 5,
    scale_factor: scale,
    text_config: { vocab_size: 8 },
    vision_config: { patch_size: patch, image_size: tile },
  });
  return [tiles, config];
}

const sha256 = (numbers: Float32Array) =>
  createHash("sha256").update(new Uint8Array(numbers.buffer)).digest("hex");

describe("images become tiles bitwise as in transformers", () => {
  test.each(Object.entries(recorded.settings))("%s", (name, settings) => {
    const [tiles, config] = made(settings);
    const images = recorded.images.filter((image) => image.settings === name);
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) {
      const { rows, columns } = tileLayout(image, tiles);
      expect({ rows, columns }).toEqual({ rows: image.rows, columns: image.columns });
      const { patches, grid } = imagePatches(recordedImage({ ...image, kind: "image" }), tiles, config);
      expect(grid[0] * grid[1] * grid[2]).toBe(image.patches);
      expect(sha256(patches), `${image.width} x ${image.height}`).toBe(image.sha256);
    }
  });

  test("no side may be zero", () => {
    const [tiles] = made(recorded.settings["small"]!);
    expect(() => tileLayout({ width: 0, height: 5 }, tiles)).toThrow(DataError);
  });
});

test("patches take transformers' rows of the position table, rounding and all", () => {
  const odd = Object.keys(recorded.positions).length;
  expect(odd).toBeGreaterThan(10);
  for (let table = 1; table <= 40; table++) {
    for (let side = 1; side <= 40; side++) {
      const plain = Array.from({ length: side }, (_, i) => Math.floor((i * table) / side));
      const cells = recorded.positions[`${side} of ${table}`] ?? plain;
      const found = positionIds(side, table);
      expect([...found.subarray(0, side)], `${side} of ${table}`).toEqual(cells);
      expect(found[side * side - 1]).toBe(cells.at(-1)! * (table + 1));
    }
  }
});

test.each(Object.entries(recorded.words))("%s is %s", (number, words) => {
  expect(numberWords(Number(number))).toBe(words);
});

test.each([-1, 1.5, 1e6])("%d has no words", (value) => {
  expect(() => numberWords(value)).toThrow(DataError);
});

describe("videos", () => {
  const frame = { width: 8, height: 8, data: new Uint8Array(8 * 8 * 3) };

  test("are refused without frames, and without a rate", () => {
    expect(() => videoWords({ frames: [], fps: 1 })).toThrow("video: expected at least one frame, got none");
    expect(() => videoWords({ frames: [frame], fps: 0 })).toThrow("video: expected fps > 0, got 0");
    const [tiles, config] = made(recorded.settings["small"]!);
    expect(() => framePatches([], tiles, config)).toThrow(DataError);
  });

  test("longer than an hour and a day are timed as Python times them", () => {
    const words = (fps: number) => videoWords({ frames: [frame, frame], fps })[0];
    expect(words(2 / 3725)).toContain("from a 1:02:05 [H:MM:SS] video");
    expect(words(2 / 90_061)).toContain("from a 1 day, 1:01:01 [H:MM:SS] video");
    expect(words(2 / 180_000)).toContain("from a 2 days, 2:00:00 [H:MM:SS] video");
  });

  test("each frame is a chunk of its own, part of the video", () => {
    const video = { frames: [frame, frame], fps: 0.01 };
    expect(videoWords(video)).toEqual([
      "You are provided the following series of two frames from a 0:03:20 [H:MM:SS] video.\n",
      "\nFrame from 00:00:",
      { kind: "video", video: { frames: [frame], fps: 0.01 }, partOf: video },
      "\nFrame from 01:40:",
      { kind: "video", video: { frames: [frame], fps: 0.01 }, partOf: video },
      "\n\n",
    ]);
  });
});

describe("settings that are refused", () => {
  test.each<[field: string, json: Record<string, unknown>, got: string]>([
    ["image_processor_type", { image_processor_type: "Qwen2VLImageProcessor" }, '"Qwen2VLImageProcessor"'],
    ["do_resize", { do_resize: false }, "expected true, got false"],
    ["do_rescale", { do_rescale: false }, "expected true, got false"],
    ["do_normalize", { do_normalize: false }, "expected true, got false"],
    ["resample", { resample: 3 }, "expected 1 (Lanczos), got 3"],
    ["size", { size: { height: 3, width: 3 } }, 'expected an object with "longest_edge"'],
    ["longest_edge", { size: { longest_edge: 0 } }, "expected an integer >= 1, got 0"],
    ["image_mean", { image_mean: [0.5] }, "expected three numbers"],
    ["image_std", { image_std: [0.5, 0, 0.5] }, "expected numbers > 0"],
  ])("%s", (field, json, got) => {
    expect(() => parseTiles(json, "p.json")).toThrow(ModelError);
    expect(() => parseTiles(json, "p.json")).toThrow(field);
    expect(() => parseTiles(json, "p.json")).toThrow(got);
  });
});
