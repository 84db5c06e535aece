import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelError } from "../../../errors/index.ts";
import { directoryFiles } from "../../directory-files.ts";
import { parseConfig } from "../qwen2_5_vl/config-json.ts";
import {
  defaultImageProcessor,
  imageProcessorJson as imageProcessorJsonOf,
  loadImageProcessor,
  parseImageProcessor,
} from "./image-processor.ts";

const imageProcessorJson = (processor: typeof settings) => imageProcessorJsonOf(processor, "SomeProcessor");
const settings = {
  minPixels: 64,
  maxPixels: 9000,
  patchSize: 4,
  temporalPatchSize: 2,
  mergeSize: 2,
  rescaleFactor: 1 / 255,
  mean: [0.5, 0.4, 0.3] as const,
  std: [0.25, 0.5, 0.75] as const,
};
const model = parseConfig({
  model_type: "qwen2_5_vl",
  text_config: {
    vocab_size: 64,
    hidden_size: 32,
    intermediate_size: 48,
    num_hidden_layers: 1,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    rope_parameters: { mrope_section: [2, 1, 1] },
  },
  vision_config: {
    depth: 1,
    hidden_size: 16,
    num_heads: 2,
    intermediate_size: 24,
    out_hidden_size: 32,
    patch_size: 4,
    window_size: 16,
  },
  image_token_id: 1,
  video_token_id: 2,
  vision_start_token_id: 3,
  vision_end_token_id: 4,
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-processor-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const put = (name: string, json: unknown) => writeFileSync(join(folder, name), JSON.stringify(json));

describe("parseImageProcessor", () => {
  test("reads back what imageProcessorJson writes", () => {
    expect(parseImageProcessor(JSON.parse(JSON.stringify(imageProcessorJson(settings))))).toEqual(settings);
  });

  test("has the published processor's numbers by default", () => {
    const { minPixels, maxPixels, patchSize } = parseImageProcessor({});
    expect([minPixels, maxPixels, patchSize]).toEqual([3136, 1003520, 14]);
  });

  test("finds the limits at the top, or in size under either pair of names", () => {
    const limits = (json: object) => {
      const { minPixels, maxPixels } = parseImageProcessor(json);
      return [minPixels, maxPixels];
    };
    expect(limits({ min_pixels: 5, max_pixels: 50, size: { shortest_edge: 6, longest_edge: 60 } })).toEqual([
      5, 50,
    ]);
    expect(limits({ min_pixels: null, size: { shortest_edge: 6, longest_edge: 60 } })).toEqual([6, 60]);
    expect(limits({ size: { min_pixels: 7, max_pixels: 70 } })).toEqual([7, 70]);
  });

  test.each<[field: string, json: object]>([
    ["image_processor_type", { image_processor_type: "Idefics3ImageProcessor" }],
    ["do_resize", { do_resize: false }],
    ["do_normalize", { do_normalize: false }],
    ["resample", { resample: 2 }],
    ["min pixels", { min_pixels: 100, max_pixels: 50 }],
    ["size", { size: { height: 224, width: 224 } }],
    ["size", { min_pixels: 100, size: { height: 224 } }],
    ["image_mean", { image_mean: [0.5] }],
    ["image_std", { image_std: [1, 0, 1] }],
    ["patch_size", { patch_size: 0 }],
  ])("names %s when it is wrong: %j", (field, json) => {
    expect(() => parseImageProcessor(json)).toThrow(ModelError);
    expect(() => parseImageProcessor(json)).toThrow(field);
  });
});

describe("loadImageProcessor", () => {
  test("reads processor_config.json, else preprocessor_config.json, else takes the defaults", () => {
    expect(loadImageProcessor(directoryFiles(folder), model)).toEqual(defaultImageProcessor(model));
    put("preprocessor_config.json", imageProcessorJson(settings));
    expect(loadImageProcessor(directoryFiles(folder), model)).toEqual(settings);
    put("processor_config.json", { processor_class: "Qwen2_5_VLProcessor" });
    expect(loadImageProcessor(directoryFiles(folder), model)).toEqual(settings);
    put("processor_config.json", { image_processor: { ...imageProcessorJson(settings), min_pixels: 65 } });
    expect(loadImageProcessor(directoryFiles(folder), model).minPixels).toBe(65);
  });

  test("refuses patches that are not the model's", () => {
    put("preprocessor_config.json", imageProcessorJson({ ...settings, patchSize: 14 }));
    expect(() => loadImageProcessor(directoryFiles(folder), model)).toThrow(ModelError);
    expect(() => loadImageProcessor(directoryFiles(folder), model)).toThrow(
      "patch_size: expected 4 as in config.json, got 14",
    );
  });
});
