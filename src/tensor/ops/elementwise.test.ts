import { describe, expect, test } from "vitest";
import { Graph, type Tensor } from "../graph.ts";
import { numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import {
  add,
  divide,
  exponential,
  gelu,
  geluTanh,
  hyperbolicTangent,
  logarithm,
  multiply,
  negate,
  quickGelu,
  scale,
  sigmoid,
  silu,
  squareRoot,
  subtract,
} from "./elementwise.ts";

const vector = (...values: number[]) => new Graph().constant(Float32Array.from(values), [values.length]);

describe("forward values", () => {
  test("arithmetic broadcasts a column against a row", async () => {
    const graph = new Graph();
    const column = graph.constant(Float32Array.of(6, 12), [2, 1]);
    const row = graph.constant(Float32Array.of(1, 2, 3), [3]);
    expect(await numbers(add(column, row))).toEqual([7, 8, 9, 13, 14, 15]);
    expect(await numbers(subtract(column, row))).toEqual([5, 4, 3, 11, 10, 9]);
    expect(await numbers(multiply(column, row))).toEqual([6, 12, 18, 12, 24, 36]);
    expect(await numbers(divide(column, row))).toEqual([6, 3, 2, 12, 6, 4]);
  });

  test("each function has its textbook values", async () => {
    expect(await numbers(negate(vector(1, -2)))).toEqual([-1, 2]);
    expect(await numbers(scale(vector(1, -2), 0.5))).toEqual([0.5, -1]);
    expect(await numbers(squareRoot(vector(0, 4, 2.25)))).toEqual([0, 2, 1.5]);
    const tolerance = { rtol: 1e-6, atol: 1e-7 };
    expect(await numbers(exponential(vector(0, 1)))).toBeAllclose([1, Math.E], tolerance);
    expect(await numbers(logarithm(vector(1, Math.E)))).toBeAllclose([0, 1], tolerance);
    expect(await numbers(sigmoid(vector(0, Math.log(3))))).toBeAllclose([0.5, 0.75], tolerance);
    // tanh(½·ln 3) = (3 − 1) / (3 + 1)
    expect(await numbers(hyperbolicTangent(vector(0, Math.log(3) / 2)))).toBeAllclose([0, 0.5], tolerance);
    expect(await numbers(silu(vector(0, Math.log(3))))).toBeAllclose([0, 0.75 * Math.log(3)], tolerance);
    // Φ(1) = 0.8413447
    expect(await numbers(gelu(vector(0, 1, -1)))).toBeAllclose([0, 0.8413447, -0.1586553], tolerance);
    expect(await numbers(geluTanh(vector(0, 1, -1)))).toBeAllclose([0, 0.841192, -0.158808], {
      rtol: 0,
      atol: 1e-6,
    });
    const quick = await numbers(quickGelu(vector(0, Math.log(3) / 1.702)));
    expect(quick).toBeAllclose([0, (0.75 * Math.log(3)) / 1.702], tolerance);
  });

  test("activations neither overflow nor lose their tails", async () => {
    const far = vector(-1000, -100, 100, 1000);
    expect(await numbers(silu(far))).toBeAllclose([0, 0, 100, 1000], { rtol: 1e-6, atol: 1e-5 });
    expect(await numbers(gelu(far))).toBeAllclose([0, 0, 100, 1000], { rtol: 1e-6, atol: 1e-5 });
    expect(await numbers(sigmoid(far))).toBeAllclose([0, 0, 1, 1], { rtol: 1e-6, atol: 1e-6 });
  });
});

const binaries = { add, subtract, multiply, divide };
const small: Parameters<typeof checkGradients>[0]["range"] = [0.5, 2];

describe.each(Object.entries(binaries))("gradient of %s", (_, operation) => {
  test.each([
    ["equal shapes", [2, 3], [2, 3]],
    ["a row on the right", [2, 3], [3]],
    ["a row on the left", [3], [2, 3]],
    ["a column on the right", [2, 3], [2, 1]],
    ["a column against a row", [2, 1], [1, 3]],
    ["a scalar on the left", [], [2, 3]],
    ["an axis in the middle", [2, 1, 3], [4, 1]],
  ])("%s", async (_name, a, b) => {
    await checkGradients({ shapes: [a, b], build: operation, range: small });
  });

  test("on tensors large enough for several threads", async () => {
    await checkGradients({ shapes: [[512, 128], [128]], build: operation, range: small, coordinates: 4 });
  });

  test("one tensor in both places", async () => {
    await checkGradients({ shapes: [[2, 3]], build: (a) => operation(a, a), range: small });
  });
});

describe("gradient of functions of one number", () => {
  test.each<[string, (a: Tensor) => Tensor, readonly [number, number]]>([
    ["negate", negate, [-2, 2]],
    ["scale", (a) => scale(a, -1.75), [-2, 2]],
    ["exponential", exponential, [-2, 2]],
    ["logarithm", logarithm, [0.5, 3]],
    ["squareRoot", squareRoot, [0.5, 3]],
    ["sigmoid", sigmoid, [-4, 4]],
    ["hyperbolicTangent", hyperbolicTangent, [-3, 3]],
    ["silu", silu, [-4, 4]],
    ["gelu", gelu, [-4, 4]],
    ["geluTanh", geluTanh, [-4, 4]],
    ["quickGelu", quickGelu, [-4, 4]],
  ])("%s", async (_name, operation, range) => {
    await checkGradients({ shapes: [[3, 16]], build: operation, range });
    await checkGradients({ shapes: [[512, 256]], build: operation, range, coordinates: 4 });
  });
});

test.each(Object.entries(binaries))(
  "%s names itself, the shapes and the label where they do not broadcast",
  (name, operation) => {
    const graph = new Graph();
    const [a, b] = [graph.input("a", [2, 3]), graph.input("b", [4])];
    expect(() => graph.scope("layer 1", () => operation(a, b))).toThrow(
      `${name}: [2, 3] and [4] do not broadcast (in layer 1)`,
    );
  },
);
