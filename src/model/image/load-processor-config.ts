/**
 * @module
 * How a model directory on disk wants its images.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ModelConfig } from "../config.ts";
import { Fields } from "../json-fields.ts";
import { readJson } from "../read-json.ts";
import {
  checkPatches,
  defaultProcessorConfig,
  type ProcessorConfig,
  parseProcessorConfig,
} from "./processor-config.ts";

/**
 * The settings of a directory: preprocessor_config.json, else `image_processor` in processor_config.json, else
 * the defaults for the model.
 *
 * @throws ModelError when they do not fit the model's patches
 */
export function loadProcessorConfig(directory: string, config: ModelConfig): ProcessorConfig {
  const own = join(directory, "preprocessor_config.json");
  const joint = join(directory, "processor_config.json");
  let processor = defaultProcessorConfig(config);
  let where = own;
  if (existsSync(own)) processor = parseProcessorConfig(readJson(own), own);
  else if (existsSync(joint)) {
    where = `${joint}: image_processor`;
    processor = parseProcessorConfig(
      new Fields(readJson(joint), joint).object("image_processor").json,
      where,
    );
  }
  return checkPatches(processor, config, where);
}
