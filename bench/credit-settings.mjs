/**
 * @module
 * The two settings that the price of credit is measured in: the digits task as it is trained, and a shape after
 * AT-RL's own report, whose model is larger and whose completions are long.
 */
import { join } from "node:path";
import { findPreset, freshSmallModel, openConfiguredDialogue, openParts, resolveConfig } from "fovea/config";
import { createLocalEngine } from "fovea/engine";
import { benchConfig, warmModel } from "./warm-model.mjs";

/** @import { Engine } from "fovea/engine" */
/** @import { TrainParts } from "fovea/train" */

/**
 * @typedef {object} Setting
 * @property {"digits" | "long"} name
 * @property {string} about one line for the reader
 * @property {() => Promise<Engine>} engine
 * @property {(credit: string) => Promise<Omit<TrainParts, "engine">>} parts
 */

/**
 * The digits preset after a short warm start.
 *
 * @param {string} directory for the warm start
 * @param {{ threads: number, prompts: number, group: number }} sizes
 * @returns {Setting}
 */
export function digitsSetting(directory, { threads, prompts, group }) {
  const train = { promptsPerIteration: prompts, groupSize: group, reportKlEvery: 0 };
  return {
    name: "digits",
    about: `the digits preset, ${prompts} prompts x ${group} completions`,
    engine: async () =>
      createLocalEngine({ model: await warmModel(join(directory, "warm"), threads), threads }),
    parts: async (credit) => {
      const config = benchConfig({ credit: { kind: credit }, engine: { threads }, train });
      return { ...(await openParts(config)), dialogue: await openConfiguredDialogue(config) };
    },
  };
}

/**
 * What AT-RL's paper (arXiv:2602.11455) reports 1.2 % for, as far as a small machine can follow: 8 completions a prompt and
 * one update a round (its Section 8.4), completions of hundreds of tokens, so that clusters and Gram matrices are large, and
 * a model in which they are not all the work. Weights are random, and no token ends a completion; every other completion
 * is rewarded, so every group has spread and is credited.
 *
 * @param {{ threads: number, tokens: number, width: number, layers: number }} sizes
 * @returns {Setting}
 */
export function longSetting({ threads, tokens, width, layers }) {
  const fresh = freshSmallModel(0);
  const text = {
    ...fresh.config.text,
    hiddenSize: width,
    layers,
    heads: width / 64,
    kvHeads: Math.max(1, width / 256),
    headDim: 64,
    intermediateSize: 3 * width,
    mropeSection: [8, 12, 12],
  };
  const model = {
    ...fresh,
    config: { ...fresh.config, text, vision: { ...fresh.config.vision, outHiddenSize: width } },
  };
  return {
    name: "long",
    about: `hidden size ${width}, ${layers} layers, random weights, 2 prompts x 8 completions of ${tokens} tokens`,
    engine: () => createLocalEngine({ model, threads }),
    parts: async (credit) => {
      const config = resolveConfig({
        preset: findPreset("grpo-at-rl").settings,
        overrides: {
          credit: { kind: credit },
          algorithm: { klCoefficient: 0 },
          data: { kind: "digits" },
          engine: { threads },
          sampling: { maxCompletionTokens: tokens },
          train: { iterations: 1, promptsPerIteration: 2, reportKlEvery: 0 },
        },
      });
      let judged = 0;
      return {
        ...(await openParts(config)),
        dialogue: { ...(await openConfiguredDialogue(config)), stopTokens: [] },
        reward: [{ name: "every-other", score: (answered) => answered.map(() => judged++ % 2) }],
      };
    },
  };
}
