/**
 * @module
 * The order of an image's patches in the tower: tile by tile as the processor orders them, empty tiles after them.
 */
import type { FramePlan } from "../../../graph/model-graphs.ts";
import { type MllamaConfig, patchesPerSide, tokensPerTile } from "../config.ts";
import { canvases } from "../tile-canvas.ts";

export interface CanvasPlan extends FramePlan {
  /** Row of the tables of tiles: the canvas's place among all, counted from 1; row 0 is of no image. */
  readonly canvas: number;
  /** Tiles that hold the image, of `maxTiles`. */
  readonly tiles: number;
}

/** The plan of a canvas of so many patches. */
export function canvasPlan([rows, columns]: readonly [number, number], { vision }: MllamaConfig): CanvasPlan {
  const side = patchesPerSide(vision);
  const [down, across] = [rows / side, columns / side];
  const slots = vision.maxTiles * side ** 2;
  const held = rows * columns;
  return {
    canvas: canvases(vision.maxTiles).findIndex(([r, c]) => r === down && c === across) + 1,
    tiles: down * across,
    slots,
    tokens: vision.maxTiles * tokensPerTile(vision),
    patch: Int32Array.from({ length: slots }, (_, i) => (i < held ? i : 0)),
    real: Uint8Array.from({ length: slots }, (_, i) => (i < held ? 1 : 0)),
  };
}
