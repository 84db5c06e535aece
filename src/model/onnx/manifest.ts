/**
 * @module
 * The description of an exported model for programs: `onnx.json`.
 */
import type { OnnxValue } from "../../tensor/index.ts";

/** A graph on disk. */
export interface OnnxFile {
  readonly file: string;
  /** Files that hold its weights; none where they are in `file` itself. */
  readonly data: readonly string[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** A model on disk. */
export interface OnnxFiles {
  readonly vision: OnnxFile;
  readonly embedding: OnnxFile;
  readonly decoder: OnnxFile;
}

/** `onnx.json`. */
export interface OnnxManifest {
  readonly format: "fovea-onnx";
  readonly version: 1;
  readonly irVersion: number;
  readonly opset: number;
  /** Element type of the stored weights. */
  readonly weights: "float32" | "float16";
  readonly models: OnnxFiles;
  /** How many of the last layers the decoder's output `attention` holds; 0 where there is none. */
  readonly attentionLayers: number;
  readonly tokens: {
    readonly image: number;
    readonly video: number;
    /** Ids of image and video pads, which must never be sampled. */
    readonly neverSampled: readonly number[];
    /** Ids that end a completion. */
    readonly stop: readonly number[];
  };
}
