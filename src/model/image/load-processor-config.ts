/**
 * @module
 * How a model directory on disk wants its images.
 */
import type { ModelConfig } from "../config.ts";
import { processorSettings } from "./joint-processor.ts";
import {
  checkPatches,
  defaultProcessorConfig,
  type ProcessorConfig,
  parseProcessorConfig,
} from "./processor-config.ts";

/**
 * The settings of a directory: `image_processor` in processor_config.json, else preprocessor_config.json, else the
 * defaults for the model.
 *
 * @throws ModelError when they do not fit the model's patches
 */
export function loadProcessorConfig(directory: string, config: ModelConfig): ProcessorConfig {
  const found = processorSettings(directory, "image_processor", ["preprocessor_config.json"]);
  if (found === undefined) return defaultProcessorConfig(config);
  return checkPatches(parseProcessorConfig(found.json, found.where), config, found.where);
}
