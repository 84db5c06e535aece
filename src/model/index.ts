/**
 * @module
 * A Hugging Face Qwen2.5-VL model directory and everything around the network: sizes, weights, tokenizer, chat
 * template, image processor, positions.
 */
export { type ChatFormat, type PromptOptions, promptFromMessages } from "./chat-prompt.ts";
export {
  type ChatMessage,
  ChatTemplate,
  type ContentPart,
  QWEN_CHAT_TEMPLATE,
  type RenderOptions,
} from "./chat-template.ts";
export type { ModelConfig, TextConfig, VisionConfig } from "./config.ts";
export { type ConfigJsonOptions, configJson, parseConfig } from "./config-json.ts";
export {
  isTextModel,
  type ModelDirectory,
  type ModelFiles,
  openModelDirectory,
  openTextModel,
  writeModelDirectory,
} from "./directory.ts";
export { type ExportOptions, exportModel } from "./export-model.ts";
export type { FloatType } from "./float-type.ts";
export { downloadDataset } from "./hub/download-dataset.ts";
export { downloadModel } from "./hub/download-model.ts";
export { downloadSnapshot, type Selection } from "./hub/download-snapshot.ts";
export { type HubReference, isHubReference, parseHubReference } from "./hub/hub-reference.ts";
export type { DownloadOptions, DownloadProgress } from "./hub/hub-session.ts";
export { type HubSettings, hubSettings } from "./hub/hub-settings.ts";
export { resizeBicubic } from "./image/bicubic.ts";
export { type DecodeImageOptions, decodeImage, imageFormat } from "./image/decode.ts";
export { encodePng } from "./image/encode-png.ts";
export { type FilmLength, type FrameRequest, sampledFps, sampleFrames } from "./image/frame-sampling.ts";
export { gaussianBlur } from "./image/gaussian-blur.ts";
export type { ImageGrid } from "./image/image-grid.ts";
export { loadProcessorConfig } from "./image/load-processor-config.ts";
export { imageGrid, type ProcessedImage, preprocess } from "./image/processor.ts";
export {
  defaultProcessorConfig,
  type ProcessorConfig,
  parseProcessorConfig,
  processorJson,
} from "./image/processor-config.ts";
export { type ReadVideoOptions, readFrames, readVideo } from "./image/read-video.ts";
export type { RgbImage } from "./image/rgb-image.ts";
export { type PixelSize, type ResizeLimits, smartResize } from "./image/smart-resize.ts";
export type { VideoClip } from "./image/video-clip.ts";
export { type ProcessedVideo, preprocessVideo, videoGrid } from "./image/video-processor.ts";
export {
  loadVideoProcessorConfig,
  parseVideoProcessorConfig,
  type VideoProcessorConfig,
  videoProcessorJson,
} from "./image/video-processor-config.ts";
export { loadChatTemplate, loadTokenizer } from "./load-chat-format.ts";
export {
  isAdapterDirectory,
  type LoraAdapter,
  mergedWeights,
  readAdapter,
  writeAdapter,
} from "./lora/adapter.ts";
export {
  LORA_MODULES,
  type LoraModule,
  type LoraOptions,
  type LoraShape,
  type LoraTarget,
  loraFactors,
  loraNames,
  loraScale,
  loraShape,
  sameLora,
} from "./lora/lora-shape.ts";
export { type ExportOnnxOptions, exportOnnx } from "./onnx/export-onnx.ts";
export type { OnnxManifest } from "./onnx/manifest.ts";
export { canonicalName, checkParameters, parameterShapes } from "./parameter-names.ts";
export { mergedTokens, type RopePositions, type RopeSegment, ropePositions } from "./positions.ts";
export type { Prompt, PromptChunk } from "./prompt.ts";
export { readJson } from "./read-json.ts";
export { replaceFile } from "./replace-file.ts";
export { rotaryFrequencies } from "./rotary-frequencies.ts";
export { openSafetensors, readTensor, readTensorInto, type SafetensorsFile } from "./safetensors.ts";
export type { TensorEntry } from "./safetensors-header.ts";
export {
  type CutVision,
  checkText,
  type PatchedImage,
  type SpelledPrompt,
  spellPrompt,
  type VisionChunk,
} from "./spelled-prompt.ts";
export {
  checkTokenizer,
  type DecodeOptions,
  type EncodeOptions,
  Tokenizer,
  VISION_TOKENS,
} from "./tokenizer.ts";
export { type VisionPositions, visionPositions } from "./vision-positions.ts";
export { readWeights, type Weights } from "./weights.ts";
export { type WindowLayout, windowLayout } from "./windows.ts";
export {
  type WeightTensor,
  type WriteOptions,
  writeSafetensors,
} from "./write-safetensors.ts";
export { type StorageOptions, writeWeights } from "./write-weights.ts";
