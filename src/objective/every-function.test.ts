/** Every exported function of the pure rooms, with input that a program without types may hand over. */
import { describe, expect, test } from "vitest";
import * as credit from "../credit/index.ts";
import { ConfigError, FoveaError } from "../errors/index.ts";
import * as math from "../math/index.ts";
import * as objectives from "./index.ts";

type Untyped = (...given: unknown[]) => unknown;

/** Functions of parts that a program has from Fovea itself: an algorithm, a method or the arrays of a signal. */
const OF_PARTS = new Set([
  "algorithmAt",
  "algorithmNeeds",
  "askedParts",
  "comparesOutcomes",
  "correctsStaleness",
  "countedMask",
  "fromParts",
  "hasAdvantages",
  "keepsTokenCredit",
  "knownAdvantages",
  "partAt",
  "withCredit",
  "withMeanOne",
]);

const functions = Object.entries({ ...math, ...credit, ...objectives }).filter(
  (entry): entry is [string, Untyped] =>
    typeof entry[1] === "function" && entry[0] !== "Rng" && !OF_PARTS.has(entry[0]),
);

/** The error of a call, if it throws. */
function thrown(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

test.each(functions)("%s has typed errors for missing and other arguments", (_, call) => {
  for (const given of [[], [null], [{}], [[null]], [[undefined]], ["text"]]) {
    const error = thrown(() => call(...given));
    expect(error === undefined || error instanceof FoveaError, `${String(error)}`).toBe(true);
  }
});

const logprobs = [-1, -2];
const views = { logprobs, ablatedLogprobs: [-2, -3] };
const entropy = [1, 2];
const rng = new math.Rng(0);
const connectivity = Float64Array.of(0.6, 0.4);
const gram = Float64Array.of(1, 0.9, 0.9, 1);
const shape = { tokens: 2, keys: 2 };
const attention = { visualMass: [1, 1], textMass: [1, 1], visualShift: [0, 1], textShift: [0, 0] };
const labels = [{ role: "image", correct: true }];
const graph = {
  xadj: Int32Array.of(0, 1, 2),
  adjacency: Int32Array.of(1, 0),
  edgeWeights: Int32Array.of(9, 9),
};
const term = { coefficient: 1, temperature: 1, bound: 1 };
const terms = {
  necessity: 1,
  robustness: 1,
  entropyPenalty: 0,
  necessityDirection: "forward",
  robustnessDirection: "forward",
  bound: 1,
};
const wrong = [[1, 0.5]];

/** By name: a call with options of the caller's. Options that must be given are with it. */
const withOptions: Record<string, (options: unknown) => unknown> = {
  accuracyDifference: (options) => (math.accuracyDifference as Untyped)(wrong, wrong, rng, options),
  accuracyInterval: (options) => (math.accuracyInterval as Untyped)(wrong, rng, options),
  atRl: (options) => (credit.atRl as Untyped)({ connectivity, gram }, options),
  attentionSignals: (options) =>
    (credit.attentionSignals as Untyped)([1, 0, 1, 0], shape, [2, 1], 0, options),
  biasCurve: (options) => (credit.biasCurve as Untyped)(2, options),
  bootstrapIntervals: (options) => (math.bootstrapIntervals as Untyped)(2, () => [1], rng, options),
  calibratedGram: (options) => (credit.calibratedGram as Untyped)([1, 0, 1, 0], shape, [2, 1], options),
  checkedBiasCurve: (options) => (credit.checkedBiasCurve as Untyped)(options),
  cppoTerm: (options) => (credit.cppoTerm as Untyped)(typed(options, term), -1, -1, -1),
  cppoTokens: (options) =>
    (credit.cppoTokens as Untyped)({ entropy, lostEntropy: entropy, advantage: 1 }, options),
  createAlgorithm: (options) => (objectives.createAlgorithm as Untyped)({ kind: "grpo" }, options),
  dvrpTerm: (options) => (credit.dvrpTerm as Untyped)(typed(options, terms), -1, -1, -1),
  dycoRl: (options) => (credit.dycoRl as Untyped)(attention, options),
  dycoRlReleased: (options) => (credit.dycoRlReleased as Untyped)([attention], options),
  entropyAdvantage: (options) => (credit.entropyAdvantage as Untyped)({ entropy, advantage: 1 }, options),
  gae: (options) => (math.gae as Untyped)([1], [0], options),
  groupAdvantages: (options) => (math.groupAdvantages as Untyped)([1, 0], options),
  grpoS: (options) => (credit.grpoS as Untyped)([{ entropy, reward: 1 }], options),
  gtpo: (options) => (credit.gtpo as Untyped)([{ entropy, reward: 1 }], options),
  highEntropyTokens: (options) => (credit.highEntropyTokens as Untyped)([{ entropy }], options),
  objective: (options) => (objectives.objective as Untyped)({ kind: "grpo" }, [], options),
  oracle: (options) => (credit.oracle as Untyped)({ labels }, options),
  papo: (options) => (credit.papo as Untyped)(views, options),
  partition: (options) => (credit.partition as Untyped)(graph, 2, options),
  pepo: (options) => (credit.pepo as Untyped)({ likeness: [0, 1], entropy }, options),
  pgpo: (options) => (credit.pgpo as Untyped)(views, options),
  signFlipTest: (options) => (math.signFlipTest as Untyped)([1], rng, options),
  similarityGraph: (options) => (credit.similarityGraph as Untyped)(gram, 2, options),
  tokenClusters: (options) => (credit.tokenClusters as Untyped)({ connectivity, gram }, options),
  tor: (options) => (credit.tor as Untyped)([{ ...views, entropy }], options),
  tpae: (options) =>
    (credit.tpae as Untyped)([{ divergence: entropy, entropy, tokens: [1, 2], reward: 1 }], options),
  twGrpo: (options) => (credit.twGrpo as Untyped)([{ divergence: entropy }], options),
  vepo: (options) =>
    (credit.vepo as Untyped)({ divergence: entropy, entropy, ablatedEntropy: entropy }, options),
  vgpo: (options) => (credit.vgpo as Untyped)([{ likeness: [0, 1] }], options),
  vicra: (options) => (credit.vicra as Untyped)({ logprobs, logprobsWithoutImage: logprobs }, options),
  vppo: (options) => (credit.vppo as Untyped)([views], options),
};

const typed = (options: unknown, needed: object) =>
  typeof options === "object" && options !== null && !Array.isArray(options)
    ? { ...needed, ...options }
    : options;

describe.each(Object.entries(withOptions))("%s", (_, call) => {
  test("refuses options that there are not, and what is no options", () => {
    expect(() => call({})).not.toThrow();
    expect(() => call({ tresholdd: 1 })).toThrow('got "tresholdd"');
    for (const given of [{ tresholdd: 1 }, 4, null, "x", [1]]) expect(() => call(given)).toThrow(ConfigError);
  });
});

test.each<[name: string, choice: object]>([
  ["pgpo", { form: "papre" }],
  ["pgpo", { score: "samplde" }],
  ["vgpo", { form: "cod" }],
  ["gtpo", { normalisation: "jiont" }],
  ["vppo", { score: "divergance" }],
  ["tor", { ties: "al" }],
  ["oracle", { roles: ["imgae"] }],
  ["oracle", { roles: [] }],
  ["bootstrapIntervals", { method: "BCa" }],
  ["vepo", { score: "gate" }],
  ["highEntropyTokens", { scope: "bacth" }],
  ["dvrpTerm", { necessityDirection: "forwrad" }],
  ["atRl", { refinement: { treshold: 1 } }],
  ["atRl", { expansion: { neighbors: 1 } }],
  ["atRl", { expansion: 1 }],
  ["calibratedGram", { biasCurve: { gamma: 4 } }],
  ["dycoRl", { variant: "released", ablation: "kl-roles" }],
])("%s refuses %j", (name, choice) => {
  expect(() => withOptions[name]!(choice)).toThrow(ConfigError);
});

test.each<[name: string, option: object]>([
  ["dycoRlReleased", { alpha: -1 }],
  ["dycoRlReleased", { threshold: Number.NaN }],
  ["dycoRlReleased", { shortCompletion: 1.5 }],
  ["dycoRl", { alpha: 1.7e308 }],
  ["gtpo", { entropyRange: [2, 1] }],
  ["gtpo", { entropyRange: [0, 1] }],
  ["grpoS", { rightReward: Number.NaN }],
  ["tpae", { leastCount: Number.NaN }],
  ["tpae", { rightReward: Number.NaN }],
  ["tpae", { confidence: 1 }],
  ["cppoTerm", { temperature: 0 }],
  ["vepo", { boost: 0 }],
  ["atRl", { expansion: { neighbours: 2.5 } }],
  ["atRl", { weighting: "tokens", clusterSize: 0 }],
  ["atRl", { weighting: "tokens", refinement: { threshold: 2 } }],
  ["calibratedGram", { biasCorrection: false, biasCurve: { decay: -1 } }],
  ["accuracyInterval", { resamples: 0 }],
])("%s refuses %j, whether it is used or not", (name, option) => {
  expect(() => withOptions[name]!(option)).toThrow(FoveaError);
});

test("every function with options is in the list", () => {
  const named = /\boptions\b|\bchosen\b|\bcontext\b|\bparameters\b/;
  const missing = functions.filter(([name, call]) => {
    const [, arguments_ = ""] = /^[^(]*\(([^)]*)\)/.exec(String(call).replace(/\s+/g, " ")) ?? [];
    return named.test(arguments_) && withOptions[name] === undefined;
  });
  // Bounds and temperatures of a token's loss are parameters that have no defaults.
  expect(missing.map(([name]) => name).sort()).toEqual([
    "clampedRatio",
    "clippedSurrogate",
    "resolveAlgorithm",
    "softGateSurrogate",
  ]);
});

test("methods refuse values that are not completions", () => {
  for (const kind of [
    "uniform",
    "dyco-rl",
    "at-rl",
    "vppo",
    "gtpo",
    "tor",
    "oracle",
    "cppo",
    "dvrp",
  ] as const) {
    const method = credit.creditMethod({ kind });
    for (const groups of [undefined, null, [null], [[null]], [[{}]]]) {
      expect(() => (method.credit as Untyped)(groups)).toThrow(FoveaError);
    }
  }
});
