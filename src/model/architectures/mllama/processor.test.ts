import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DataError, ModelError } from "../../../errors/index.ts";
import { type MllamaSettings, mllamaPrompts } from "../../../testing/mllama-fixtures.ts";
import { recordedImage } from "../../../testing/model-fixtures.ts";
import type { MllamaConfig } from "./config.ts";
import { parseConfig } from "./config-json.ts";
import { parseTiles, type TileConfig } from "./image-processor.ts";
import { canvases, tileLayout } from "./tile-canvas.ts";
import { imagePatches } from "./tile-patches.ts";

const recorded = mllamaPrompts();

/** Settings and a model that goes with them. */
function made({ tile, tiles, patch }: MllamaSettings): [TileConfig, MllamaConfig] {
  const config = parseConfig({
    model_type: "mllama",
    text_config: {},
    vision_config: {
      image_size: tile,
      patch_size: patch,
      max_num_tiles: tiles,
      supported_aspect_ratios: canvases(tiles),
    },
  });
  const size = { height: tile, width: tile };
  const { mean: image_mean, std: image_std } = recorded;
  return [parseTiles({ size, max_image_tiles: tiles, image_mean, image_std }, config), config];
}

const sha256 = (numbers: Float32Array) =>
  createHash("sha256").update(new Uint8Array(numbers.buffer)).digest("hex");

test("canvases of up to four tiles are numbered as the published models know them", () => {
  expect(canvases(4)).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
    [1, 4],
    [2, 1],
    [2, 2],
    [3, 1],
    [4, 1],
  ]);
});

describe("images become tiles bitwise as in transformers", () => {
  test.each(Object.entries(recorded.settings))("%s", (name, settings) => {
    const [tiles, config] = made(settings);
    const images = recorded.images.filter((image) => image.settings === name);
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) {
      const { canvas } = tileLayout(image, tiles);
      const [rows, columns] = canvas;
      expect(rows * columns).toBe(image.tiles);
      expect(canvases(settings.tiles).findIndex(([r, c]) => r === rows && c === columns) + 1).toBe(
        image.canvas,
      );
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

describe("settings that are refused", () => {
  const [, config] = made(recorded.settings["small"]!);
  const size = { height: 16, width: 16 };
  test.each<[field: string, json: Record<string, unknown>, got: string]>([
    ["image_processor_type", { image_processor_type: "Qwen2VLImageProcessor" }, '"Qwen2VLImageProcessor"'],
    ["do_resize", { do_resize: false }, "expected true, got false"],
    ["do_pad", { do_pad: false }, "expected true, got false"],
    ["do_rescale", { do_rescale: false }, "expected true, got false"],
    ["do_normalize", { do_normalize: false }, "expected true, got false"],
    ["resample", { resample: 3 }, "expected 2 (bilinear), got 3"],
    ["size: width", { size: { height: 16, width: 20 } }, "expected 16, the model's"],
    ["size: height", { size: { longest_edge: 16 } }, "expected 16, the model's"],
    [
      "max_image_tiles",
      { max_image_tiles: 9 },
      "expected 4, the model's vision_config: max_num_tiles, got 9",
    ],
    ["image_mean", { image_mean: [0.5] }, "expected three numbers"],
    ["image_std", { image_std: [0.5, 0, 0.5] }, "expected numbers > 0"],
  ])("%s", (field, json, got) => {
    const parse = () => parseTiles({ size, ...json }, config, "p.json");
    expect(parse).toThrow(ModelError);
    expect(parse).toThrow(`p.json: ${field}`);
    expect(parse).toThrow(got);
  });
});
