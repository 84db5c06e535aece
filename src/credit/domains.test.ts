import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../errors/index.ts";
import { signalAgreement } from "./agreement.ts";
import { biasCurve } from "./bias-curve.ts";
import { calibratedGram } from "./calibrated-gram.ts";
import { checkGram } from "./check-gram.ts";
import { checkRows } from "./check-rows.ts";
import { checkSignals, MOST_MASS } from "./check-signals.ts";
import { fisherRaoDistance } from "./fisher-rao.ts";
import { checkAdvantage } from "./per-completion.ts";
import { signedSpanWeights } from "./signed-spans.ts";
import { rowCosines, similarityGraph } from "./similarity-graph.ts";
import { tokenClusters } from "./token-clusters.ts";

const belowZero = -Number.MIN_VALUE;
const aboveMass = MOST_MASS * (1 + Number.EPSILON);
const signal = (range: Parameters<typeof checkSignals>[0][string][0]) => (value: number) =>
  checkSignals({ values: [range, [0, value]] }, undefined);
const pair = { connectivity: Float64Array.of(1, 1), gram: [1, 0, 0, 1] };

type Domain = readonly [
  name: string,
  call: (value: number) => unknown,
  within: readonly number[],
  beyond: readonly number[],
];

/** Signals that an engine computes in 32 bits may be beyond their range by its rounding, 1e-4. */
const SIGNALS: Domain[] = [
  ["a mass", signal("mass"), [0, MOST_MASS], [belowZero, aboveMass, Infinity]],
  ["an angle", signal("angle"), [0, Math.PI, Math.PI + 1e-4], [belowZero, Math.PI + 1.01e-4]],
  ["a log-prob", signal("logprob"), [-1e300, 0, 1e-4], [1.01e-4, -Infinity]],
  ["a cosine", signal("cosine"), [-1 - 0.99e-4, -1, 1, 1 + 0.99e-4], [-1 - 1.01e-4, 1 + 1.01e-4]],
  ["nats", signal("nats"), [-1e-4, 0, 1e300], [-1.01e-4, Infinity]],
  ["an index", signal("index"), [0, 7], [-1, 0.5, Infinity]],
  ["a neighbour", signal("neighbour"), [-1, 0, 7], [-2, -0.5, Infinity]],
  [
    "an entry of attention",
    (value) => checkRows([value], { tokens: 1, keys: 1 }, [1]),
    [0, MOST_MASS],
    [belowZero, aboveMass],
  ],
  ["the kind of a key", (kind) => checkRows([1], { tokens: 1, keys: 1 }, [kind]), [0, 1, 2], [-1, 3, 0.5]],
  ["a mass of two rows", (mass) => fisherRaoDistance([mass, 1], [1, 1]), [0, 1e300], [belowZero, Infinity]],
  ["a mass of the second", (mass) => fisherRaoDistance([1, 1], [mass, 1]), [0, 1e300], [belowZero, Infinity]],
  ["an advantage", (value) => checkAdvantage(value, 1, undefined), [-1e300, 1e300], [Infinity, -Infinity]],
  ["that of a token", (value) => checkAdvantage([0, value], 2, undefined), [-1e300], [Infinity, -Infinity]],
  ["an own product", (square) => rowCosines([square], 1), [0, 1e300], [belowZero, Infinity]],
  ["an own product in a check", (square) => checkGram([square], 1, [0]), [0, 1e300], [belowZero, Infinity]],
  ["a product", (own) => similarityGraph([1, own, own, 1], 2), [0, 1], [belowZero, Infinity]],
  ["a mask", (counts) => checkSignals({ values: ["mass", [1]] }, [counts]), [0, 1], [-1, 2, 0.5]],
];

const OPTIONS: Domain[] = [
  [
    "the share of an agreement",
    (share) => signalAgreement([], [], [], share),
    [0, 1],
    [belowZero, 1 + Number.EPSILON],
  ],
  [
    "the strength of spans",
    (alpha) => signedSpanWeights({ span: [1], advantage: 1 }, alpha, 1),
    [0, 9],
    [belowZero],
  ],
  ["the keys of a bias", biasCurve, [0, 1], [-1, 0.5]],
  ["its exponential", (exponential) => biasCurve(1, { exponential }), [0, 1e100], [belowZero, 1.01e100]],
  ["its decay", (decay) => biasCurve(1, { decay }), [0, 1e300], [belowZero, Infinity]],
  ["its cosine", (cosine) => biasCurve(1, { cosine }), [-0.99, 0.99], [-0.991, 0.991]],
  [
    "the threshold of a graph",
    (threshold) => similarityGraph([1], 1, { threshold }),
    [0, 1],
    [belowZero, 1.001],
  ],
  ["its scale", (weightScale) => similarityGraph([1], 1, { weightScale }), [1, 1e6], [0.999, 1.000001e6]],
  ["its tokens", (tokens) => similarityGraph([], tokens), [0], [-1, 0.5]],
  ["neighbours", (neighbours) => tokenClusters(pair, { neighbours }), [0, 65_536], [-1, 0.5, 65_537]],
  [
    "tokens of a cluster",
    (clusterSize) => tokenClusters(pair, { clusterSize }),
    [1, 1e300],
    [0.999, Infinity],
  ],
];

describe.each([
  ["signals", SIGNALS],
  ["options", OPTIONS],
])("%s are accepted at their limits and refused beyond", (_, domains) => {
  test.each(domains)("%s", (_name, call, within, beyond) => {
    for (const value of within) expect(() => call(value), `${value}`).not.toThrow();
    for (const value of [...beyond, Number.NaN]) expect(() => call(value), `${value}`).toThrow(NumericError);
  });
});

test("only the tokens that count are checked, and every signal and the mask have one length", () => {
  const bad = Number.NaN;
  expect(checkSignals({ a: ["mass", [1, bad]], b: ["cosine", [1, bad]] }, [1, 0])).toBe(2);
  expect(() => checkSignals({ a: ["mass", [1, bad]] }, [1, 1])).toThrow("a[1]: expected a finite number ≥ 0");
  expect(() => checkSignals({ a: ["mass", [1]], b: ["mass", [1, 1]] }, undefined)).toThrow(ShapeError);
  expect(() => checkSignals({ a: ["mass", [1]] }, [1, 1])).toThrow(ShapeError);
  expect(checkSignals({}, [1, 1, 0])).toBe(3);
  expect(checkSignals({}, undefined)).toBe(0);
  expect(() => checkAdvantage([1, bad], 2, [1, 0])).not.toThrow();
  expect(() => checkAdvantage(bad, 2, [0, 0])).not.toThrow();
  expect(() => checkAdvantage([1], 2, undefined)).toThrow(ShapeError);
});

test("attention's rows, kinds and the place of the first query fit the shape", () => {
  const [rows, shape, kind] = [[1, 0, 0, 1, 1, 0], { tokens: 2, keys: 3 }, [2, 1, 1]] as const;
  for (const first of [undefined, 0, 1]) expect(() => checkRows(rows, shape, kind, first)).not.toThrow();
  for (const first of [2, -1, 0.5, Number.NaN]) {
    expect(() => checkRows(rows, shape, kind, first)).toThrow(ShapeError);
  }
  expect(() => checkRows(rows.slice(1), shape, kind)).toThrow("rows: expected 2 × 3 = 6 numbers, got 5");
  expect(() => checkRows(rows, shape, [2, 1])).toThrow("kind: expected shape [3], got [2]");
  expect(() => checkRows(rows, { tokens: -2, keys: -3 }, kind)).toThrow(
    "tokens: expected an integer ≥ 0, got -2",
  );
  expect(() => checkRows([], { tokens: 0, keys: 0.5 }, kind)).toThrow(
    "keys: expected an integer ≥ 0, got 0.5",
  );
  expect(() => checkRows([1, 0, 0, 1, -1, 0], shape, kind)).toThrow("(token 1, key 1)");
  expect(() => calibratedGram(rows, shape, kind, { first: 2 })).toThrow(ShapeError);
});

describe("a matrix of products", () => {
  const check =
    (gram: number[], counted = [0, 1]) =>
    () =>
      checkGram(gram, 2, counted);

  test("is symmetric to a thousandth of its rows' lengths", () => {
    // Lengths 2 and 3: a thousandth of their product is 0.006.
    expect(check([4, 1, 1.0059, 9])).not.toThrow();
    expect(check([4, 1.0059, 1, 9])).not.toThrow();
    expect(check([4, 1, 1.0061, 9])).toThrow(
      "expected a symmetric matrix, got 1 at (0, 1) and 1.0061 at (1, 0)",
    );
    expect(check([4, 1.0061, 1, 9])).toThrow(NumericError);
  });

  test("has numbers ≥ 0 that are finite, and names the first that is not", () => {
    expect(check([4, Number.NaN, 1, 9])).toThrow("got NaN (row 0, column 1)");
    expect(check([4, 1, Number.NaN, 9])).toThrow("got NaN (row 1, column 0)");
    expect(check([4, 0, -1, 9])).toThrow("got -1 (row 1, column 0)");
    expect(check([4, Infinity, 1, 9])).toThrow("got Infinity (row 0, column 1)");
    expect(check([4, 1, 1, -9])).toThrow("got -9 (row 1, column 1)");
  });

  test("has zeros in the row of a token whose own product is 0", () => {
    expect(check([0, 0, 0, 9])).not.toThrow();
    expect(check([0, 1, 1, 9])).toThrow("expected zeros in row 0");
    expect(check([9, 1, 1, 0])).toThrow("expected zeros in row 1");
  });

  test("is of the shape of the tokens, and unchecked where they do not count", () => {
    expect(check([1, 0, 0])).toThrow("gram: expected 2 × 2 = 4 numbers, got 3");
    expect(check([1, Number.NaN, 5, Number.NaN], [0])).not.toThrow();
    expect(() => rowCosines([1, 0, 0], 2)).toThrow("gram: expected 2 × 2 = 4 numbers, got 3");
  });
});
