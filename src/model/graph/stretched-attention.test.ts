import { expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import { attention, Graph, gradients, type Tensor, workingBytes } from "../../tensor/index.ts";
import { numbers } from "../../tensor/testing/evaluate.ts";
import { stretchedAttention } from "./stretched-attention.ts";

const SHAPE = [2, 3, 7, 4] as const;

/** Attention of made-up numbers over seven rows, with gradients of all three inputs. */
function attended(attend: (...parts: readonly Tensor[]) => Tensor, maskRows: 1 | 7) {
  const graph = new Graph();
  const rng = new Rng(2);
  const of = (shape: readonly number[]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return graph.constant(
      Float32Array.from({ length: size }, () => rng.normal()),
      shape,
    );
  };
  const inputs = [of(SHAPE), of(SHAPE), of(SHAPE)];
  const output = attend(...inputs, of([2, 1, maskRows, 7]));
  const found = gradients(graph, [{ tensor: output, gradient: of(SHAPE) }], inputs);
  return { graph, output, found };
}

test.each([1, 7] as const)(
  "in stretches is attention at once, and so are its gradients: %i rows of mask",
  async (rows) => {
    const whole = attended((q, k, v, mask) => attention(q!, k!, v!, 0.5, mask).output, rows);
    // Two rows of scores at once: 2 · 3 · 7 numbers a row.
    const parts = attended((q, k, v, mask) => stretchedAttention(q!, k!, v!, 0.5, mask, 2 * 4 * 42), rows);
    expect(await numbers(parts.output)).toBeAllclose(await numbers(whole.output), { rtol: 0, atol: 1e-6 });
    for (const [i, gradient] of parts.found.entries()) {
      expect(await numbers(gradient)).toBeAllclose(await numbers(whole.found[i]!), { rtol: 0, atol: 1e-5 });
    }
  },
);

test("takes the memory of a stretch of scores, and few rows are one product", () => {
  const graph = new Graph();
  const rows = graph.input("x", [1, 4, 512, 8]);
  const scores = 4 * 4 * 512 * 512;
  const bytes = (limit?: number) =>
    workingBytes(graph, [stretchedAttention(rows, rows, rows, 1, undefined, limit)]);
  expect(bytes(scores / 16)).toBeLessThan(scores / 4);
  expect(bytes(scores)).toBeGreaterThanOrEqual(scores);
  expect(bytes()).toBe(bytes(scores));
});
