/**
 * @module
 * Picks rows by index.
 */
import type { Tensor } from "../graph.ts";
import { elementCount, formatShape } from "../shape.ts";

/**
 * Rows of a matrix.
 *
 * Its backward adds with `ScatterElements`: `ScatterND` with repeated indices is silently wrong on more than one
 * thread (`scatter-nd.test.ts` shows it).
 *
 * @param a `[N, D]`
 * @param indices int64 `[M]`, each in [0, N)
 * @returns `[M, D]`
 */
export function gatherRows(a: Tensor, indices: Tensor): Tensor {
  const { graph } = a;
  if (a.shape.length !== 2 || indices.shape.length !== 1 || indices.type !== "int64") {
    const got = `${formatShape(a.shape)} and ${indices.type} ${formatShape(indices.shape)}`;
    throw graph.shapeError("gatherRows", `expected [N, D] and int64 [M], got ${got}`);
  }
  const rows = elementCount(indices.shape);
  const width = a.shape[1]!;
  const output = graph.single("Gather", [a, indices], [rows, width], { attributes: { axis: 0n } });
  graph.record({
    inputs: [a],
    outputs: [output],
    backward: ([g]) => {
      const zeros = graph.single("Expand", [graph.scalar(0), graph.integers(a.shape)], a.shape);
      const column = graph.single("Unsqueeze", [indices, graph.integers([1])], [rows, 1], { type: "int64" });
      const index = graph.single("Expand", [column, graph.integers([rows, width])], [rows, width], {
        type: "int64",
      });
      return [
        graph.single("ScatterElements", [zeros, index, g!], a.shape, {
          attributes: { axis: 0n, reduction: "add" },
        }),
      ];
    },
  });
  return output;
}
