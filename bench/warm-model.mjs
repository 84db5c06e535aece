/**
 * @module
 * The model that both benchmarks run: the built-in digits model after a short warm start, so that completions have
 * the form and the lengths that training meets. How well it answers does not matter here.
 */
import { join } from "node:path";
import { findPreset, resolveConfig, runWarmStart } from "fovea/config";

/** @import { Config } from "fovea/config" */

const { settings } = findPreset("digits");

/**
 * The digits preset with a short warm start.
 *
 * @param {Readonly<Record<string, unknown>>} [overrides] settings that win over the preset's
 * @returns {Config}
 */
export function benchConfig(overrides = {}) {
  const sft = { steps: 80, batchSize: 32, reportEvery: 80 };
  const data = { kind: "digits", warmStart: { readingSteps: 0, transcriptionSteps: 0 } };
  return resolveConfig({ preset: settings, file: { data, sft }, overrides });
}

/**
 * Trains the model and leaves it in a Hugging Face model directory.
 *
 * @param {string} directory where its run directory is made
 * @param {number} threads
 * @returns {Promise<string>} path of the model directory
 */
export async function warmModel(directory, threads) {
  const config = benchConfig({ engine: { threads } });
  const { model } = await runWarmStart({ config, runDirectory: join(directory, "warm-start") });
  return /** @type {string} */ (model);
}
