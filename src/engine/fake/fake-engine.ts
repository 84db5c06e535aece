/**
 * @module
 * An engine for tests: a bigram policy in this process, with exact gradients, AdamW and the whole contract, so that
 * the loop can be tested in milliseconds. Its attention signals are made up, but the same from sampling and scoring.
 * An ablated image is another image to it.
 */
import { SIGNALS } from "../../credit/index.ts";
import type { Capability } from "../capabilities.ts";
import type { Engine } from "../engine.ts";
import { loadModel, saveModel } from "./fake-files.ts";
import { accumulated, stepped } from "./fake-learning.ts";
import { FakeModel, type FakeModelOptions } from "./fake-model.ts";
import { sampleFrom } from "./fake-sampling.ts";
import { scoresOf } from "./fake-scoring.ts";

export interface FakeEngineOptions extends FakeModelOptions {
  readonly capabilities?: readonly Capability[];
}

const ALL: readonly Capability[] = [
  ...SIGNALS.flatMap(({ needs }) => needs.map(({ capability }) => capability)),
  "entropy",
  "entropy-gradient",
  "full-distribution",
  "group-divergence",
  "hidden-images",
  "image-ablation",
  "overlap",
  "reference",
  "value",
  "value-replacement",
  "video",
  "watch",
];

/** Makes a fake engine; spread its result to override single methods in a test. */
export function createFakeEngine(options: FakeEngineOptions): Engine {
  const model = new FakeModel(options);
  return {
    capabilities: new Set<Capability>(options.capabilities ?? ALL),
    sample: async (request) => sampleFrom(model, model.weights, request),
    sampler: async () => {
      const table = model.weights.slice();
      return { sample: async (request) => sampleFrom(model, table, request) };
    },
    score: async (sequences, request = {}) => scoresOf(model, sequences, request),
    accumulate: async (sequences, coefficients, own = {}) => accumulated(model, sequences, coefficients, own),
    step: async (adam) => stepped(model, adam),
    setReference: async () => {
      model.reference = model.weights.slice();
    },
    save: (directory, { optimizer = true } = {}) => saveModel(model, directory, optimizer),
    load: (directory) => loadModel(model, directory),
    close: async () => {},
  };
}
