import { expect, test } from "vitest";
import { NumericError, ShapeError } from "../errors/index.ts";
import {
  atRl,
  attentionSignals,
  biasCurve,
  creditMethod,
  creditSchema,
  fisherRaoDistance,
  partition,
  tokenClusters,
} from "./index.ts";

const identity = Float64Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
const connectivity = Float64Array.of(0.4, 0.3, 0.2, 0.1);

test("AT-RL where refinement leaves no importance has even weights", () => {
  const { weights } = atRl({ connectivity, gram: identity }, { refinement: { attenuation: 0 } });
  expect(new Set(weights).size).toBe(1);
  expect(weights[0]).toBeGreaterThan(0);
  const config = creditSchema.parse({ kind: "at-rl", refinement: { attenuation: 0 } });
  const [[credit]] = creditMethod(config).credit([
    [{ mask: [1, 1, 1, 1], signals: { calibrated: { connectivity, gram: identity } } as never }],
  ]) as [ReturnType<ReturnType<typeof creditMethod>["credit"]>[0]];
  expect(credit!.weights.every(Number.isFinite)).toBe(true);
});

test.each<[name: string, call: () => unknown, error: typeof NumericError | typeof ShapeError]>([
  [
    "attention without the place of the first query",
    () => attentionSignals([1, 0], { tokens: 1, keys: 2 }, [2, 1], undefined as never),
    ShapeError,
  ],
  ["attention without a shape", () => attentionSignals([1, 0], undefined as never, [2, 1], 1), ShapeError],
  ["a mass of NaN", () => fisherRaoDistance([Number.NaN, 1], [1, 1]), NumericError],
  ["an infinite mass", () => fisherRaoDistance([Infinity, 1], [1, 1]), NumericError],
  ["a negative mass", () => fisherRaoDistance([-1, 2], [1, 1]), NumericError],
  ["half a key", () => biasCurve(1.5), NumericError],
  ["fewer than no keys", () => biasCurve(-1), NumericError],
  ["a bias beyond all numbers", () => biasCurve(2, { exponential: 1e308, decay: 0 }), NumericError],
  [
    "half a neighbour",
    () => tokenClusters({ connectivity, gram: identity }, { neighbours: 2.5 }),
    NumericError,
  ],
  [
    "too many neighbours",
    () => tokenClusters({ connectivity, gram: identity }, { neighbours: 1e12 }),
    NumericError,
  ],
  ["a graph without edges' ends", () => partition({ xadj: Int32Array.of(0, 0) } as never, 2), ShapeError],
])("%s is refused", (_, call, error) => {
  expect(call).toThrow(error);
});
