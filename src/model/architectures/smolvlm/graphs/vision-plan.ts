/**
 * @module
 * The order of a tile's patches. The processor already orders them by token, so their order does not change.
 */
import type { FramePlan } from "../../../graph/model-graphs.ts";
import { positionsPerSide, type SmolConfig } from "../config.ts";
import { positionIds } from "./position-ids.ts";

export interface TilePlan extends FramePlan {
  /** `[slots]` row of the position table of each patch. */
  readonly positions: Int32Array;
}

/** The plan of a tile of so many patches per side. */
export function tilePlan([rows]: readonly [number, number], { vision, scaleFactor }: SmolConfig): TilePlan {
  const slots = rows * rows;
  const raster = positionIds(rows, positionsPerSide(vision));
  return {
    slots,
    tokens: slots / scaleFactor ** 2,
    patch: Int32Array.from({ length: slots }, (_, i) => i),
    real: new Uint8Array(slots).fill(1),
    positions: byToken(rows, scaleFactor).map((patch) => raster[patch]!),
  };
}

/** `[n²]` places in raster order of the patches of n x n, ordered by token, and within a token in raster order. */
export function byToken(side: number, scaleFactor: number): Int32Array {
  const order: number[] = [];
  for (let top = 0; top < side; top += scaleFactor) {
    for (let left = 0; left < side; left += scaleFactor) {
      for (let i = 0; i < scaleFactor; i++) {
        for (let j = 0; j < scaleFactor; j++) order.push((top + i) * side + left + j);
      }
    }
  }
  return Int32Array.from(order);
}
