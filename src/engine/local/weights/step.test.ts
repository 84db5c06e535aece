import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { EngineError } from "../../../errors/index.ts";
import {
  ADAM,
  checkpointDirectory,
  coefficientsOf,
  recordedCase,
  registerCase,
  weightsOf,
} from "../../../testing/model-fixtures.ts";
import type { AdamParameters } from "../../engine.ts";
import { LocalModel } from "../local-model.ts";

const NAME = "untied-mqa";
const recorded = recordedCase(NAME, "one-image");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-step-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const opened: LocalModel[] = [];
afterAll(() => Promise.all(opened.map((model) => model.close())));

function fresh(): LocalModel {
  const model = new LocalModel({ model: checkpointDirectory(NAME), threads: 1 });
  opened.push(model);
  return model;
}

describe("a step", () => {
  test("goes up: the objective rises by the learning rate times the gradient's length", async () => {
    const model = fresh();
    const sequences = registerCase(model, recorded);
    const coefficients = coefficientsOf(recorded);
    const objective = async () =>
      (await model.score(sequences))[0]!.logprobs.reduce(
        (sum, each, t) => sum + each * coefficients[0]![t]!,
        0,
      );
    const before = await objective();
    await model.accumulate(sequences, coefficients);
    // Without momentum and with a huge epsilon, AdamW is plain ascent with the rate lr / epsilon.
    const rate = 2e-6;

    const plain = { ...ADAM, learningRate: rate * 1e6, epsilon: 1e6, beta1: 0, beta2: 0, weightDecay: 0 };
    const { gradientNorm } = model.step({ ...plain, maxGradientNorm: 0 });
    expect(((await objective()) - before) / (rate * gradientNorm ** 2)).toBeCloseTo(1, 1);
  });

  test("with the gradient clipped moves no further than the limit says", async () => {
    const model = fresh();
    await model.accumulate(registerCase(model, recorded), coefficientsOf(recorded));
    const limit = 0.5;
    const plain = {
      learningRate: 1e6,
      epsilon: 1e6,
      beta1: 0,
      beta2: 0,
      weightDecay: 0,
      maxGradientNorm: limit,
    };
    const { gradientNorm } = model.step(plain);
    expect(gradientNorm).toBeGreaterThan(2 * limit);
    model.save(join(folder, "moved"), false);
    const before = weightsOf(checkpointDirectory(NAME));
    let total = 0;
    for (const [name, { data }] of weightsOf(join(folder, "moved"))) {
      const old = before.get(name)!.data;
      total += data.reduce((sum, value, i) => sum + (value - old[i]!) ** 2, 0);
    }
    expect(Math.sqrt(total)).toBeCloseTo(limit, 3);
  });

  test.each<[Partial<AdamParameters>, string]>([
    [{ learningRate: Number.NaN }, "learningRate: expected 0 or more, got NaN"],
    [{ beta1: 1 }, "beta1: expected a number in [0, 1), got 1"],
    [{ beta2: -0.1 }, "beta2: expected a number in [0, 1), got -0.1"],
    [{ epsilon: 0 }, "epsilon: expected a positive number, got 0"],
    [{ weightDecay: -1 }, "weightDecay: expected 0 or more, got -1"],
    [{ maxGradientNorm: Number.POSITIVE_INFINITY }, "maxGradientNorm: expected 0 or more, got Infinity"],
  ])("refuses %j", (change, message) => {
    const model = fresh();
    expect(() => model.step({ ...ADAM, ...change })).toThrow(EngineError);
    expect(() => model.step({ ...ADAM, ...change })).toThrow(message);
  });
});
