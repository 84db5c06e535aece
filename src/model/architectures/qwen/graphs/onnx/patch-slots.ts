/**
 * @module
 * The slot of each patch of a grid, computed inside a graph: windows side by side, each with the same number
 * of slots. `../vision-plan.ts` computes the same for a grid known beforehand; here every window has the slots of a
 * full window. Without windows a whole frame is one window.
 */
import type { DynamicGraph, Value } from "../../../../../tensor/index.ts";
import { HIDDEN_SCORE } from "../../../../onnx/layers.ts";
import type { TowerConfig } from "../../config.ts";

/** Slots are ordered by frame, window, unit within the window, patch within the unit. */
export interface PatchSlots {
  /** `[slots]` index of the patch in the processor's order; 0 where a slot is empty. */
  readonly patch: Value;
  /** `[slots]` added to the scores of a slot as a key: hides empty slots. */
  readonly hidden: Value;
  /** `[slots]` row and column of the patch in its frame; any where a slot is empty. */
  readonly row: Value;
  readonly column: Value;
  /** `[]` rows and columns of a frame, in patches. */
  readonly rows: Value;
  readonly columns: Value;
  /** `[2]` windows of all frames, and slots of a window. */
  readonly byWindow: Value;
  /** `[2]` frames, and slots of a frame. */
  readonly byFrame: Value;
  /** `[units]` the slot, counted in units, of each merged token in raster order. */
  readonly rasterOrder: Value;
}

/**
 * Adds the nodes.
 *
 * @param grid `[3]` frames, rows and columns in patches
 */
export function patchSlots(
  graph: DynamicGraph,
  grid: Value,
  { windowSize, patchSize, spatialMergeSize: merge }: TowerConfig,
): PatchSlots {
  const integer = (value: number) => graph.integer(value);
  const { plus, minus, times, over, modulo, smaller, isBelow, range } = integers(graph);
  const sizeOf = (axis: number) => graph.node("Gather", [grid, integer(axis)], { axis: 0n });
  const unit = integer(merge ** 2);

  // in merged units: rows and columns of a frame, of a window, and how many windows down and across
  const frames = sizeOf(0);
  const [rows, columns] = [over(sizeOf(1), integer(merge)), over(sizeOf(2), integer(merge))];
  const windowOf = (size: Value) =>
    windowSize === undefined
      ? size
      : smaller(integer(Math.floor(Math.floor(windowSize / merge) / patchSize)), size);
  const [height, width] = [windowOf(rows), windowOf(columns)];
  const windowsOf = (units: Value, size: Value) => over(minus(plus(units, size), integer(1)), size);
  const [down, across] = [windowsOf(rows, height), windowsOf(columns, width)];
  const windows = times(times(frames, down), across);
  const perWindow = times(times(height, width), unit);

  const slot = range(times(windows, perWindow));
  const [unitSlot, inUnit] = [over(slot, unit), modulo(slot, unit)];
  const [rest1, unitColumn] = [over(unitSlot, width), modulo(unitSlot, width)];
  const [rest2, unitRow] = [over(rest1, height), modulo(rest1, height)];
  const [rest3, windowColumn] = [over(rest2, across), modulo(rest2, across)];
  const [frame, windowRow] = [over(rest3, down), modulo(rest3, down)];
  const row = plus(times(windowRow, height), unitRow);
  const column = plus(times(windowColumn, width), unitColumn);
  const isReal = graph.node("And", [isBelow(row, rows), isBelow(column, columns)]);
  const raster = plus(times(plus(times(frame, rows), row), columns), column);
  const patch = graph.node("Where", [isReal, plus(times(raster, unit), inUnit), integer(0)]);

  const token = range(times(times(frames, rows), columns));
  const [tokenColumn, lines] = [modulo(token, columns), over(token, columns)];
  const [tokenRow, tokenFrame] = [modulo(lines, rows), over(lines, rows)];
  const windowLine = plus(times(tokenFrame, down), over(tokenRow, height));
  const window = plus(times(windowLine, across), over(tokenColumn, width));
  const lineInWindow = plus(times(window, height), modulo(tokenRow, height));

  const pair = (a: Value, b: Value) =>
    graph.node(
      "Concat",
      [a, b].map((x) => graph.node("Reshape", [x, graph.integers([1])])),
      { axis: 0n },
    );
  return {
    patch,
    hidden: graph.node("Where", [isReal, graph.float(0), graph.float(HIDDEN_SCORE)]),
    row: plus(times(row, integer(merge)), over(inUnit, integer(merge))),
    column: plus(times(column, integer(merge)), modulo(inUnit, integer(merge))),
    rows: sizeOf(1),
    columns: sizeOf(2),
    byWindow: pair(windows, perWindow),
    byFrame: pair(frames, times(times(down, across), perWindow)),
    rasterOrder: plus(times(lineInWindow, width), modulo(tokenColumn, width)),
  };
}

/** Whole-number arithmetic on values of the graph, none of them negative. */
function integers(graph: DynamicGraph) {
  const binary = (operator: string) => (a: Value, b: Value) => graph.node(operator, [a, b]);
  return {
    plus: binary("Add"),
    minus: binary("Sub"),
    times: binary("Mul"),
    over: binary("Div"),
    modulo: binary("Mod"),
    smaller: binary("Min"),
    isBelow: binary("Less"),
    range: (length: Value) => graph.node("Range", [graph.integer(0), length, graph.integer(1)]),
  };
}
