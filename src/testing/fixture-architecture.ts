/**
 * @module
 * The parts of the architecture that the recorded fixtures are of, for tests that hold parts against them. Tests name no
 * architecture; this file is the one that does.
 */
export { CHAT_TEMPLATE as FIXTURE_CHAT_TEMPLATE } from "../model/architectures/qwen2_5_vl/chat-template.ts";
export {
  MODEL_TYPE as FIXTURE_MODEL_TYPE,
  type QwenConfig as FixtureConfig,
} from "../model/architectures/qwen2_5_vl/config.ts";
export {
  configJson,
  parseConfig as parseFixtureConfig,
} from "../model/architectures/qwen2_5_vl/config-json.ts";
export { parameterNames } from "../model/architectures/qwen2_5_vl/graphs/parameter-names.ts";
export {
  defaultImageProcessor,
  imageProcessorJson,
  loadImageProcessor,
  parseImageProcessor,
} from "../model/architectures/qwen2_5_vl/image-processor.ts";
export { ropePositions } from "../model/architectures/qwen2_5_vl/positions.ts";
export { VISION_TOKENS } from "../model/architectures/qwen2_5_vl/special-tokens.ts";
export {
  loadVideoProcessor,
  parseVideoProcessor,
} from "../model/architectures/qwen2_5_vl/video-processor.ts";
