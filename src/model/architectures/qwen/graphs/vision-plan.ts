/**
 * @module
 * Where each patch of a grid goes: windows side by side, each padded to the longest one's slots. Without windows the whole
 * frame is one.
 */
import type { FramePlan } from "../../../graph/model-graphs.ts";
import type { TowerConfig } from "../config.ts";
import { type PositionTaps, positionTaps, TAPS } from "./position-table.ts";
import { visionPositions } from "./vision-positions.ts";
import { type WindowLayout, windowLayout } from "./windows.ts";

export interface VisionPlan extends FramePlan {
  readonly windows: number;
  readonly patchesPerUnit: number;
  /** `[units]` padded unit that holds each merged token, in raster order. */
  readonly unitSlot: Int32Array;
  /** `[slots, d/2]` of the 2-D rotary angles: d/4 frequencies by row, then d/4 by column. */
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
  /** `[slots · 4]` entries of the learned table of positions; absent where there is none. */
  readonly positions?: PositionTaps;
}

const ROPE_THETA = 10_000;

/**
 * The plan of one frame.
 *
 * @param grid patches per frame, [height, width]
 */
export function visionPlan(grid: readonly [number, number], config: TowerConfig): VisionPlan {
  const patchesPerUnit = config.spatialMergeSize ** 2;
  const { order, windows } = layout(grid, config);
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
    ...tablePositions(grid, config, patch),
  };
}

function layout(grid: readonly [number, number], config: TowerConfig): WindowLayout {
  const { windowSize, spatialMergeSize } = config;
  if (windowSize !== undefined) return windowLayout([1, ...grid], { ...config, windowSize });
  const units = (grid[0] * grid[1]) / spatialMergeSize ** 2;
  return { order: Int32Array.from({ length: units }, (_, i) => i), windows: Int32Array.of(units) };
}

/** The table's entries of every slot; without windows no slot is padding. */
function tablePositions(grid: readonly [number, number], config: TowerConfig, patch: Int32Array) {
  const { positionsPerSide: side, spatialMergeSize } = config;
  if (side === undefined) return {};
  const taps = positionTaps(grid, side, spatialMergeSize);
  const ofSlot = (i: number) => patch[Math.floor(i / TAPS)]! * TAPS + (i % TAPS);
  return {
    positions: {
      entry: taps.entry.map((_, i) => taps.entry[ofSlot(i)]!),
      weight: taps.weight.map((_, i) => taps.weight[ofSlot(i)]!),
    },
  };
}

function angles(grid: readonly [number, number], config: TowerConfig, patch: Int32Array) {
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
