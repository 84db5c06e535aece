import { describe, expect, test } from "vitest";
import { Graph, type Tensor } from "../graph.ts";
import { numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { rotary } from "./rotary.ts";

/** Constants cos θ and sin θ, `[B, S, half]`, for angles 0.3·i. */
function angles(graph: Graph, batch: number, length: number, half: number): [Tensor, Tensor] {
  const theta = Float32Array.from({ length: batch * length * half }, (_, i) => 0.3 * i);
  const constant = (f: (angle: number) => number) => graph.constant(theta.map(f), [batch, length, half]);
  return [constant(Math.cos), constant(Math.sin)];
}

describe("rotary", () => {
  test("turns the pair (x_i, x_{i + d/2}) of each head by its angle", async () => {
    const graph = new Graph();
    // one position, two heads of width 4: angles 90° and 0°
    const x = graph.constant(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [1, 1, 8]);
    const cosine = graph.constant(Float32Array.of(0, 1), [1, 1, 2]);
    const sine = graph.constant(Float32Array.of(1, 0), [1, 1, 2]);
    expect(await numbers(rotary(x, cosine, sine, 2))).toEqual([-3, 2, 1, 4, -7, 6, 5, 8]);
  });

  test("each row of a batch has its own angles", async () => {
    const graph = new Graph();
    const x = graph.constant(Float32Array.of(1, 0, 1, 0), [2, 1, 2]);
    const cosine = graph.constant(Float32Array.of(1, 0), [2, 1, 1]);
    const sine = graph.constant(Float32Array.of(0, 1), [2, 1, 1]);
    expect(await numbers(rotary(x, cosine, sine, 1))).toEqual([1, 0, 0, 1]);
  });

  test.each([
    [1, 1, 1, 2],
    [2, 3, 2, 4],
    [1, 4, 3, 6],
  ])("gradient at batch %i, length %i, %i heads of width %i", async (batch, length, heads, width) => {
    const build = (x: Tensor) => rotary(x, ...angles(x.graph, batch, length, width / 2), heads);
    await checkGradients({ shapes: [[batch, length, heads * width]], build, step: 0.25 });
  });

  test("gradient on positions enough for several threads", async () => {
    const build = (x: Tensor) => rotary(x, ...angles(x.graph, 8, 96, 16), 6);
    await checkGradients({ shapes: [[8, 96, 192]], build, step: 0.25, coordinates: 6 });
  });

  test("names the angles that it needs", () => {
    const graph = new Graph();
    const x = graph.input("x", [2, 3, 8]);
    const right = graph.input("right", [2, 3, 2]);
    const wrong = graph.input("wrong", [2, 3, 4]);
    const label = (build: () => unknown) => () => graph.scope("layer 2", build);
    const message = "rotary: [2, 3, 8] with 2 heads needs angles [2, 3, 2], got";
    expect(label(() => rotary(x, wrong, right, 2))).toThrow(
      `${message} [2, 3, 4] and [2, 3, 2] (in layer 2)`,
    );
    expect(label(() => rotary(x, right, wrong, 2))).toThrow(
      `${message} [2, 3, 2] and [2, 3, 4] (in layer 2)`,
    );
    expect(label(() => rotary(x, right, right, 3))).toThrow("with 3 heads needs angles");
  });
});
