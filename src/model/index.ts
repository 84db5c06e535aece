/**
 * @module
 * A Hugging Face model directory and everything around the network: sizes, weights, tokenizer, chat template, and what
 * architectures know: processors, placeholders, positions, graphs.
 */
export type {
  Architecture,
  ArchitectureCapabilities,
  ConfigJsonOptions,
  Placeholders,
  PromptSide,
} from "./architecture.ts";
export { graphsOf } from "./architectures/graphs.ts";
export { architectureOf, modelTypes, parseConfig } from "./architectures/index.ts";
export { type ChatFormat, type PromptOptions, promptFromMessages } from "./chat-prompt.ts";
export {
  type ChatMessage,
  ChatTemplate,
  type ContentPart,
  chatTemplateOf,
  type RenderOptions,
} from "./chat-template.ts";
export { imageTokenWidth, type ModelConfig, type TextConfig } from "./config.ts";
export {
  loadTokenizer,
  type ModelDirectory,
  type ModelFiles,
  openModelDirectory,
  openPrompts,
  openSightOf,
  readConfig,
  writeModelDirectory,
} from "./directory.ts";
export { directoryFiles } from "./directory-files.ts";
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
export { type FrameRequest, sampledFps, sampleFrames, type VideoLength } from "./image/frame-sampling.ts";
export { gaussianBlur } from "./image/gaussian-blur.ts";
export type { ImageGrid } from "./image/image-grid.ts";
export { imageGrid, type ProcessedImage, preprocess } from "./image/processor.ts";
export type { ProcessorConfig, VideoProcessorConfig } from "./image/processor-config.ts";
export { type ReadVideoOptions, readFrames, readVideo } from "./image/read-video.ts";
export type { RgbImage } from "./image/rgb-image.ts";
export { type PixelSize, type ResizeLimits, smartResize } from "./image/smart-resize.ts";
export type { VideoClip } from "./image/video-clip.ts";
export { type ProcessedVideo, preprocessVideo, videoGrid } from "./image/video-processor.ts";
export { IS_POINTER, isLfsPointer, MAX_POINTER_BYTES } from "./lfs-pointer.ts";
export {
  isAdapterDirectory,
  type LoraAdapter,
  mergedWeights,
  readAdapter,
  writeAdapter,
} from "./lora/adapter.ts";
export { LORA_MODULES, type LoraModule } from "./lora/lora-modules.ts";
export {
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
export { checkParameters, type ParameterNames } from "./parameters.ts";
export { ProcessFile } from "./process-file.ts";
export type { Prompt, PromptChunk } from "./prompt.ts";
export { openPromptModel, PROMPT_FILES, type PromptModel, type Sight } from "./prompt-model.ts";
export { readJson } from "./read-json.ts";
export { replaceFile } from "./replace-file.ts";
export { rotaryFrequencies } from "./rotary-frequencies.ts";
export { openSafetensors, readTensor, readTensorInto, type SafetensorsFile } from "./safetensors.ts";
export type { TensorEntry } from "./safetensors-header.ts";
export type { SmallFile, SmallFiles } from "./small-files.ts";
export { overPicture, pictureSize } from "./token-grid.ts";
export { type DecodeOptions, type EncodeOptions, Tokenizer } from "./tokenizer.ts";
export {
  checkText,
  type ImageReaders,
  type PatchedImage,
  type Positions,
  type SpelledPrompt,
  type TokenGrid,
  type Vision,
  type VisionChunk,
} from "./vision.ts";
export { readWeights, type Weights } from "./weights.ts";
export {
  requireWritableDirectory,
  requireWritableFile,
  writeNewOutput,
  writeOutput,
} from "./write-output.ts";
export {
  type WeightTensor,
  type WriteOptions,
  writeSafetensors,
} from "./write-safetensors.ts";
export { type StorageOptions, writeWeights } from "./write-weights.ts";
