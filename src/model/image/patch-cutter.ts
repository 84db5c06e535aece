/**
 * @module
 * The task of cutting the patches of one temporal patch, and the interface of a cutter.
 */
import type { RgbImage } from "./rgb-image.ts";

/** The patches to cut. */
export interface PatchTask {
  /** The Tp frames of one temporal patch. */
  readonly frames: readonly RgbImage[];
  readonly patchSize: number;
  readonly mergeSize: number;
  /** The value of each byte, by channel. */
  readonly tables: readonly [Float32Array, Float32Array, Float32Array];
}

/** Fills `[n × (C·Tp·p·p)]` with the patches of one temporal patch. */
export type PatchCutter = (task: PatchTask, patches: Float32Array) => void;
