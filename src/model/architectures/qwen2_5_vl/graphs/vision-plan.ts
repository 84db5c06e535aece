/**
 * @module
 * Where each patch of a grid goes: windows side by side, each padded to the longest one's slots.
 */
import type { FramePlan } from "../../../graph/model-graphs.ts";
import type { VisionConfig } from "../config.ts";
import { visionPositions } from "./vision-positions.ts";
import { windowLayout } from "./windows.ts";

export interface VisionPlan extends FramePlan {
  readonly windows: number;
  readonly patchesPerUnit: number;
  /** `[units]` padded unit that holds each merged token, in raster order. */
  readonly unitSlot: Int32Array;
  /** `[slots, d/2]` of the 2-D rotary angles: d/4 frequencies by row, then d/4 by column. */
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
}

const ROPE_THETA = 10_000;

/**
 * The plan of one frame.
 *
 * @param grid patches per frame, [height, width]
 */
export function visionPlan(grid: readonly [number, number], config: VisionConfig): VisionPlan {
  const patchesPerUnit = config.spatialMergeSize ** 2;
  const { order, windows } = windowLayout([1, ...grid], config);
  const longest = Math.max(...windows);
  const slots = windows.length * longest * patchesPerUnit;
  const patch = new Int32Array(slots);
  const real = new Uint8Array(slots);
  const unitSlot = new Int32Array(order.length);
  let next = 0;
  for (const [window, length] of windows.entries()) {
    for (let i = 0; i < length; i++) {
      const unit = order[next++]!;
      const slot = window * longest + i;
      unitSlot[unit] = slot;
      for (let p = 0; p < patchesPerUnit; p++) {
        patch[slot * patchesPerUnit + p] = unit * patchesPerUnit + p;
        real[slot * patchesPerUnit + p] = 1;
      }
    }
  }
  return {
    windows: windows.length,
    slots,
    tokens: order.length,
    patchesPerUnit,
    patch,
    real,
    unitSlot,
    ...angles(grid, config, patch),
  };
}

function angles(grid: readonly [number, number], config: VisionConfig, patch: Int32Array) {
  const half = config.hiddenSize / config.heads / 2;
  const quarter = half / 2;
  const { row, column } = visionPositions([1, ...grid], config.spatialMergeSize);
  const cosine = new Float32Array(patch.length * half);
  const sine = new Float32Array(patch.length * half);
  for (let slot = 0; slot < patch.length; slot++) {
    const source = patch[slot]!;
    for (let i = 0; i < half; i++) {
      const frequency = Math.fround(ROPE_THETA ** (-(i % quarter) / quarter));
      const angle = (i < quarter ? row[source]! : column[source]!) * frequency;
      cosine[slot * half + i] = Math.cos(angle);
      sine[slot * half + i] = Math.sin(angle);
    }
  }
  return { cosine, sine };
}
