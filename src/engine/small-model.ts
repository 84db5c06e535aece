/**
 * @module
 * The built-in small model: an architecture in small numbers, with a tokenizer cut down to the words of a task. Its sizes
 * are in config.json of its directory, which has all files of a model directory but weights.
 */
import { fileURLToPath } from "node:url";
import { type ModelConfig, readConfig } from "../model/index.ts";
import { packageFile } from "../package/index.ts";
import type { FreshModel } from "./local/local-options.ts";

/** Directory with the built-in config, tokenizer, chat template and processor settings. */
export const SMALL_ASSETS: string = fileURLToPath(packageFile("assets/small"));

/**
 * About a million parameters: two vision blocks of width 96, four decoder layers of width 128. The rotary base is
 * small because the pictures are small: rotary sections give columns the lowest frequencies. At a base of a million,
 * neighbouring columns of cells would have almost equal angles.
 */
export function smallModelConfig(): ModelConfig {
  return readConfig(SMALL_ASSETS);
}

/**
 * The built-in model before any training.
 *
 * @param assets directory with all files of a model directory but weights; the built-in one unless given
 */
export function freshSmallModel(seed: number, assets: string = SMALL_ASSETS): FreshModel {
  return { config: readConfig(assets), assets, seed };
}
