/**
 * @module
 * The interface of a family of models to all other modules. The prompt side needs only a directory's small
 * files, opens no file itself and runs in a browser. The local engine runs the graph side (`graph/model-graphs.ts`).
 */
import type { ModelConfig } from "./config.ts";
import type { FloatType } from "./float-type.ts";
import type { VideoClip } from "./image/video-clip.ts";
import type { SmallFiles } from "./small-files.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { Vision, VisionChunk } from "./vision.ts";

/** Facts of an architecture that decide what any engine can do with its models. */
export interface ArchitectureCapabilities {
  /**
   * Image tokens are keys of the decoder's self-attention, so attention rows say how much of a token's attention is on
   * images. A decoder that reads images by cross-attention has no such keys: signals from attention rows are refused,
   * log-probs, entropies and divergences are not.
   */
  readonly imageKeys: boolean;
  /** Prompts may hold videos. */
  readonly video: boolean;
}

/** Texts in a rendered conversation that mark the place of its next image or video. */
export interface Placeholders {
  readonly image: string;
  /** Absent where prompts hold no video. */
  readonly video?: string;
}

/**
 * A video as texts and chunks. The texts are encoded together with the text around them.
 *
 * @throws DataError when the video has no frame or no rate
 */
export type VideoWords = (video: VideoClip) => readonly (string | VisionChunk)[];

/** Settings of config.json beside the sizes. */
export interface ConfigJsonOptions {
  /** Longest sequence promised; 32768 unless given. */
  readonly maxPositionEmbeddings?: number;
  /** Id of the token that ends a turn. */
  readonly eosTokenId?: number;
  readonly padTokenId?: number;
  /** Element type of the weights on disk; F32 unless given. */
  readonly dtype?: FloatType;
}

/** How models of one architecture are asked. No part of it reads weights. */
export interface PromptSide {
  /** Jinja source of the conversation format for directories that bring none. */
  readonly chatTemplate: string;
  readonly placeholders: Placeholders;
  /** Texts around a video's frames; absent where a video is one chunk. */
  readonly videoWords?: VideoWords;
  /**
   * The sizes that a config.json describes.
   *
   * @param where path of the file, for messages
   * @throws ModelError naming the field that is missing, impossible or not supported
   */
  parseConfig(json: unknown, where: string): ModelConfig;
  /** The config.json of a model: `parseConfig` gives the same sizes back, and transformers opens it. */
  configJson(config: ModelConfig, options?: ConfigJsonOptions): Record<string, unknown>;
  /**
   * Makes sure that tokenizer and config mean the same tokens.
   *
   * @throws ModelError naming the token that is missing or differs
   */
  checkTokenizer(tokenizer: Tokenizer, config: ModelConfig): void;
  /**
   * How a model's images and videos become tokens, by the processor settings of its directory.
   *
   * @throws ModelError naming the file and the field that is wrong or does not fit the config
   */
  openVision(config: ModelConfig, files: SmallFiles): Vision;
}

/** A family of models, by `model_type`. */
export interface Architecture {
  /** `model_type` of config.json. */
  readonly modelType: string;
  readonly capabilities: ArchitectureCapabilities;
  readonly promptSide: PromptSide;
}
