import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { EngineError, ModelError } from "../../../errors/index.ts";
import { exportModel, openSafetensors } from "../../../model/index.ts";
import { ADAPTERS, adapterDirectory, recordedAdapter } from "../../../testing/lora-fixtures.ts";
import {
  ADAM,
  CASES,
  checkpointDirectory,
  coefficientsOf,
  digest,
  digestError,
  FIXTURE_NAMES,
  recordedCase,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import type { AdamParameters } from "../../engine.ts";
import { LocalModel } from "../local-model.ts";
import type { LocalLora } from "../local-options.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-lora-"));
const opened: LocalModel[] = [];
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  rmSync(folder, { recursive: true });
});

function open(directory: string, lora?: LocalLora): LocalModel {
  const model = new LocalModel({ model: directory, threads: 1, lora });
  opened.push(model);
  return model;
}

const STEP: AdamParameters = { ...ADAM, learningRate: 0.02 };
const BASE = checkpointDirectory("tied-gqa");
const CASE = recordedCase("tied-gqa", "padded-batch");

async function logprobs(model: LocalModel, weights: "policy" | "reference" = "policy") {
  const scores = await model.score(registerCase(model, CASE), { weights });
  return scores.flatMap((score) => [...score.logprobs]);
}

async function update(model: LocalModel): Promise<void> {
  await model.accumulate(registerCase(model, CASE), coefficientsOf(CASE));
  expect(model.step(STEP).applied).toBe(true);
}

describe.each(ADAPTERS)("PEFT's adapter %s", (name) => {
  const { checkpoint, logprobs: expected, gradients } = recordedAdapter(name);
  const model = () => open(checkpointDirectory(checkpoint), { adapter: adapterDirectory(name) });

  test.each(CASES)("gives PEFT's log-probs of %s", async (caseName) => {
    const adapted = model();
    const scores = await adapted.score(registerCase(adapted, recordedCase(checkpoint, caseName)));
    for (const [i, score] of scores.entries())
      expect(score.logprobs).toBeAllclose(expected[caseName][i]!, { rtol: 0, atol: 1e-4 });
  });

  test("has PEFT's gradients, and no others", async () => {
    const adapted = model();
    const recorded = recordedCase(checkpoint, "padded-batch");
    await adapted.accumulate(registerCase(adapted, recorded), coefficientsOf(recorded));
    const found = adapted.gradients();
    const names = new Map(
      Object.keys(gradients).map((factor) => [
        FIXTURE_NAMES.canonical(factor.replace("base_model.model.", "")),
        factor,
      ]),
    );
    expect([...found.keys()].sort()).toEqual([...names.keys()].sort());
    for (const [factor, { data }] of found)
      expect(digestError(digest(data), gradients[names.get(factor)!]!), factor).toBeLessThan(1e-3);
  });

  test("samples and scores alike", async () => {
    const adapted = model();
    const { prompt } = registerCase(adapted, recordedCase(checkpoint, "one-image"))[0]!;
    const request = {
      prompts: [prompt],
      groupSize: 2,
      maxCompletionTokens: 8,
      temperature: 1,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed: 3,
    };
    const [group] = await adapted.sample(request);
    const scores = await adapted.score(group!.map(({ tokens }) => ({ prompt, completion: tokens })));
    for (const [i, { logprobs: sampled }] of group!.entries())
      expect(sampled).toBeAllclose(scores[i]!.logprobs, { rtol: 0, atol: 1e-4 });
  });

  test("merged into the model's files, says the same", async () => {
    const merged = join(folder, `merged-${name}`);
    exportModel(checkpointDirectory(checkpoint), merged, { adapter: adapterDirectory(name) });
    const whole = open(merged);
    const scores = await whole.score(registerCase(whole, recordedCase(checkpoint, "four-images")));
    expect(scores[0]!.logprobs).toBeAllclose(expected["four-images"][0]!, { rtol: 0, atol: 1e-4 });
  });
});

describe("new adapters", () => {
  const options = { rank: 2, alpha: 4, vision: true, seed: 1 };

  test("change nothing until they are trained, then only themselves", async () => {
    const plain = open(BASE);
    const adapted = open(BASE, options);
    expect(await logprobs(adapted)).toEqual(await logprobs(plain));
    adapted.setReference();
    await update(adapted);
    await update(adapted);
    const after = await logprobs(adapted);
    expect(after).not.toEqual(await logprobs(plain));
    expect(await logprobs(adapted, "reference")).toEqual(await logprobs(plain));
  });

  test("raise what they are trained to raise", async () => {
    const adapted = open(BASE, { rank: 4, modules: ["q_proj", "down_proj"] });
    const ones = CASE.sequences.map(({ completion }) => new Float64Array(completion.length).fill(0.1));
    const total = async () => (await logprobs(adapted)).reduce((sum, value) => sum + value, 0);
    const before = await total();
    for (let step = 0; step < 5; step++) {
      await adapted.accumulate(registerCase(adapted, CASE), ones);
      adapted.step(STEP);
    }
    expect(await total()).toBeGreaterThan(before + 1);
  });

  test("are saved as an adapter directory, and continue bitwise identically", async () => {
    const straight = open(BASE, options);
    await update(straight);
    const directory = join(folder, "checkpoint");
    straight.save(directory, true);
    expect(readdirSync(directory).sort()).toEqual([
      "adapter_config.json",
      "adapter_model.safetensors",
      "optimizer.safetensors",
    ]);
    await update(straight);
    const resumed = open(BASE, options);
    resumed.load(directory);
    await update(resumed);
    expect(await logprobs(resumed)).toEqual(await logprobs(straight));
    const adopted = open(BASE, { adapter: directory });
    await update(adopted);
    expect((await logprobs(adopted)).every(Number.isFinite)).toBe(true);
  });

  test("are saved in the element type that is asked for", () => {
    const directory = join(folder, "half");
    open(BASE, options).save(directory, false, { dtype: "BF16" });
    const { tensors } = openSafetensors(join(directory, "adapter_model.safetensors"));
    expect(new Set([...tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(["BF16"]));
  });

  test("continue with the value head that lies beside them", async () => {
    const opened = (lora: LocalLora) => new LocalModel({ model: BASE, threads: 1, lora, valueHead: true });
    const first = opened(options);
    const sequences = registerCase(first, CASE);
    const values = coefficientsOf(CASE);
    await first.accumulate(sequences, values, { valueCoefficients: values });
    first.step(STEP);
    const directory = join(folder, "valued");
    first.save(directory, false);
    const valuesOf = async (model: LocalModel) => {
      const scores = await model.score(registerCase(model, CASE), { values: true });
      return scores.map((score) => [...score.values!]);
    };
    const second = opened({ adapter: directory });
    expect(await valuesOf(second)).toEqual(await valuesOf(first));
    expect((await valuesOf(second)).flat().some((value) => value !== 0)).toBe(true);
    await Promise.all([first.close(), second.close()]);
  });

  test("refuse a model to begin, another adapter and a directory without one", async () => {
    const adapted = open(BASE, options);
    expect(() => adapted.load(BASE)).toThrow("expected an adapter directory");
    const other = open(BASE, { rank: 3 });
    other.save(join(folder, "other"), false);
    expect(() => adapted.load(join(folder, "other"))).toThrow(EngineError);
    expect(() => open(BASE, { adapter: adapterDirectory("vision") })).toThrow(ModelError);
  });
});
