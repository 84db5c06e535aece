/**
 * @module
 * The parts of the architecture that the recorded fixtures are of, for tests that hold parts against them. Tests name no
 * architecture; this file is the one that does.
 */
import { imageProcessorJson as imageProcessorJsonOf } from "../model/architectures/qwen/image-processor.ts";
import { PROCESSOR_CLASS } from "../model/architectures/qwen2_5_vl/architecture.ts";
import type { ProcessorConfig } from "../model/index.ts";

export { CHAT_TEMPLATE as FIXTURE_CHAT_TEMPLATE } from "../model/architectures/qwen/chat-template.ts";
export {
  defaultImageProcessor,
  loadImageProcessor,
  parseImageProcessor,
} from "../model/architectures/qwen/image-processor.ts";
export { ropePositions } from "../model/architectures/qwen/positions.ts";
export { VISION_TOKENS } from "../model/architectures/qwen/special-tokens.ts";
export { loadVideoProcessor, parseVideoProcessor } from "../model/architectures/qwen/video-processor.ts";
export {
  MODEL_TYPE as FIXTURE_MODEL_TYPE,
  type Qwen25Config as FixtureConfig,
} from "../model/architectures/qwen2_5_vl/config.ts";
export {
  configJson,
  parseConfig as parseFixtureConfig,
} from "../model/architectures/qwen2_5_vl/config-json.ts";

/** The preprocessor_config.json of these settings. */
export function imageProcessorJson(settings: ProcessorConfig): Record<string, unknown> {
  return imageProcessorJsonOf(settings, PROCESSOR_CLASS);
}
