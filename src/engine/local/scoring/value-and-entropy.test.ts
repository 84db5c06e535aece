import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Rng } from "../../../math/index.ts";
import {
  parseConfig,
  readJson,
  readWeights,
  type WeightTensor,
  writeSafetensors,
} from "../../../model/index.ts";
import {
  ADAM,
  bytesOf,
  checkpointDirectory,
  coefficientsOf,
  FIXTURE_NAMES,
  recordedCase,
  registerCase,
  writeVariant,
} from "../../../testing/model-fixtures.ts";
import type { AdamParameters } from "../../engine.ts";
import type { LocalSequence } from "../known-prompts.ts";
import { LocalModel } from "../local-model.ts";

const NAME = "tied-gqa";
const VALUE_FILE = "value_head.safetensors";
const UNCLIPPED: AdamParameters = { ...ADAM, maxGradientNorm: 0 };
const temperature = 0.8;
const folder = mkdtempSync(join(tmpdir(), "fovea-value-"));
afterAll(() => rmSync(folder, { recursive: true }));

const recorded = recordedCase(NAME, "padded-batch");
const rng = new Rng(12);
const draw = (length: number) => Float32Array.from({ length }, () => rng.normal());
const head = { weight: draw(32).map((value) => value / 6), bias: draw(1) };

/** The recorded checkpoint with a value head beside it, one of its parameters changed. */
function directoryWith(place: string, change: (parameters: Map<string, WeightTensor>) => void): string {
  const parameters = new Map<string, WeightTensor>([
    ["value_head.weight", { shape: [1, 32], data: head.weight.slice() }],
    ["value_head.bias", { shape: [1], data: head.bias.slice() }],
  ]);
  const directory = writeVariant(NAME, join(folder, place), (weights) => {
    const all = new Map([...parameters, ...weights]);
    change(all);
  });
  writeSafetensors(join(directory, VALUE_FILE), parameters);
  return directory;
}

const directory = directoryWith("given", () => {});
const open = (at = directory) => new LocalModel({ model: at, threads: 1, valueHead: true });

describe("values", () => {
  const model = open();
  afterAll(() => model.close());
  const known = registerCase(model, recorded);

  test("are a linear layer on what the head reads of the row that predicts each token", async () => {
    // The head's rows of two tokens, one less the other, give the difference of the tokens' logits.
    const [token, other, bias] = [5, 9, 0.25];
    const probe = open(
      directoryWith("probe", (weights) => {
        const { data } = weights.get("model.embed_tokens.weight")!;
        const row = (id: number) => data.subarray(id * 32, (id + 1) * 32);
        weights.get("value_head.weight")!.data.set(row(token).map((value, i) => value - row(other)[i]!));
        weights.get("value_head.bias")!.data.fill(bias);
      }),
    );
    const [{ prompt }] = registerCase(probe, recorded) as [LocalSequence];
    const following = (completion: readonly number[]) => ({
      prompt,
      completion: Int32Array.from(completion),
    });
    const completion = [1, 2, 3];
    const [score] = await probe.score([following(completion)], { values: true });
    for (const t of completion.keys()) {
      const prefix = completion.slice(0, t);
      const two = await probe.score([following([...prefix, token]), following([...prefix, other])]);
      const [likely, unlikely] = two.map(({ logprobs }) => logprobs[t]!) as [number, number];
      expect(score!.values![t]).toBeCloseTo(likely - unlikely + bias, 4);
    }
    await probe.close();
  });

  test("are 0 before anything is learned, and in every batch the same", async () => {
    const plain = open(checkpointDirectory(NAME));
    for (const { values } of await plain.score(registerCase(plain, recorded), { values: true })) {
      expect(values!.every((value) => value === 0)).toBe(true);
    }
    await plain.close();
    const together = await model.score(known, { values: true });
    for (const [i, sequence] of known.entries()) {
      const [alone] = await model.score([sequence], { values: true });
      expect(alone!.values).toBeAllclose(together[i]!.values!, { rtol: 0, atol: 2e-5 });
    }
  });

  test("cannot be had without a value head", async () => {
    const without = new LocalModel({ model: directory, threads: 1 });
    const same = registerCase(without, recorded);
    const coefficients = coefficientsOf(recorded);
    await expect(without.score(same, { values: true })).rejects.toThrow(
      "score: values: the engine has no value head; open it with valueHead: true",
    );
    await expect(without.accumulate(same, coefficients, { valueCoefficients: coefficients })).rejects.toThrow(
      "accumulate: valueCoefficients: the engine has no value head",
    );
    await expect(
      model.accumulate(known, coefficients, { entropyCoefficients: coefficients.slice(1) }),
    ).rejects.toThrow("entropyCoefficients: expected 3 arrays, got 2");
    await without.close();
  });
});

describe("central differences of Σ c·log π + Σ d·V + Σ e·H give the gradient's length along it", () => {
  const model = open();
  afterAll(() => model.close());
  const known = registerCase(model, recorded);
  const coefficients = coefficientsOf(recorded);
  const like = () => coefficients.map(({ length }) => Float64Array.from({ length }, () => rng.normal()));
  const [values, entropies] = [like(), like()];

  /** Each sum for itself, and all three at once: a wrong share of one cannot hide behind the others. */
  const parts = { values: [0, 1, 0], entropy: [0, 0, 1], all: [1, 1, 1] } as const;
  const scaled = (arrays: readonly Float64Array[], factor: number) =>
    arrays.map((array) => array.map((value) => factor * value));

  async function objective([c, d, e]: readonly [number, number, number]): Promise<number> {
    const scores = await model.score(known, { temperature, entropy: true, values: true });
    let total = 0;
    for (const [i, score] of scores.entries()) {
      for (const t of score.logprobs.keys()) {
        total += c * coefficients[i]![t]! * score.logprobs[t]!;
        total += d * values[i]![t]! * score.values![t]!;
        total += e * entropies[i]![t]! * score.entropy![t]!;
      }
    }
    return total;
  }

  test.each([
    ["values", "value_head.weight"],
    ["values", "value_head.bias"],
    ["values", "model.norm.weight"],
    ["values", "model.layers.1.mlp.gate_proj.weight"],
    ["values", "visual.merger.mlp.0.weight"],
    ["entropy", "model.embed_tokens.weight"],
    ["entropy", "model.layers.0.self_attn.q_proj.bias"],
    ["entropy", "model.layers.1.self_attn.k_proj.weight"],
    ["entropy", "visual.blocks.0.attn.qkv.weight"],
    ["all", "value_head.weight"],
    ["all", "model.embed_tokens.weight"],
    ["all", "model.layers.0.mlp.down_proj.weight"],
    ["all", "visual.patch_embed.proj.weight"],
  ] as const)("%s: %s", async (part, parameter) => {
    model.load(directory);
    const [c, d, e] = parts[part];
    await model.accumulate(known, scaled(coefficients, c), {
      temperature,
      ...(d === 1 && { valueCoefficients: values }),
      ...(e === 1 && { entropyCoefficients: entropies }),
    });
    const gradient = model.gradients().get(parameter)!.data.slice();
    const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    const step = Math.min(0.02, 0.05 / length);
    const found: number[] = [];
    for (const sign of [1, -1]) {
      model.load(
        directoryWith(`${part}-${parameter}${sign}`, (weights) => {
          const { data } = weights.get(parameter)!;
          for (let k = 0; k < data.length; k++) {
            data[k]! += (sign * step * gradient[k]!) / length;
          }
        }),
      );
      found.push(await objective(parts[part]));
    }
    expect(length).toBeGreaterThan(0.01);
    expect([(found[0]! - found[1]!) / (2 * step)]).toBeAllclose([length], { rtol: 5e-3 });
  });

  test("without coefficients for it, the value head has no gradient", async () => {
    model.load(directory);
    await model.accumulate(known, coefficients, { entropyCoefficients: entropies });
    expect(
      model
        .gradients()
        .get("value_head.weight")!
        .data.every((value) => value === 0),
    ).toBe(true);
  });
});

describe("a checkpoint with a value head", () => {
  async function learn(model: LocalModel): Promise<void> {
    const coefficients = coefficientsOf(recorded);
    await model.accumulate(registerCase(model, recorded), coefficients, { valueCoefficients: coefficients });
    model.step(UNCLIPPED);
  }

  test("continues bitwise identically where it was saved, in a directory whose model is Hugging Face's", async () => {
    const place = join(folder, "saved");
    const first = open();
    first.setReference();
    await learn(first);
    first.save(place, true);
    const second = open(place);
    second.load(place);
    for (const model of [first, second]) {
      await learn(model);
      model.save(join(folder, model === first ? "first" : "second"), true);
      await model.close();
    }
    for (const file of ["model.safetensors", VALUE_FILE, "optimizer.safetensors", "reference.safetensors"]) {
      expect(bytesOf(folder, "first", file).equals(bytesOf(folder, "second", file))).toBe(true);
    }
    const shapesOf = (at: string) => readWeights(at, FIXTURE_NAMES).shapes;
    expect(shapesOf(place)).toEqual(shapesOf(checkpointDirectory(NAME)));
    const configOf = (at: string) => parseConfig(readJson(join(at, "config.json")));
    expect(configOf(place)).toEqual(configOf(checkpointDirectory(NAME)));
  });

  test("opens without it, and what is saved then has none", async () => {
    const place = join(folder, "saved-without");
    const model = open();
    await learn(model);
    model.save(place, true);
    await model.close();
    expect(existsSync(join(place, VALUE_FILE))).toBe(true);
    const without = new LocalModel({ model: place, threads: 1 });
    without.load(place);
    without.save(place, true);
    await without.close();
    expect(existsSync(join(place, VALUE_FILE))).toBe(false);
  });

  test("that never had one starts it at 0, with moments of 0", async () => {
    const place = join(folder, "never");
    const without = new LocalModel({ model: directory, threads: 1 });
    const coefficients = coefficientsOf(recorded);
    await without.accumulate(registerCase(without, recorded), coefficients);
    without.step(UNCLIPPED);
    without.save(place, true);
    await without.close();
    const model = open();
    model.load(place);
    const [score] = await model.score(registerCase(model, recorded), { values: true });
    expect(score!.values!.every((value) => value === 0)).toBe(true);
    await learn(model);
    expect((await model.score(registerCase(model, recorded), { values: true }))[0]!.values![0]).not.toBe(0);
    await model.close();
  });

  test("of another width leaves the model as it was", async () => {
    const place = writeVariant(NAME, join(folder, "narrow"), () => {});
    writeSafetensors(
      join(place, VALUE_FILE),
      new Map([["value_head.weight", { shape: [1, 31], data: draw(31) }]]),
    );
    const model = open();
    const before = await model.score(registerCase(model, recorded), { values: true });
    expect(() => model.load(place)).toThrow("value_head.weight: expected [1, 32], got [1, 31]");
    expect(await model.score(registerCase(model, recorded), { values: true })).toEqual(before);
    await model.close();
  });
});
