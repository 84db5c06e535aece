import { describe, expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import {
  type AnySignal,
  askedParts,
  askedSignals,
  hasSignals,
  SIGNALS,
  type SignalRequest,
  signalCapabilities,
  signalRequest,
} from "./index.ts";
import { signalRequestSchema } from "./request-schema.ts";
import { type AttentionRows, fromParts, type HiddenStates, partAt } from "./signal.ts";

/** A prompt of text, two image tokens and text, and three tokens after it. */
function madeRows(): AttentionRows {
  const rng = new Rng(4);
  const [prompt, tokens] = [4, 3];
  const keys = prompt + tokens;
  const rows = new Float64Array(tokens * keys);
  for (let t = 0; t < tokens; t++) {
    const shares = Array.from({ length: prompt + t + 1 }, () => 0.1 + rng.uniform());
    const sum = shares.reduce((all, share) => all + share, 0);
    for (const [key, share] of shares.entries()) rows[t * keys + key] = share / sum;
  }
  return { rows, tokens, keys, kind: Uint8Array.of(1, 2, 2, 1, 1, 1, 1), first: prompt };
}

/** Three numbers a token, of the same prompt and completion, in two layers. */
function madeStates(): HiddenStates {
  const rng = new Rng(5);
  const { kind, keys, tokens, first } = madeRows();
  const layers = [0, 1].map(() => Float64Array.from({ length: keys * 3 }, () => rng.uniform(-1, 1)));
  return { layers, tokens, keys, kind, first };
}

const valueBy = (signal: AnySignal, request: object) =>
  signal.reads === "attention" ? signal.reduce(madeRows(), request) : signal.reduce(madeStates(), request);

const lengthOf = { T: 3, "T×T": 9, "T×I": 6, "T×R": 12 };

describe.each(SIGNALS)("$name", (signal) => {
  const requests = [
    signal.look,
    ...(signal.name === "attention" ? [{ row: "own", measure: "sharpness" } as const] : []),
  ];

  test("its record makes every part that a request yields, in the part's shape, and no other", () => {
    for (const request of requests) {
      const value = valueBy(signal, request);
      const asked = askedParts({ signal, request });
      for (const part of signal.parts) {
        const expected = asked.includes(part) ? lengthOf[part.shape] : undefined;
        expect(partAt(value, part.path)?.length, part.wire).toBe(expected);
      }
      const parts = asked.map(({ path }) => [path, partAt(value, path)!] as const);
      expect(fromParts(parts)).toEqual(value);
    }
  });

  test("a part that says so is symmetric", () => {
    const value = valueBy(signal, signal.look);
    for (const { path, symmetric } of signal.parts) {
      if (symmetric !== true) continue;
      const square = partAt(value, path)!;
      for (let s = 0; s < 3; s++) {
        for (let t = 0; t < 3; t++) expect(square[s * 3 + t]).toBe(square[t * 3 + s]);
      }
    }
  });

  test("its own request fits its schema, and one with more does not", () => {
    expect(signalRequestSchema.parse({ [signal.name]: signal.look })).toEqual({ [signal.name]: signal.look });
    expect(signalRequestSchema.safeParse({ [signal.name]: { ...signal.look, more: 1 } }).success).toBe(false);
    expect(signalRequestSchema.safeParse({ none: signal.look }).success).toBe(false);
  });
});

test("attention is asked for by row and last layers, hidden states by layer", () => {
  const asked = (name: string, request: object) => {
    const signal = SIGNALS.find((one) => one.name === name)!;
    return signal.reads === "attention" ? signal.rows(request) : signal.states(request);
  };
  for (const row of ["own", "predicting"]) {
    expect(asked("attention", { row })).toEqual({ row, layers: 1 });
    expect(asked("imageRows", { row })).toEqual({ row, layers: 1 });
    expect(asked("calibrated", { row, layers: 4 })).toEqual({ row, layers: 4 });
    expect(asked("clusters", { row, layers: 2 })).toEqual({ row, layers: 2 });
  }
  for (const layers of ["last", "all"]) expect(asked("hiddenCosine", { layers })).toBe(layers);
});

test("requests on the wire are numbers, none of them for an option that was not given", () => {
  const plain = (name: string, request: object) => SIGNALS.find((one) => one.name === name)?.plain?.(request);
  const calibration = { row: "predicting", layers: 3, biasCorrection: true };
  expect(plain("attention", { row: "own" })).toEqual({ "fovea.attention": 1 });
  expect(plain("attention", { row: "predicting", measure: "sharpness" })).toEqual({
    "fovea.attention": 2,
    "fovea.attention_measure": 1,
  });
  expect(plain("attention", { row: "own", measure: "divergence" })).toEqual({
    "fovea.attention": 1,
    "fovea.attention_measure": 2,
  });
  expect(plain("calibrated", calibration)).toEqual({
    "fovea.calibrated": 2,
    "fovea.calibrated_layers": 3,
    "fovea.bias_correction": 1,
  });
  const biasCurve = { exponential: 0.5, decay: 2, cosine: 0 };
  expect(plain("calibrated", { ...calibration, biasCurve })).toMatchObject({
    "fovea.bias_exponential": 0.5,
    "fovea.bias_decay": 2,
    "fovea.bias_cosine": 0,
  });
  expect(plain("calibrated", { row: "own", layers: 1, biasCorrection: false, biasCurve })).toEqual({
    "fovea.calibrated": 1,
    "fovea.calibrated_layers": 1,
    "fovea.bias_correction": 0,
  });
  const clustering = { similarityThreshold: 0.7, clusterSize: 10, neighbours: 4, seed: 5 };
  expect(plain("clusters", { ...calibration, ...clustering })).toEqual({
    "fovea.clusters": 2,
    "fovea.calibrated_layers": 3,
    "fovea.bias_correction": 1,
    "fovea.similarity_threshold": 0.7,
    "fovea.cluster_size": 10,
    "fovea.neighbours": 4,
    "fovea.partition_seed": 5,
  });
  expect(plain("hiddenCosine", { layers: "all", pairing: "mean" })).toEqual({
    "fovea.hidden_cosine": 1,
    "fovea.hidden_layers": 2,
  });
  expect(plain("hiddenCosine", { layers: "last", pairing: "pairwise" })).toEqual({
    "fovea.hidden_cosine": 2,
    "fovea.hidden_layers": 1,
  });
  expect(plain("imageRows", { row: "own" })).toBeUndefined();
});

test("no two parts have one name on the wire", () => {
  const names = SIGNALS.flatMap(({ parts }) => parts.map(({ wire }) => wire));
  expect(new Set(names).size).toBe(names.length);
});

test("requests name capabilities, and are separated from a method's other needs", () => {
  const needs = { attention: { row: "own", measure: "sharpness" }, entropy: true } as const;
  expect(signalCapabilities(needs)).toEqual(["attention", "attention-measure"]);
  expect(signalRequest(needs)).toEqual({ attention: needs.attention });
  expect(signalRequest({})).toBeUndefined();
  expect(askedSignals({ imageRows: { row: "own" } }).map(({ signal }) => signal.name)).toEqual(["imageRows"]);
});

test("signals are whole only with every part that was asked for", () => {
  const [attention] = SIGNALS;
  const plain = { attention: valueBy(attention!, { row: "own" }) } as object;
  const request: SignalRequest = { attention: { row: "own" } };
  expect(hasSignals(plain, request)).toBe(true);
  expect(hasSignals(plain, { attention: { row: "own", measure: "divergence" } })).toBe(false);
  expect(hasSignals(undefined, request)).toBe(false);
});
