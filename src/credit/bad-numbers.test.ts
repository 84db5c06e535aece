import { describe, expect, test } from "vitest";
import { FoveaError, NumericError, ShapeError } from "../errors/index.ts";
import { Rng } from "../math/index.ts";
import {
  atRl,
  attentionSignals,
  type CreditInput,
  cppoTokens,
  creditMethod,
  dycoRlReleased,
  fisherRaoDistance,
  oracle,
  partition,
  pepo,
  signalAgreement,
  tokenClusters,
  tor,
  uniformWeights,
  vgpo,
} from "./index.ts";
import { mocaShift } from "./methods/moca.ts";
import { signedSpanWeights } from "./signed-spans.ts";

const connectivity = Float64Array.of(0.6, 0.4);
const gram = Float64Array.of(1, 0.9, 0.9, 1);
const entropy = [1, 2];

describe("clusters of an engine are checked", () => {
  const found = tokenClusters({ connectivity, gram }, { neighbours: 1 });
  const options = { expansion: { neighbours: 1 } };
  test.each<[name: string, wrong: object]>([
    ["a cosine above 1", { neighbourCosines: Float64Array.of(5, 1) }],
    ["a cosine with the centroid of NaN", { centroidCosine: Float64Array.of(Number.NaN, 1) }],
    ["half a cluster", { clusters: Float64Array.of(0.5, 0) }],
    ["a neighbour that there is not", { neighbours: Float64Array.of(2, 0) }],
    ["half a neighbour", { neighbours: Float64Array.of(0.5, 0) }],
  ])("%s is refused, unless the token is masked", (_, wrong) => {
    expect(() => atRl({ ...found, ...wrong }, options)).toThrow(NumericError);
    expect(() => atRl({ ...found, ...wrong, mask: [0, 1] }, options)).not.toThrow();
  });

  test("and none are as if absent", () => {
    expect(atRl({ connectivity, gram, clusters: undefined } as never)).toEqual(atRl({ connectivity, gram }));
    const wrong = { connectivity, gram: Float64Array.of(1, 0.9, Number.NaN, 1) };
    expect(() => atRl(wrong)).toThrow("gram: expected a finite number ≥ 0, got NaN (row 1, column 0)");
    expect(() => tokenClusters(wrong)).toThrow(NumericError);
    expect(() => tokenClusters({ connectivity: Float64Array.of(Number.NaN, 1), gram })).toThrow(NumericError);
  });

  test("are arrays of their own", () => {
    expect(found.connectivity).toEqual(connectivity);
    expect(found.connectivity).not.toBe(connectivity);
  });
});

test("lots of ToR differ between its two choices", () => {
  const tokens = 40;
  const flat = new Float64Array(tokens).fill(1);
  const input = { entropy: flat, logprobs: flat.map(() => -1), ablatedLogprobs: flat.map(() => -2) };
  const [{ weights } = { weights: flat }] = tor([input], { reasoningShare: 0.5, visualShare: 0.5 });
  expect(weights.some((weight) => weight === 0.5)).toBe(true);
  expect(tor([input], {}, new Rng(0))).toEqual(tor([input]));
});

test("a completion without tokens that count moves no other in DyCo-RL's released form", () => {
  const one = (visualShift: number) => ({
    visualMass: Float64Array.of(0.5, 0.5),
    textMass: Float64Array.of(0.5, 0.1),
    visualShift: Float64Array.of(0, visualShift),
    textShift: Float64Array.of(0, 0.5),
  });
  const two = dycoRlReleased([one(1), one(0)], { shortCompletion: 0 });
  const masked = { ...one(1), mask: [0, 0] };
  const three = dycoRlReleased([one(1), one(0), masked], { shortCompletion: 0 });
  expect(three.slice(0, 2)).toEqual(two);
  expect([...three[2]!.weights]).toEqual([0, 0]);
});

test.each<[name: string, call: () => unknown, error: new (message: string) => Error]>([
  ["a share above 1 of an agreement", () => signalAgreement([], [], [], 2), NumericError],
  [
    "advantages of other tokens",
    () => cppoTokens({ entropy, lostEntropy: [2, 3], advantage: [1] }),
    ShapeError,
  ],
  [
    "an advantage of NaN",
    () => cppoTokens({ entropy, lostEntropy: [2, 3], advantage: [1, NaN] }),
    NumericError,
  ],
  ["an oracle's", () => oracle({ labels: [{ role: "image", correct: true }], advantage: NaN }), NumericError],
  ["a span's", () => signedSpanWeights({ span: [1], advantage: NaN }, 1, 1), NumericError],
  ["masses beyond all use", () => attentionSignals([1e308], { tokens: 1, keys: 1 }, [1], 0), NumericError],
  ["a description's score above 1", () => mocaShift(0, 7, { raise: 1, lower: 1 }), NumericError],
  [
    "edges of half a weight",
    () => partition({ xadj: [0, 1, 2], adjacency: [1, 0], edgeWeights: [0.5, 0.5] } as never, 2),
    ShapeError,
  ],
  ["a weight of NaN", () => uniformWeights([1], Number.NaN), NumericError],
])("%s: refused", (_, call, error) => {
  expect(call).toThrow(error);
});

test("methods without the texts that they read say so", () => {
  const completion = { mask: [1], advantage: 1, verdict: 0, rewardParts: { "blind-answer": 1 } };
  const configs: CreditInput[] = [{ kind: "moca" }, { kind: "hicra", planning: "phrases", phrases: ["so"] }];
  for (const config of configs) {
    const call = () => creditMethod(config).credit([[completion]]);
    expect(call).toThrow("expected texts of tokens, got none (completion 0 of group 0)");
  }
  const views = { mask: [1], signals: { views: {} } };
  expect(() => creditMethod({ kind: "dvrp" }).credit([[views]])).toThrow(FoveaError);
});

describe("numbers near the ends of their range", () => {
  test("leave weights finite", () => {
    const sharp = pepo({ likeness: [0.1, 0.9], entropy }, { temperature: 1e-309 });
    expect([...sharp.weights]).toEqual([0, 2]);
    expect(fisherRaoDistance([1e308], [1e308])).toBe(0);
  });

  test("and so do long completions", () => {
    const likeness = Float64Array.from({ length: 200_000 }, (_, t) => Math.sin(t));
    expect(vgpo([{ likeness }], { form: "code" })[0]!.weights.every(Number.isFinite)).toBe(true);
  });
});

test("as many neighbours as asked for of few tokens, with none in the rest", () => {
  const few = tokenClusters({ connectivity, gram }, { neighbours: 3 });
  expect([...few.neighbours]).toEqual([1, -1, -1, 0, -1, -1]);
});
