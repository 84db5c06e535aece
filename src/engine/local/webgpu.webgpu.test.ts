import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  ADAM,
  bytesOf,
  checkpointDirectory,
  coefficientsOf,
  digest,
  digestError,
  recordedCase,
  recordedPrompt,
  register,
  registerCase,
  weightsOf,
} from "../../testing/model-fixtures.ts";
import type { Checkpointing } from "./checkpointing.ts";
import { DeviceModel } from "./device/device-model.ts";
import { LocalModel } from "./local-model.ts";

const NAME = "tied-gqa";
const recorded = recordedCase(NAME, "padded-batch");
const CLOSE = { rtol: 0, atol: 1e-4 };

const opened: (LocalModel | DeviceModel)[] = [];
afterAll(() => Promise.all(opened.map((model) => model.close())));

function open(device: "cpu" | "webgpu", checkpointing: Checkpointing = "auto"): LocalModel | DeviceModel {
  const options = { model: checkpointDirectory(NAME), device, threads: 1, checkpointing };
  const model = device === "cpu" ? new LocalModel(options) : new DeviceModel(options);
  opened.push(model);
  return model;
}

describe("a graphics adapter agrees with transformers", () => {
  const model = open("webgpu");

  test("on log-probs", async () => {
    const scores = await model.score(registerCase(model, recorded));
    for (const [i, { logprobs }] of recorded.sequences.entries()) {
      expect(scores[i]!.logprobs).toBeAllclose(logprobs, CLOSE);
    }
  });

  test.each(["none", "blocks"] as const)(
    "on the gradient of every parameter, checkpointing %s",
    async (kept) => {
      const own = open("webgpu", kept);
      await own.accumulate(registerCase(own, recorded), coefficientsOf(recorded));
      const found = await own.gradients();
      for (const [parameter, expected] of Object.entries(recorded.gradients)) {
        const error = digestError(digest(found.get(parameter)!.data), expected);
        expect(error < 1e-3, `${parameter}: ${error}`).toBe(true);
      }
    },
  );
});

describe("a graphics adapter agrees with the processor", () => {
  test("on what is sampled, and on what scoring says of it", async () => {
    const signals = {
      attention: { row: "own" },
      calibrated: { row: "own", layers: 2, biasCorrection: true, biasCurve: { exponential: 0.5, decay: 1 } },
    } as const;
    const [here, there] = await Promise.all(
      (["cpu", "webgpu"] as const).map(async (device) => {
        const model = open(device);
        const prompts = recorded.sequences.map((sequence) => register(model, recordedPrompt(sequence)));
        const rules = {
          maxCompletionTokens: 20,
          temperature: 0.7,
          topP: 1,
          topK: 0,
          stopTokens: [],
          seed: 3,
        };
        const groups = await model.sample({ prompts, groupSize: 2, ...rules, signals });
        const sequences = groups.flatMap((group, p) =>
          group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
        );
        const asked = {
          entropy: true,
          nucleusEntropy: 0.9,
          likeliest: true,
          alternatives: 5,
          signals,
        } as const;
        return { groups, scores: await model.score(sequences, { temperature: 0.7, ...asked }) };
      }),
    );
    for (const [i, completion] of here!.groups.flat().entries()) {
      const other = there!.groups.flat()[i]!;
      expect([...other.tokens]).toEqual([...completion.tokens]);
      expect(other.logprobs).toBeAllclose(completion.logprobs, CLOSE);
      expect(other.signals!.attention!.visualMass).toBeAllclose(
        completion.signals!.attention!.visualMass,
        CLOSE,
      );
      expect(other.signals!.calibrated!.gram).toBeAllclose(completion.signals!.calibrated!.gram, CLOSE);
    }
    for (const [i, score] of here!.scores.entries()) {
      const other = there!.scores[i]!;
      expect(other.logprobs).toBeAllclose(score.logprobs, CLOSE);
      expect(other.entropy!).toBeAllclose(score.entropy!, CLOSE);
      expect(other.nucleusEntropy!).toBeAllclose(score.nucleusEntropy!, CLOSE);
      expect([...other.likeliest!]).toEqual([...score.likeliest!]);
      expect([...other.alternatives!.tokens]).toEqual([...score.alternatives!.tokens]);
      expect(other.signals!.attention!.textShift).toBeAllclose(score.signals!.attention!.textShift, CLOSE);
    }
  });

  test("on the weights after ten steps of AdamW", async () => {
    const weights = [];
    for (const device of ["cpu", "webgpu"] as const) {
      const model = open(device);
      const sequences = registerCase(model, recorded);
      for (let step = 0; step < 10; step++) {
        await model.accumulate(sequences, coefficientsOf(recorded));
        await model.step({ ...ADAM, learningRate: 1e-3, maxGradientNorm: 1 });
      }
      const folder = mkdtempSync(join(tmpdir(), "fovea-webgpu-"));
      await model.save(folder, false);
      weights.push(weightsOf(folder));
      rmSync(folder, { recursive: true });
    }
    for (const [name, { data }] of weights[0]!) {
      const other = weights[1]!.get(name)!.data;
      const square = (values: Iterable<number>) => Math.sqrt([...values].reduce((sum, x) => sum + x * x, 0));
      const apart = square(data.map((value, i) => other[i]! - value)) / square(data);
      expect(apart < 1e-3, `${name}: ${apart}`).toBe(true);
    }
  });
});

test("a training on a graphics adapter continues from its checkpoint bitwise identically, with its reference", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fovea-webgpu-"));
  const straight = open("webgpu");
  const sequences = registerCase(straight, recorded);
  const learn = async (model: LocalModel | DeviceModel) => {
    await model.accumulate(sequences, coefficientsOf(recorded));
    expect(await model.step({ ...ADAM, learningRate: 1e-3 })).toMatchObject({ applied: true });
  };
  await learn(straight);
  await straight.setReference();
  await learn(straight);
  await straight.save(join(folder, "middle"), true);

  // The same model goes back, so that what lies on the device must be dropped.
  const [first] = await straight.score(sequences, { weights: "reference" });
  await learn(straight);
  await straight.save(join(folder, "straight"), true);
  straight.load(join(folder, "middle"));
  const [again] = await straight.score(sequences, { weights: "reference" });
  expect(again!.logprobs).toEqual(first!.logprobs);
  await learn(straight);
  await straight.save(join(folder, "resumed"), true);
  for (const file of ["model.safetensors", "optimizer.safetensors", "reference.safetensors"]) {
    expect(bytesOf(folder, "resumed", file).equals(bytesOf(folder, "straight", file)), file).toBe(true);
  }
  rmSync(folder, { recursive: true });
});
