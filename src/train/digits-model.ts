/**
 * @module
 * The built-in small model: an architecture in small numbers, with the tokenizer cut down to the digits task. Its sizes
 * stand in config.json of its directory, which has all that a model directory has but weights.
 */
import { fileURLToPath } from "node:url";
import type { FreshModel } from "../engine/index.ts";
import { type ModelConfig, readConfig } from "../model/index.ts";

/** Directory with the built-in config, tokenizer, chat template and processor settings. */
export const DIGITS_ASSETS: string = fileURLToPath(new URL("../../assets/digits", import.meta.url));

/**
 * About a million parameters: two vision blocks of width 96, four decoder layers of width 128. The rotary base is
 * small because the pictures are: rotary sections give columns the lowest frequencies, and at a base of a million they
 * would hardly tell one column of cells from the next.
 */
export function digitsModelConfig(): ModelConfig {
  return readConfig(DIGITS_ASSETS);
}

/** The built-in model before any training. */
export function freshDigitsModel(seed: number): FreshModel {
  return { config: digitsModelConfig(), assets: DIGITS_ASSETS, seed };
}
