import { describe, expect, test } from "vitest";
import { ShapeError } from "../errors/index.ts";
import { gradients } from "./autodiff.ts";
import { Graph } from "./graph.ts";
import { add, linear, multiply, scale, sum } from "./ops/index.ts";
import { Program } from "./program.ts";

/** y = x · w, z = Σ y. */
function example() {
  const graph = new Graph();
  const [x, w] = [graph.input("x", [2, 2]), graph.input("w", [2])];
  const y = multiply(x, w);
  return { graph, x, w, y, z: sum(y, [0, 1]) };
}

const FEEDS = { x: Float32Array.of(1, 2, 3, 4), w: Float32Array.of(10, 100) };

describe("outputs", () => {
  test("come under their names", async () => {
    const { graph, y, z } = example();
    const program = await Program.compile(graph, { y, total: z });
    const results = await program.run(FEEDS);
    expect(Object.keys(results)).toEqual(["y", "total"]);
    expect([...results["y"]!]).toEqual([10, 200, 30, 400]);
    expect([...results["total"]!]).toEqual([640]);
    await program.release();
  });

  test("go into views of one larger buffer, and leave the rest of it alone", async () => {
    const { graph, x, w, z } = example();
    const [dx, dw] = gradients(
      graph,
      [{ tensor: z, gradient: graph.constant(Float32Array.of(1), [1, 1]) }],
      [x, w],
    );
    const program = await Program.compile(graph, { dx: dx!, dw: dw!, z });
    const flat = new Float32Array(8).fill(-1);
    const into = { dx: flat.subarray(1, 5), dw: flat.subarray(5, 7) };
    const results = await program.run(FEEDS, into);
    expect([...flat]).toEqual([-1, 10, 100, 10, 100, 4, 6, -1]);
    expect([...results["z"]!]).toEqual([640]);
    expect(results["dx"]).toBe(into.dx);

    flat.fill(-1);
    await program.run({ ...FEEDS, w: Float32Array.of(1, 2) }, into);
    expect([...flat]).toEqual([-1, 1, 2, 1, 2, 4, 6, -1]);
    await program.release();
  });

  test("may be one tensor under two names, each an array of its own", async () => {
    const { graph, y } = example();
    const program = await Program.compile(graph, { first: y, second: y });
    const { first, second } = await program.run(FEEDS);
    expect([...first!]).toEqual([10, 200, 30, 400]);
    expect([...second!]).toEqual([...first!]);
    expect(second!.buffer).not.toBe(first!.buffer);

    const target = new Float32Array(4);
    await program.run(FEEDS, { second: target });
    expect([...target]).toEqual([...first!]);
    await program.release();
  });

  test("may be an input or a constant, into given arrays too", async () => {
    const { graph, x, y } = example();
    const constant = graph.constant(Float32Array.of(7, 8), [2]);
    const program = await Program.compile(graph, { x, constant, y });
    const results = await program.run(FEEDS);
    expect([...results["x"]!]).toEqual([1, 2, 3, 4]);
    expect([...results["constant"]!]).toEqual([7, 8]);
    results["x"]!.fill(0);
    expect([...FEEDS.x]).toEqual([1, 2, 3, 4]);

    const into = { x: new Float32Array(4), constant: new Float32Array(2) };
    for (let run = 0; run < 2; run++) {
      into.x.fill(-1);
      into.constant.fill(-1);
      await program.run(FEEDS, into);
      expect([...into.x]).toEqual([1, 2, 3, 4]);
      expect([...into.constant]).toEqual([7, 8]);
    }
    await program.release();
  });

  test("that are the zeros of a missing path are written into given arrays as well", async () => {
    const { graph, w, z } = example();
    const apart = graph.input("apart", [3]);
    const gradient = graph.constant(Float32Array.of(1), [1, 1]);
    const [dApart, dw] = gradients(graph, [{ tensor: z, gradient }], [apart, w]);
    const program = await Program.compile(graph, { dApart: dApart!, dw: dw! });
    const flat = new Float32Array(5).fill(-1);
    await program.run(FEEDS, { dApart: flat.subarray(0, 3), dw: flat.subarray(3) });
    expect([...flat]).toEqual([0, 0, 0, 4, 6]);
    await program.release();
  });

  test("of one run are not overwritten by the next", async () => {
    const { graph, y } = example();
    const program = await Program.compile(graph, { y });
    const { y: first } = await program.run(FEEDS);
    await program.run({ ...FEEDS, w: Float32Array.of(0, 0) });
    expect([...first!]).toEqual([10, 200, 30, 400]);
    await program.release();
  });
});

describe("a node that the outputs do not need", () => {
  test("is dropped: inputs are the inputs that a run must feed", async () => {
    const { graph, x, y } = example();
    const apart = graph.input("apart", [5]);
    // this node would fail in onnxruntime if it were kept
    graph.single("NoSuchOperator", [add(apart, apart)], [5]);
    const program = await Program.compile(graph, { y });
    expect([...program.inputs.keys()]).toEqual(["x", "w"]);
    expect(program.inputs.get("x")).toBe(x);
    expect([...(await program.run({ ...FEEDS, apart: new Float32Array(1) }))["y"]!]).toEqual([
      10, 200, 30, 400,
    ]);
    await program.release();
  });

  test("may leave no inputs at all", async () => {
    const graph = new Graph();
    const program = await Program.compile(graph, { twice: scale(graph.scalar(2), 2) });
    expect(program.inputs.size).toBe(0);
    expect([...(await program.run({}))["twice"]!]).toEqual([4]);
    await program.release();
  });
});

describe("options", () => {
  test("threads and arena change no number", async () => {
    const graph = new Graph();
    const [x, w] = [graph.input("x", [128, 96]), graph.input("w", [64, 96])];
    const feeds = {
      x: Float32Array.from({ length: 128 * 96 }, (_, i) => Math.sin(i)),
      w: Float32Array.from({ length: 64 * 96 }, (_, i) => Math.cos(i)),
    };
    const results: Float32Array[] = [];
    for (const options of [{}, { threads: 1 }, { threads: 4, arena: false }]) {
      const program = await Program.compile(graph, { y: linear(x, w) }, options);
      results.push((await program.run(feeds))["y"]!);
      await program.release();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
});

describe("bad calls", () => {
  test.each([
    ["a missing input", { x: FEEDS.x }, {}, 'input "w": expected [2], got nothing'],
    [
      "an input of another size",
      { ...FEEDS, w: new Float32Array(3) },
      {},
      'input "w": expected float32 [2], got 3 elements of float32',
    ],
    [
      "an input of another type",
      { ...FEEDS, w: new BigInt64Array(2) },
      {},
      'input "w": expected float32 [2], got 2 elements of int64',
    ],
    [
      "a target of another size",
      FEEDS,
      { y: new Float32Array(5) },
      'output "y": expected float32 [2, 2], got 5 elements of float32',
    ],
    ["a target for no output", FEEDS, { w: new Float32Array(2) }, 'output "w": expected one of y, z'],
  ])("%s is named with what was expected", async (_, feeds, into, message) => {
    const { graph, y, z } = example();
    const program = await Program.compile(graph, { y, z });
    await expect(program.run(feeds, into)).rejects.toThrow(new ShapeError(message));
    await program.release();
  });

  test("an output of another graph is refused", async () => {
    const foreign = new Graph().scalar(1);
    await expect(Program.compile(new Graph(), { loss: foreign })).rejects.toThrow(
      new ShapeError('output "loss": ".0" [] belongs to another graph'),
    );
  });

  test("an output of integers is refused: results are floats", async () => {
    const graph = new Graph();
    const index = graph.input("index", [2], "int64");
    await expect(Program.compile(graph, { index })).rejects.toThrow(
      new ShapeError('output "index": expected float32, got int64 [2]'),
    );
  });

  test("a released program runs no more", async () => {
    const { graph, y } = example();
    const program = await Program.compile(graph, { y });
    await program.run(FEEDS);
    await program.release();
    await expect(program.run(FEEDS)).rejects.toThrow();
  });
});
