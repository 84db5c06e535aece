import { describe, expect, test } from "vitest";
import { ShapeError } from "../errors/index.ts";
import { Graph } from "./graph.ts";
import { add, attention, concatenate, gatherRows, linear, matmul, multiply, reshape } from "./ops/index.ts";

describe("inputs and constants", () => {
  test("take the type of their numbers", () => {
    const graph = new Graph();
    expect(graph.constant(new Float32Array(2), [2]).type).toBe("float32");
    expect(graph.constant(new BigInt64Array(2), [2]).type).toBe("int64");
    expect(graph.constant(new Uint8Array(2), [2]).type).toBe("bool");
    expect(graph.scalar(3).shape).toEqual([]);
    expect(graph.input("mask", [2], "bool").type).toBe("bool");
  });

  test("the builder's own names can never be a caller's", () => {
    const graph = new Graph();
    expect(graph.scalar(1).name).toMatch(/^\./);
    for (const name of [".0", "0", "", " a"]) {
      expect(() => graph.input(name, [1])).toThrow(
        `input: expected a name with a leading letter, got "${name}"`,
      );
    }
  });

  test("a name is declared once", () => {
    const graph = new Graph();
    graph.input("x", [1]);
    expect(() => graph.input("x", [2])).toThrow('input: "x" is declared twice');
  });

  test("sizes are whole numbers", () => {
    const graph = new Graph();
    expect(() => graph.input("x", [2, 1.5])).toThrow('input: "x" has the impossible shape [2, 1.5]');
  });

  test("a constant has as many numbers as its shape", () => {
    const graph = new Graph();
    expect(() => graph.constant(new Float32Array(5), [2, 3])).toThrow(
      "constant: expected 6 elements for [2, 3], got 5",
    );
  });
});

describe("labels", () => {
  test("nest, and end with their scope, by an error too", () => {
    const graph = new Graph();
    const fail = () => {
      throw graph.shapeError("op", "wrong");
    };
    expect(() => graph.scope("layer 3", () => graph.scope("attention", fail))).toThrow(
      new ShapeError("op: wrong (in layer 3 / attention)"),
    );
    expect(fail).toThrow(new ShapeError("op: wrong"));
    expect(graph.scope("layer 4", () => 5)).toBe(5);
  });
});

describe("tensors of another graph", () => {
  const graph = new Graph();
  const other = new Graph();
  const [mine, foreign] = [graph.input("mine", [2, 2]), other.input("foreign", [2, 2])];
  const index = other.input("index", [1], "int64");
  const heads = reshape(mine, [1, 1, 2, 2]);

  test.each<[string, () => unknown]>([
    ["add", () => add(mine, foreign)],
    ["multiply", () => multiply(mine, foreign)],
    ["linear", () => linear(mine, foreign)],
    ["matmul", () => matmul(mine, foreign)],
    ["concatenate", () => concatenate([mine, foreign], 0)],
    ["gatherRows", () => gatherRows(mine, index)],
    ["attention", () => attention(heads, reshape(foreign, [1, 1, 2, 2]), heads, 1)],
  ])("are refused by %s", (_, build) => {
    expect(() => graph.scope("block 1", build)).toThrow(/belongs to another graph \(in block 1\)/);
  });

  test("are named with their shape", () => {
    expect(() => add(mine, foreign)).toThrow('Add: "foreign" [2, 2] belongs to another graph');
  });
});

test("an operation on numbers refuses integers", () => {
  const graph = new Graph();
  const index = graph.input("index", [4], "int64");
  expect(() => graph.scope("positions", () => reshape(index, [2, 2]))).toThrow(
    "Reshape: expected float32, got int64 [4] (in positions)",
  );
});
