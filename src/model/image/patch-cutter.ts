/**
 * @module
 * What cutting the patches of one temporal patch needs, and a way to do it.
 */
import type { RgbImage } from "./rgb-image.ts";

/** What there is to cut. */
export interface PatchTask {
  /** The Tp frames of one temporal patch. */
  readonly frames: readonly RgbImage[];
  readonly patchSize: number;
  readonly mergeSize: number;
  /** What a byte becomes, by channel. */
  readonly tables: readonly [Float32Array, Float32Array, Float32Array];
}

/** Fills `[n × (C·Tp·p·p)]` with the patches of one temporal patch. */
export type PatchCutter = (task: PatchTask, patches: Float32Array) => void;
