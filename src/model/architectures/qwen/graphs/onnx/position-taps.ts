/**
 * @module
 * The interpolated table of positions, for a grid known at run time only: `../position-table.ts` computed inside a graph.
 */
import type { DynamicGraph, Value } from "../../../../../tensor/index.ts";
import { TAPS } from "../position-table.ts";
import type { PatchSlots } from "./patch-slots.ts";

const FLOAT = 1n;
const INTEGER = 7n;

/**
 * `[slots, D_v]` of the table's four entries around each slot's patch, weighted.
 *
 * @param table `[side², D_v]`
 * @param side rows and columns of the table
 */
export function tablePositions(graph: DynamicGraph, table: Value, slots: PatchSlots, side: number): Value {
  const down = axisTaps(graph, slots.row, slots.rows, side);
  const across = axisTaps(graph, slots.column, slots.columns, side);
  const pairs = down.flatMap((y) => across.map((x) => ({ y, x })));
  const read = pairs.map(({ y, x }) => {
    const line = graph.node("Mul", [y.entry, graph.integer(side)]);
    const rows = graph.node("Gather", [table, graph.node("Add", [line, x.entry])], { axis: 0n });
    const share = graph.node("Mul", [y.weight, x.weight]);
    return graph.node("Mul", [rows, graph.node("Unsqueeze", [share, graph.integers([1])])]);
  });
  if (read.length !== TAPS) throw new Error(`expected ${TAPS} taps, got ${read.length}`);
  return read.reduce((sum, rows) => graph.node("Add", [sum, rows]));
}

interface AxisTap {
  /** `[slots]` */
  readonly entry: Value;
  readonly weight: Value;
}

/** The two entries beside each place on an axis of `length` places. */
function axisTaps(graph: DynamicGraph, place: Value, length: Value, side: number): AxisTap[] {
  const float = (x: Value) => graph.node("Cast", [x], { to: FLOAT });
  const steps = graph.node("Max", [graph.node("Sub", [length, graph.integer(1)]), graph.integer(1)]);
  const scaled = graph.node("Mul", [place, graph.integer(side - 1)]);
  const source = graph.node("Div", [float(scaled), float(steps)]);
  const floor = graph.node("Floor", [source]);
  const share = graph.node("Sub", [source, floor]);
  const below = graph.node("Cast", [floor], { to: INTEGER });
  const above = graph.node("Min", [graph.node("Add", [below, graph.integer(1)]), graph.integer(side - 1)]);
  return [
    { entry: below, weight: graph.node("Sub", [graph.float(1), share]) },
    { entry: above, weight: share },
  ];
}
