import { describe, expect, test } from "vitest";
import { ShapeError } from "../../errors/index.ts";
import { Graph } from "../graph.ts";
import { Program } from "../program.ts";
import { quantise } from "../quantised-matrix.ts";
import { multiply } from "./elementwise.ts";
import { quantisedLinear } from "./quantised-linear.ts";

/** Whole numbers to 127, one of which is 127 in every block: they are the same in 8 bits. */
const whole = (rows: number, columns: number, step: number) =>
  Float32Array.from({ length: rows * columns }, (_, i) => (i % 16 === 0 ? 127 : ((i * step) % 255) - 127));

/** x Wᵀ in double precision. */
function product(x: Float32Array, weights: Float32Array, rows: number, outputs: number, columns: number) {
  return Array.from({ length: rows * outputs }, (_, i) => {
    const [row, output] = [Math.floor(i / outputs), i % outputs];
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += x[row * columns + k]! * weights[output * columns + k]!;
    return sum;
  });
}

function build(weights: Float32Array, outputs: number, columns: number) {
  const graph = new Graph();
  const x = graph.input("x", [1, columns]);
  const factor = graph.input("factor", [outputs]);
  return { graph, x, y: multiply(quantisedLinear(x, quantise(weights, outputs, columns)), factor) };
}

describe("quantisedLinear", () => {
  test.each([
    [3, 16],
    [33, 24],
    [8, 128],
    [40, 320],
  ])(
    "of whole numbers is their product, for %i outputs of %i and any number of rows",
    async (outputs, columns) => {
      const weights = whole(outputs, columns, 37);
      const { graph, x, y } = build(weights, outputs, columns);
      for (const threads of [1, 2]) {
        const program = await Program.compile(graph, { y }, { rows: [x], threads });
        for (const rows of [1, 2, 7, 64]) {
          const data = whole(rows, columns, 29);
          const into = { y: new Float32Array(rows * outputs) };
          const found = await program.run({ x: data, factor: new Float32Array(outputs).fill(1) }, into);
          expect(found["y"]).toBe(into.y);
          expect([...into.y]).toBeAllclose(product(data, weights, rows, outputs, columns), {
            rtol: 1e-6,
            atol: 0,
          });
        }
        await program.release();
      }
    },
  );

  test("rounds each row by itself: other rows change nothing", async () => {
    const [outputs, columns] = [24, 96];
    const weights = Float32Array.from({ length: outputs * columns }, (_, i) => Math.sin(i));
    const { graph, x, y } = build(weights, outputs, columns);
    const program = await Program.compile(graph, { y }, { rows: [x] });
    const row = Float32Array.from({ length: columns }, (_, i) => Math.cos(3 * i));
    const factor = new Float32Array(outputs).fill(1);
    const two = new Float32Array(2 * columns).fill(1e4);
    two.set(row, columns);
    const [alone, beside] = [await program.run({ x: row, factor }), await program.run({ x: two, factor })];
    expect([...beside["y"]!.subarray(outputs)]).toBeAllclose([...alone["y"]!], { rtol: 1e-5, atol: 1e-5 });
    await program.release();
  });

  test("names shapes that do not fit", () => {
    const graph = new Graph();
    const matrix = quantise(new Float32Array(32), 2, 16);
    const make = () => graph.scope("head", () => quantisedLinear(graph.input("x", [1, 8]), matrix));
    expect(make).toThrow("quantisedLinear: expected [N, 16], got [1, 8] (in head)");
  });
});

describe("a program of any number of rows", () => {
  test("refuses parts of rows, and inputs of different numbers of rows", async () => {
    const graph = new Graph();
    const [a, b] = [graph.input("a", [1, 4]), graph.input("b", [1, 4])];
    const program = await Program.compile(graph, { y: multiply(a, b) }, { rows: [a, b] });
    const numbers = (count: number) => new Float32Array(count).fill(2);
    expect([...(await program.run({ a: numbers(8), b: numbers(8) }))["y"]!]).toEqual(new Array(8).fill(4));
    const parts = program.run({ a: numbers(6), b: numbers(6) });
    await expect(parts).rejects.toThrow(ShapeError);
    await expect(program.run({ a: numbers(6), b: numbers(6) })).rejects.toThrow(
      'input "a": expected rows of [1, 4], got 6 elements',
    );
    await expect(program.run({ a: numbers(8), b: numbers(4) })).rejects.toThrow(
      'input "b": expected float32 [2, 4], got 4 elements of float32',
    );
    await program.release();
  });
});
