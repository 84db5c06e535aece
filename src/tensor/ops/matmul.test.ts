import { describe, expect, test } from "vitest";
import { Graph } from "../graph.ts";
import { Program } from "../program.ts";
import { numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { addProduct, linear, matmul } from "./matmul.ts";

const TRANSPOSES = [
  { transposeA: false, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: false },
  { transposeA: true, transposeB: true },
];

/** Shapes of op(A) [M, K] and op(B) [K, N] with axes in front. */
function shapesOf(
  { transposeA, transposeB }: (typeof TRANSPOSES)[number],
  [m, k, n]: readonly [number, number, number],
  batch: readonly number[] = [],
) {
  return [
    [...batch, ...(transposeA ? [k, m] : [m, k])],
    [...batch, ...(transposeB ? [n, k] : [k, n])],
  ];
}

describe("addProduct", () => {
  test("is C + Aᵀ B", async () => {
    const graph = new Graph();
    const c = graph.constant(Float32Array.of(100, 200, 300, 400), [2, 2]);
    const a = graph.constant(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
    const b = graph.constant(Float32Array.of(1, 0, 0, 1, 1, 1), [3, 2]);
    expect(await numbers(addProduct(c, a, b))).toEqual([106, 208, 308, 410]);
  });

  test("writes over C where an input and an output are one array", async () => {
    const graph = new Graph();
    const c = graph.input("c", [64, 48]);
    const sum = addProduct(c, graph.input("a", [300, 64]), graph.input("b", [300, 48]));
    const program = await Program.compile(graph, { sum }, { threads: 2 });
    const numbersOf = (length: number, step: number) =>
      Float32Array.from({ length }, (_, i) => ((i * step) % 17) - 8);
    const [a, b] = [numbersOf(300 * 64, 5), numbersOf(300 * 48, 7)];
    const inPlace = numbersOf(64 * 48, 3);
    const expected = inPlace.map((value, i) => {
      const [row, column] = [Math.floor(i / 48), i % 48];
      let product = value;
      for (let k = 0; k < 300; k++) product += a[k * 64 + row]! * b[k * 48 + column]!;
      return product;
    });
    await program.run({ a, b, c: inPlace }, { sum: inPlace });
    expect(inPlace).toEqual(expected);
    await program.release();
  });

  test("refuses another shape", () => {
    const graph = new Graph();
    const [c, a, b] = [graph.input("c", [2]), graph.input("a", [3, 2]), graph.input("b", [3, 2])];
    expect(() => addProduct(c, a, b)).toThrow("linear: expected [2, 2] to add to, got [2]");
  });
});

describe("linear", () => {
  test("is x Wᵀ + b", async () => {
    const graph = new Graph();
    const x = graph.constant(Float32Array.of(1, 2, 3, 4), [2, 2]);
    const weight = graph.constant(Float32Array.of(1, 0, 0, 1, 1, -1), [3, 2]);
    const bias = graph.constant(Float32Array.of(10, 20, 30), [3]);
    expect(await numbers(linear(x, weight))).toEqual([1, 2, -1, 3, 4, -1]);
    expect(await numbers(linear(x, weight, bias))).toEqual([11, 22, 29, 13, 24, 29]);
  });

  test("gradients with and without bias", async () => {
    await checkGradients({
      shapes: [
        [4, 3],
        [5, 3],
      ],
      build: (x, w) => linear(x, w),
      step: 0.25,
    });
    await checkGradients({ shapes: [[4, 3], [5, 3], [5]], build: linear, step: 0.25 });
    await checkGradients({ shapes: [[1, 3], [1, 3], [1]], build: linear, step: 0.25 });
  });

  test("gradients of one matrix as input and weight", async () => {
    await checkGradients({ shapes: [[4, 3]], build: (x) => linear(x, x) });
  });

  test("gradients of matrices large enough for several threads", async () => {
    const options = { coordinates: 6, step: 0.5 };
    await checkGradients({ shapes: [[512, 192], [256, 192], [256]], build: linear, ...options });
  });

  test("names the shapes that do not fit", () => {
    const graph = new Graph();
    const [x, weight] = [graph.input("x", [4, 3]), graph.input("w", [5, 2])];
    const label = (build: () => unknown) => () => graph.scope("gate", build);
    expect(label(() => linear(x, weight))).toThrow("linear: [4, 3] and [5, 2]ᵀ do not multiply (in gate)");
    expect(label(() => linear(graph.input("y", [2, 2, 3]), weight))).toThrow(
      "linear: expected matrices, got [2, 2, 3] and [5, 2] (in gate)",
    );
    const square = graph.input("square", [3, 3]);
    expect(label(() => linear(x, square, graph.input("b", [4])))).toThrow(
      "linear: expected a bias [3], got [4] (in gate)",
    );
  });
});

describe("matmul", () => {
  test("multiplies the last two axes, transposed as asked, by a factor", async () => {
    const graph = new Graph();
    const a = graph.constant(Float32Array.of(1, 2, 3, 4), [2, 2]);
    const b = graph.constant(Float32Array.of(5, 6, 7, 8), [2, 2]);
    const product = (transposeA: boolean, transposeB: boolean) =>
      numbers(matmul(a, b, { transposeA, transposeB }));
    expect(await product(false, false)).toEqual([19, 22, 43, 50]);
    expect(await product(false, true)).toEqual([17, 23, 39, 53]);
    expect(await product(true, false)).toEqual([26, 30, 38, 44]);
    expect(await product(true, true)).toEqual([23, 31, 34, 46]);
    expect(await numbers(matmul(a, b, { scale: -0.5 }))).toEqual([-9.5, -11, -21.5, -25]);
  });

  test("multiplies each matrix of a batch with its own partner", async () => {
    const graph = new Graph();
    const a = graph.constant(Float32Array.of(1, 2, 3, 4), [2, 1, 2]);
    const b = graph.constant(Float32Array.of(1, 1, 10, 1), [2, 2, 1]);
    expect(await numbers(matmul(a, b))).toEqual([3, 34]);
  });

  test.each(TRANSPOSES)("gradients with %j, with and without a batch and a factor", async (options) => {
    await checkGradients({
      shapes: shapesOf(options, [2, 3, 4]),
      build: (a, b) => matmul(a, b, options),
      step: 0.25,
    });
    await checkGradients({
      shapes: shapesOf(options, [2, 3, 4], [2, 3]),
      build: (a, b) => matmul(a, b, { ...options, scale: 0.3 }),
      step: 0.25,
    });
  });

  test.each(TRANSPOSES)("gradients with %j of batches large enough for several threads", async (options) => {
    await checkGradients({
      shapes: shapesOf(options, [96, 32, 96], [4, 6]),
      build: (a, b) => matmul(a, b, { ...options, scale: 0.2 }),
      step: 0.5,
      coordinates: 6,
    });
  });

  test.each([{}, { transposeB: true }])(
    "gradients of a tensor multiplied by itself with %j",
    async (options) => {
      await checkGradients({ shapes: [[2, 3, 3]], build: (a) => matmul(a, a, options) });
    },
  );

  test("names the shapes that do not fit, with their transposes", () => {
    const graph = new Graph();
    const a = graph.input("a", [2, 4, 3]);
    const b = graph.input("b", [2, 4, 5]);
    const label = (build: () => unknown) => () => graph.scope("scores", build);
    expect(label(() => matmul(a, b))).toThrow("matmul: [2, 4, 3] and [2, 4, 5] do not multiply (in scores)");
    expect(label(() => matmul(a, b, { transposeA: true, transposeB: true }))).toThrow(
      "matmul: [2, 4, 3]ᵀ and [2, 4, 5]ᵀ do not multiply (in scores)",
    );
    const other = graph.input("c", [3, 3, 5]);
    expect(label(() => matmul(a, other))).toThrow(
      "matmul: [2, 4, 3] and [3, 3, 5] do not multiply (in scores)",
    );
    const row = graph.input("d", [3]);
    expect(label(() => matmul(row, row))).toThrow("matmul: [3] and [3] do not multiply (in scores)");
  });
});
