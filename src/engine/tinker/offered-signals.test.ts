import { afterEach, describe, expect, test } from "vitest";
import { type CalibratedRequest, type ClustersRequest, SIGNALS } from "../../credit/index.ts";
import { ALL_SIGNALS, made, madeGram, withSignals } from "../../testing/server-with-signals.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { ScoreRequest, Sequence } from "../engine.ts";

import { signalConfig } from "./offered-signals.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const sequences: readonly Sequence[] = [
  { prompt: { chunks: [{ kind: "text", tokens: [3, 1, 4] }] }, completion: Int32Array.of(2, 5) },
  { prompt: { chunks: [{ kind: "text", tokens: [7, 1] }] }, completion: Int32Array.of(6, 6, 0) },
];
const calibrated: CalibratedRequest = { row: "predicting", layers: 3, biasCorrection: false };

async function client(
  said: object,
  names: readonly string[] = [],
  instead: Readonly<Record<string, object>> = {},
) {
  const { asked, wrapped } = withSignals(said, names, instead);
  const server = await world.server({ isExtended: false });
  return { asked, engine: await world.client(server.url, { fetch: wrapped }) };
}

describe("a request for signals as loss_fn_config", () => {
  test("is numbers by name", () => {
    const request: ScoreRequest = {
      signals: { attention: { row: "own", measure: "divergence" }, calibrated },
      entropy: true,
    };
    expect(signalConfig(request)).toEqual({
      "fovea.attention": 1,
      "fovea.attention_measure": 2,
      "fovea.calibrated": 2,
      "fovea.calibrated_layers": 3,
      "fovea.bias_correction": 0,
      "fovea.entropy": 1,
    });
  });

  test("has the given parameters of another bias curve", () => {
    const asked = (biasCurve: CalibratedRequest["biasCurve"], biasCorrection = true) =>
      signalConfig({ signals: { calibrated: { row: "own", layers: 4, biasCorrection, biasCurve } } });
    const plain = {
      "fovea.calibrated": 1,
      "fovea.calibrated_layers": 4,
      "fovea.bias_correction": 1,
    };
    expect(asked(undefined)).toEqual(plain);
    expect(asked({ decay: 8, cosine: 0 })).toEqual({
      ...plain,
      "fovea.bias_decay": 8,
      "fovea.bias_cosine": 0,
    });
    expect(asked({ exponential: 0.2 })).toEqual({ ...plain, "fovea.bias_exponential": 0.2 });
    expect(asked({ exponential: 0.2 }, false)).toEqual({ ...plain, "fovea.bias_correction": 0 });
  });

  test("has a temperature other than 1, and the options of clusters", () => {
    const clusters: ClustersRequest = {
      row: "own",
      layers: 4,
      biasCorrection: true,
      similarityThreshold: 0.7,
      clusterSize: 12,
      neighbours: 3,
      seed: 5,
    };
    expect(signalConfig({ signals: { clusters }, temperature: 0.9 })).toEqual({
      "fovea.temperature": 0.9,
      "fovea.clusters": 1,
      "fovea.calibrated_layers": 4,
      "fovea.bias_correction": 1,
      "fovea.similarity_threshold": 0.7,
      "fovea.cluster_size": 12,
      "fovea.neighbours": 3,
      "fovea.partition_seed": 5,
    });
    const gram = { row: "own", layers: 3, biasCorrection: true } as const;
    expect(() => signalConfig({ signals: { clusters, calibrated: gram } })).toThrow(
      "forward: signals ask for fovea.calibrated_layers 3 and 4; expected the same of all",
    );
  });

  test("is none where nothing is asked for", () => {
    expect(signalConfig({ signals: {}, temperature: 1 })).toBeUndefined();
  });
});

describe("a server of the plain protocol with signals", () => {
  test("has the capabilities that it names and the client knows", async () => {
    const { engine } = await client(ALL_SIGNALS);
    expect([...engine.capabilities].sort()).toEqual(
      [
        "attention",
        "attention-measure",
        "calibrated-attention",
        "entropy",
        "full-distribution",
        "group-divergence",
        "hidden-images",
        "image-ablation",
        "overlap",
        "reference",
        "token-clusters",
        "value-replacement",
      ].sort(),
    );
  });

  test("is asked for signals of completions alone, and its answers are read by name", async () => {
    const attention = ["visual_mass", "text_mass", "visual_shift", "text_shift"];
    const measure = ["visual_sharpness", "text_sharpness"];
    const names = [...attention, ...measure, "connectivity", "gram", "entropy"];
    const { engine, asked } = await client(ALL_SIGNALS, names);
    const scores = await engine.score(sequences, {
      signals: { attention: { row: "own", measure: "sharpness" }, calibrated },
      entropy: true,
    });
    expect(asked).toHaveLength(1);
    const { data, loss_fn_config } = asked[0]!.forward_input;
    expect(loss_fn_config).toMatchObject({ "fovea.attention": 1, "fovea.calibrated": 2, "fovea.entropy": 1 });
    expect(data.map(({ loss_fn_inputs: inputs }) => inputs["target_tokens"]!.data)).toEqual([
      [2, 5],
      [6, 6, 0],
    ]);
    for (const [i, { signals, entropy, logprobs }] of scores.entries()) {
      const length = sequences[i]!.completion.length;
      const of = (name: string, size = length) => Float64Array.from(made(name, i, size).data);
      expect(logprobs).toHaveLength(length);
      expect(entropy).toEqual(of("entropy"));
      expect(signals).toEqual({
        attention: {
          visualMass: of("visual_mass"),
          textMass: of("text_mass"),
          visualShift: of("visual_shift"),
          textShift: of("text_shift"),
          sharpness: { visual: of("visual_sharpness"), text: of("text_sharpness") },
        },
        calibrated: { connectivity: of("connectivity"), gram: madeGram(i, length).whole },
      });
    }
  });

  test("may answer with the whole Gram matrix in digits; another size is an error", async () => {
    const request: ScoreRequest = { signals: { calibrated } };
    const one = sequences.slice(0, 1);
    const square = { data: [1, 2, 2, 5], dtype: "float32", shape: [2, 2] };
    const plain = await client(ALL_SIGNALS, ["connectivity"], { gram: square });
    const [score] = await plain.engine.score(one, request);
    expect(score!.signals!.calibrated!.gram).toEqual(Float64Array.of(1, 2, 2, 5));
    const wrong = { packed: madeGram(0, 3).packed, digits: { data: [1, 2, 5, 7, 8] } };
    const scored = async (instead: Readonly<Record<string, object>>) =>
      (await client(ALL_SIGNALS, ["connectivity", "gram"], instead)).engine.score(one, request);
    await expect(scored({ gram: wrong.packed })).rejects.toThrow(
      "forward, sequence 0: expected 4 or 3 numbers of the signal gram, got 6",
    );
    await expect(scored({ gram: wrong.digits })).rejects.toThrow(
      "forward, sequence 0: expected 4 or 3 numbers of the signal gram, got 5",
    );
    await expect(scored({ connectivity: { data: [1] } })).rejects.toThrow(
      "forward, sequence 0: expected 2 numbers of the signal connectivity, got 1",
    );
    await expect(scored({ connectivity: wrong.packed })).rejects.toThrow(
      "forward, sequence 0: expected 2 numbers of the signal connectivity, got 6",
    );
  });

  test("is asked for clusters instead of a Gram matrix, and its answers are read by name", async () => {
    const names = SIGNALS.find(({ name }) => name === "clusters")!.parts.map(({ wire }) => wire);
    const { engine, asked } = await client(ALL_SIGNALS, names);
    const clusters = {
      ...SIGNALS.find(({ name }) => name === "clusters")!.look,
      clusterSize: 12,
    } as ClustersRequest;
    await expect(engine.score(sequences, { signals: { clusters } })).resolves.toMatchObject([
      { signals: { clusters: { clusters: Float64Array.from(made("clusters", 0, 2).data) } } },
      { signals: { clusters: { clusters: Float64Array.from(made("clusters", 1, 3).data) } } },
    ]);
    expect(asked[0]!.forward_input.loss_fn_config).toMatchObject({
      "fovea.clusters": 1,
      "fovea.cluster_size": 12,
    });
  });

  test("scores and trains at any temperature that it names, and is refused another where it does not", async () => {
    const { engine, asked } = await client(ALL_SIGNALS);
    const coefficients = sequences.map(({ completion }) => new Float64Array(completion.length).fill(1));
    await engine.score(sequences, { temperature: 0.9 });
    await engine.accumulate(sequences, coefficients, { temperature: 0.9 });
    expect(asked[0]!.forward_input.loss_fn_config).toEqual({ "fovea.temperature": 0.9 });
    expect(asked[1]!.forward_backward_input!.loss_fn_config).toEqual({ "fovea.temperature": 0.9 });
    const { engine: fixed } = await client({ ...ALL_SIGNALS, capabilities: [] });
    await expect(fixed.score(sequences, { temperature: 0.9 })).rejects.toThrow(
      "forward: this server gives log-probs of temperature 1; expected sampling.temperature 1, got 0.9",
    );
  });

  test("is asked nothing of signals when none are wanted", async () => {
    const { engine, asked } = await client(ALL_SIGNALS);
    await engine.score(sequences);
    expect(asked[0]!.forward_input.loss_fn_config).toBeUndefined();
  });

  test.each([
    ["attention", { signals: { attention: { row: "own" } } }],
    ["calibrated attention", { signals: { calibrated } }],
    ["entropy", { entropy: true }],
  ] as const)("refuses %s where it does not name it", async (what, request) => {
    const { engine } = await client({ ...ALL_SIGNALS, capabilities: [] });
    await expect(engine.score(sequences, request)).rejects.toThrow(
      new RegExp(`^forward: .* offers no ${what}$`),
    );
  });

  test("refuses a measure where it names attention alone, and signals of the reference", async () => {
    const { engine } = await client({ ...ALL_SIGNALS, capabilities: ["attention"] });
    const attention = { row: "own", measure: "sharpness" } as const;
    await expect(engine.score(sequences, { signals: { attention } })).rejects.toThrow(
      /offers no attention's sharpness$/,
    );
    await engine.setReference();
    const request = { signals: { attention: { row: "own" } }, weights: "reference" } as const;
    await expect(engine.score(sequences, request)).rejects.toThrow(/offers no signals of the reference$/);
  });

  test("of another version is refused when the engine is opened", async () => {
    await expect(client({ ...ALL_SIGNALS, protocol: 1 })).rejects.toThrow(
      /^get_server_capabilities: .* has signals of version 1 \(fovea-skyrl 0.1.0\); expected 2$/,
    );
  });
});
