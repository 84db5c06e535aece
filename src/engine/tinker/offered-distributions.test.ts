import { afterEach, describe, expect, test } from "vitest";
import { ALL_SIGNALS, made, withSignals } from "../../testing/server-with-signals.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { ScoreRequest, Sequence } from "../engine.ts";
import { signalConfig } from "./offered-signals.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const sequences: readonly Sequence[] = [
  { prompt: { chunks: [{ kind: "text", tokens: [3, 1, 4] }] }, completion: Int32Array.of(2, 5) },
  { prompt: { chunks: [{ kind: "text", tokens: [7, 1] }] }, completion: Int32Array.of(6, 6, 0) },
];

async function client(
  names: readonly string[] = [],
  instead: Readonly<Record<string, object>> = {},
  { maxRequestBytes = 2 ** 26, said = ALL_SIGNALS as object } = {},
) {
  const { asked, wrapped } = withSignals(said, names, instead);
  const server = await world.server({ isExtended: false });
  return { asked, engine: await world.client(server.url, { fetch: wrapped, maxRequestBytes }) };
}

test("a request has what is asked of distributions, and the views whose images are hidden", () => {
  const hidden = { kind: "mask-attention" } as const;
  expect(signalConfig({ nucleusEntropy: 0.8, alternatives: 3, divergenceFrom: { kind: "discard" } })).toEqual(
    {
      "fovea.nucleus_entropy": 0.8,
      "fovea.alternatives": 3,
      "fovea.divergence": 1,
    },
  );
  expect(signalConfig({ image: hidden })).toEqual({ "fovea.hidden_images": 1 });
  expect(signalConfig({ divergenceFrom: hidden })).toEqual({
    "fovea.divergence": 1,
    "fovea.hidden_images": 2,
  });
  expect(signalConfig({ image: hidden, divergenceFrom: hidden })?.["fovea.hidden_images"]).toBe(3);
});

test("a request has how values are replaced, and not how many completions a group has", () => {
  expect(signalConfig({ image: { kind: "replace-values", threshold: 2, mean: "vector" } })).toEqual({
    "fovea.replaced_values": 1,
    "fovea.replacement_threshold": 2,
  });
  expect(signalConfig({ image: { kind: "replace-values", threshold: 0.5, mean: "number" } })).toEqual({
    "fovea.replaced_values": 2,
    "fovea.replacement_threshold": 0.5,
  });
  expect(signalConfig({ groupDivergence: true })).toBeUndefined();
});

describe("a server of the plain protocol with measures of distributions", () => {
  test("is sent both views of a completion one after the other, and its first answer of two is read", async () => {
    const names = ["divergence", "jensen_shannon", "ablated_logprobs", "ablated_entropy"];
    const image = { width: 56, height: 28, data: new Uint8Array(56 * 28 * 3).fill(9) };
    const shown: Sequence = {
      prompt: {
        chunks: [
          { kind: "text", tokens: [7] },
          { kind: "image", image },
          { kind: "text", tokens: [8] },
        ],
      },
      completion: Int32Array.of(2, 5),
    };
    const { engine, asked } = await client(names);
    const scores = await engine.score([shown, sequences[1]!], { divergenceFrom: { kind: "discard" } });
    const { data, loss_fn_config } = asked[0]!.forward_input;
    expect(loss_fn_config).toEqual({ "fovea.divergence": 1 });
    expect(
      data.map(({ model_input: { chunks } }) => chunks.map(({ type }) => type).includes("image")),
    ).toEqual([true, false, false, false]);
    expect(data.map(({ loss_fn_inputs: inputs }) => inputs["target_tokens"]!.data)).toEqual([
      [2, 5],
      [2, 5],
      [6, 6, 0],
      [6, 6, 0],
    ]);
    for (const [i, score] of scores.entries()) {
      const of = (name: string) => Float64Array.from(made(name, 2 * i, [2, 3][i]!).data);
      expect(score).toMatchObject({
        divergence: of("divergence"),
        jensenShannon: of("jensen_shannon"),
        ablatedLogprobs: of("ablated_logprobs"),
        ablatedEntropy: of("ablated_entropy"),
      });
    }
    const small = await client(names, {}, { maxRequestBytes: 1 });
    await small.engine.score(sequences, { divergenceFrom: { kind: "black" } });
    expect(small.asked.map(({ forward_input: { data: own } }) => own.length)).toEqual([2, 2]);
  });

  test("is asked for a nucleus and for the likeliest tokens", async () => {
    const alternatives = { data: [4, 2, 9, 1], dtype: "int64", shape: [2, 2] };
    const logprobs = { data: [-0.5, -1, -0.25, -2], dtype: "float32", shape: [2, 2] };
    const { engine, asked } = await client(["nucleus_entropy"], {
      alternatives,
      alternative_logprobs: logprobs,
    });
    const [score] = await engine.score(sequences.slice(0, 1), { nucleusEntropy: 0.9, alternatives: 2 });
    expect(asked[0]!.forward_input.loss_fn_config).toEqual({
      "fovea.nucleus_entropy": 0.9,
      "fovea.alternatives": 2,
    });
    expect(score).toMatchObject({
      nucleusEntropy: Float64Array.from(made("nucleus_entropy", 0, 2).data),
      alternatives: { tokens: Int32Array.of(4, 2, 9, 1), logprobs: Float64Array.of(-0.5, -1, -0.25, -2) },
    });
  });

  test("scores with hidden images, without their signals and without a gradient", async () => {
    const image = { kind: "mask-attention" } as const;
    const { engine, asked } = await client();
    await engine.score(sequences, { image });
    expect(asked[0]!.forward_input.loss_fn_config).toEqual({ "fovea.hidden_images": 1 });
    await expect(engine.score(sequences, { image, signals: { attention: { row: "own" } } })).rejects.toThrow(
      /offers no signals of hidden images$/,
    );
    const coefficients = sequences.map(({ completion }) => new Float64Array(completion.length));
    await expect(engine.accumulate(sequences, coefficients, { image })).rejects.toThrow(
      /^forward_backward: .* offers no gradient with hidden images$/,
    );
  });

  test("is sent completions of one prompt one after another, groups of one size in a request", async () => {
    const [three, two] = [sequences[0]!.prompt, sequences[1]!.prompt];
    const one = { chunks: [...two.chunks] };
    const all: readonly Sequence[] = [
      { prompt: three, completion: Int32Array.of(1) },
      { prompt: two, completion: Int32Array.of(2, 2) },
      { prompt: three, completion: Int32Array.of(3, 3, 3) },
      { prompt: one, completion: Int32Array.of(4, 4) },
      { prompt: two, completion: Int32Array.of(5) },
      { prompt: three, completion: Int32Array.of(6, 0) },
    ];
    const { engine, asked } = await client(["group_divergence"]);
    const scores = await engine.score(all, { groupDivergence: true, temperature: 0.5 });
    const sent = asked.map(({ forward_input: { data, loss_fn_config } }) => ({
      size: loss_fn_config?.["fovea.group_divergence"],
      temperature: loss_fn_config?.["fovea.temperature"],
      targets: data.map(({ loss_fn_inputs: inputs }) => inputs["target_tokens"]!.data),
    }));
    expect(sent).toEqual([
      { size: 3, temperature: 0.5, targets: [[1], [3, 3, 3], [6, 0]] },
      { size: 2, temperature: 0.5, targets: [[2, 2], [5]] },
      { size: 1, temperature: 0.5, targets: [[4, 4]] },
    ]);
    const places = [0, 0, 1, 0, 1, 2];
    for (const [i, { groupDivergence, logprobs }] of scores.entries()) {
      const { length } = all[i]!.completion;
      expect(groupDivergence).toEqual(Float64Array.from(made("group_divergence", places[i]!, length).data));
      expect(logprobs).toHaveLength(length);
    }
    const small = await client(["group_divergence"], {}, { maxRequestBytes: 1 });
    await small.engine.score([...all, ...all.map((own) => ({ ...own, prompt: { ...own.prompt } }))], {
      groupDivergence: true,
    });
    expect(small.asked.map(({ forward_input: { data } }) => data.length).sort((a, b) => b - a)).toEqual([
      3, 2, 1, 1, 1, 1, 1, 1, 1,
    ]);
  });

  test("is sent both views of each completion of a group", async () => {
    const names = ["divergence", "jensen_shannon", "ablated_logprobs", "ablated_entropy", "group_divergence"];
    const { prompt } = sequences[0]!;
    const group = [[1], [2, 3]].map((tokens) => ({ prompt, completion: Int32Array.from(tokens) }));
    const { engine, asked } = await client(names);
    const scores = await engine.score(group, { groupDivergence: true, divergenceFrom: { kind: "black" } });
    const { data, loss_fn_config } = asked[0]!.forward_input;
    expect(loss_fn_config).toEqual({ "fovea.divergence": 1, "fovea.group_divergence": 2 });
    expect(data.map(({ loss_fn_inputs: inputs }) => inputs["target_tokens"]!.data)).toEqual([
      [1],
      [1],
      [2, 3],
      [2, 3],
    ]);
    for (const [i, score] of scores.entries()) {
      const of = (name: string) => Float64Array.from(made(name, 2 * i, i + 1).data);
      expect(score).toMatchObject({ groupDivergence: of("group_divergence"), divergence: of("divergence") });
    }
  });

  test("without the divergence that was asked for is an error", async () => {
    const { engine } = await client();
    await expect(engine.score(sequences, { groupDivergence: true })).rejects.toThrow(
      "forward, sequence 0: expected 2 group_divergence, got none",
    );
  });

  test("scores with replaced values, and neither compares them nor trains on them", async () => {
    const image = { kind: "replace-values", threshold: 2, mean: "vector" } as const;
    const { engine, asked } = await client();
    await engine.score(sequences, { image });
    expect(asked[0]!.forward_input.loss_fn_config).toEqual({
      "fovea.replaced_values": 1,
      "fovea.replacement_threshold": 2,
    });
    const compared: ScoreRequest[] = [
      { divergenceFrom: image },
      { image, divergenceFrom: { kind: "black" } },
    ];
    for (const request of compared) {
      await expect(engine.score(sequences, request)).rejects.toThrow(
        /^forward: .* offers no comparison with replaced values$/,
      );
    }
    await engine.setReference();
    await expect(engine.score(sequences, { image, weights: "reference" })).rejects.toThrow(
      /offers no signals of the reference$/,
    );
    const coefficients = sequences.map(({ completion }) => new Float64Array(completion.length));
    await expect(engine.accumulate(sequences, coefficients, { image })).rejects.toThrow(
      /^forward_backward: .* offers no gradient with replaced values$/,
    );
    const older = ALL_SIGNALS.capabilities.filter((name) => name !== "value-replacement");
    const { engine: without, asked: none } = await client(
      [],
      {},
      { said: { ...ALL_SIGNALS, capabilities: older } },
    );
    await expect(without.score(sequences, { image })).rejects.toThrow(
      'images under replace-values needs the engine capability "value-replacement"',
    );
    expect(none).toHaveLength(0);
  });

  test.each<[string, ScoreRequest]>([
    ["entropies of a nucleus", { nucleusEntropy: 0.9 }],
    ["likeliest tokens", { alternatives: 2 }],
    ["divergences over the vocabulary", { divergenceFrom: { kind: "black" } }],
    ["divergences within a group", { groupDivergence: true }],
    ["amplified attention", { intervention: { tokens: [[0], [1]], modality: "visual", lambda: 2 } }],
  ])("is refused %s where it has none", async (what, request) => {
    const { engine } = await client([], {}, { said: { ...ALL_SIGNALS, capabilities: [] } });
    await expect(engine.score(sequences, request)).rejects.toThrow(
      new RegExp(`^forward: .* offers no ${what}$`),
    );
  });
});
