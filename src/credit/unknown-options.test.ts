import { describe, expect, test } from "vitest";
import { createFakeEngine, createLocalEngine } from "../engine/index.ts";
import { ConfigError, EngineError, NumericError, ShapeError } from "../errors/index.ts";
import { groupAdvantages } from "../math/index.ts";
import { calibratedGram } from "./calibrated-gram.ts";
import { atRl, attentionSignals, dycoRl, dycoRlReleased, partition } from "./index.ts";

/** The function as a program without types calls it. */
const untyped = (call: unknown) => call as (...given: unknown[]) => unknown;

const signals = {
  visualMass: Float64Array.of(0.5, 0.75),
  textMass: Float64Array.of(0.5, 0.25),
  visualShift: Float64Array.of(0, 1),
  textShift: Float64Array.of(0, 0),
};
const connectivity = Float64Array.of(0.6, 0.4);
const gram = [1, 0.9, 0.9, 1];
const graph = {
  xadj: Int32Array.of(0, 1, 2),
  adjacency: Int32Array.of(1, 0),
  edgeWeights: Int32Array.of(9, 9),
};
const rows = [0.6, 0.4, 0.2, 0.8];
const shape = { tokens: 2, keys: 2 };
const kind = [2, 1];

describe("options that there are not", () => {
  test.each<[name: string, call: () => unknown, message: string]>([
    [
      "dycoRl",
      () => untyped(dycoRl)(signals, { tau: 9 }),
      'expected an object with some of variant, alpha, threshold, ablation, got "tau"',
    ],
    [
      "dycoRlReleased",
      () => untyped(dycoRlReleased)([signals], { treshold: 1 }),
      'got "treshold"; did you mean "threshold"?',
    ],
    ["atRl", () => untyped(atRl)({ connectivity, gram }, { foo: 1 }), 'got "foo"'],
    [
      "partition",
      () => untyped(partition)(graph, 2, { sede: 7 }),
      'some of seed, tries, got "sede"; did you mean "seed"?',
    ],
    [
      "groupAdvantages",
      () => untyped(groupAdvantages)([1, 0], { eps: 1 }),
      'some of scale, epsilon, got "eps"; did you mean "epsilon"?',
    ],
    [
      "calibratedGram",
      () => untyped(calibratedGram)(rows, shape, kind, 4),
      "expected an object with some of biasCorrection, biasCurve, first, got 4",
    ],
    ["groupAdvantages with null", () => untyped(groupAdvantages)([0, 1], null), "got null"],
    ["partition with a list", () => untyped(partition)(graph, 2, [1]), "got an array"],
  ])("%s refuses them", (_, call, message) => {
    expect(call).toThrow(ConfigError);
    expect(call).toThrow(message);
  });

  test("that are undefined are not given", () => {
    expect(untyped(groupAdvantages)([1, 1], { eps: undefined })).toEqual(Float64Array.of(0, 0));
  });
});

describe("arguments that are missing", () => {
  test.each<[name: string, call: () => unknown, message: string]>([
    ["dycoRl", () => untyped(dycoRl)(), "input: expected an object, got undefined"],
    ["atRl", () => untyped(atRl)(null), "input: expected an object, got null"],
    ["calibratedGram", () => untyped(calibratedGram)(rows), "shape: expected an object, got undefined"],
    ["attentionSignals", () => untyped(attentionSignals)(rows), "shape"],
  ])("of %s are named", (_, call, message) => {
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(message);
  });

  test("of the local engine are named", async () => {
    const opening = untyped(createLocalEngine)() as Promise<unknown>;
    await expect(opening).rejects.toThrow(EngineError);
    await expect(opening).rejects.toThrow("options: expected an object with model, got undefined");
  });
});

describe("numbers that cannot be", () => {
  test.each<[name: string, call: () => unknown, message: string]>([
    [
      "a shift above π",
      () => dycoRl({ ...signals, visualShift: Float64Array.of(0, 3.2) }),
      "visualShift[1]: expected an angle in [0, π], got 3.2",
    ],
    [
      "a Gram matrix that is not symmetric",
      () => atRl({ connectivity, gram: Float64Array.of(1, 0.9, 0.1, 1) }),
      "gram: expected a symmetric matrix, got 0.9 at (0, 1) and 0.1 at (1, 0)",
    ],
    [
      "products with a row of length 0",
      () => atRl({ connectivity, gram: Float64Array.of(0, 0.9, 0.9, 1) }),
      "gram: expected zeros in row 0, whose own product is 0",
    ],
  ])("%s is refused", (_, call, message) => {
    expect(call).toThrow(NumericError);
    expect(call).toThrow(message);
  });

  test("rounding is not refused", () => {
    expect(() => dycoRl({ ...signals, visualShift: Float64Array.of(0, Math.PI + 1e-7) })).not.toThrow();
    const rounded = Float64Array.of(1, 0.9, 0.9 + 1e-7, 1);
    expect(() => atRl({ connectivity, gram: rounded })).not.toThrow();
    expect(() =>
      atRl({ connectivity: Float64Array.of(1, 0), gram: Float64Array.of(1, 0, 0, 0) }),
    ).not.toThrow();
  });

  test("ids beyond the fake engine's vocabulary are refused", async () => {
    const engine = createFakeEngine({ vocabSize: 100 });
    const prompt = { chunks: [{ kind: "text" as const, tokens: [7, 400] }] };
    const scoring = engine.score([{ prompt, completion: Int32Array.of(1) }]);
    await expect(scoring).rejects.toThrow(EngineError);
    await expect(scoring).rejects.toThrow("expected ids below vocabSize 100, got 400");
  });
});
