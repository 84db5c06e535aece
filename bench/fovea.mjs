/**
 * @module
 * Fovea's side of the comparison: one phase of one workload, one JSON line. The counterpart of `pytorch/bench.py`,
 * with the same flags and the same report.
 *
 *     node bench/fovea.mjs --checkpoint DIR --workload FILE --threads N --phase PHASE [--replicas N]
 *       [--repetitions N] [--warm-up N] [--memory BYTES] [--checkpointing auto|none|blocks] [--rollouts fp32|int8]
 *       [--check FILE]
 *
 * Phases: train, score, score-attention, sample, and sample-attention, which also reduces attention to signals.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createLocalEngine } from "fovea/engine";
import { ADAM, readWorkload } from "./workload.mjs";

/** @import { Engine, Score } from "fovea/engine" */
/** @import { Opened } from "./workload.mjs" */
/** @typedef {{ tokens: number, step: () => Promise<unknown> }} Phase */

const SIGNALS = { attention: { row: /** @type {const} */ ("own") } };

/** @param {Opened} workload */
const completionTokens = ({ sequences }) =>
  sequences.reduce((sum, { completion }) => sum + completion.length, 0);

/** @type {Record<string, (engine: Engine, workload: Opened) => Phase>} */
const phases = {
  train: (engine, workload) => {
    const tokens = completionTokens(workload);
    const coefficients = workload.sequences.map(({ completion }, i) =>
      new Float64Array(completion.length).fill((i % 2 === 0 ? 1 : -1) / tokens),
    );
    return {
      tokens,
      step: async () => {
        await engine.accumulate(workload.sequences, coefficients);
        await engine.step(ADAM);
      },
    };
  },
  score: (engine, workload) => ({
    tokens: completionTokens(workload),
    step: () => engine.score(workload.sequences),
  }),
  "score-attention": (engine, workload) => ({
    tokens: completionTokens(workload),
    step: () => engine.score(workload.sequences, { signals: SIGNALS }),
  }),
  sample: (engine, workload) => sampling(engine, workload),
  "sample-attention": (engine, workload) => sampling(engine, workload, SIGNALS),
};

/**
 * @param {Engine} engine
 * @param {Opened} workload
 * @param {typeof SIGNALS} [signals]
 * @returns {Phase}
 */
function sampling(engine, { prompts, groupSize, maxNewTokens }, signals) {
  let seed = 0;
  return {
    tokens: prompts.length * groupSize * maxNewTokens,
    step: () =>
      engine.sample({
        prompts,
        groupSize,
        maxCompletionTokens: maxNewTokens,
        temperature: 1,
        topP: 1,
        topK: 0,
        stopTokens: [],
        seed: seed++,
        ...(signals && { signals }),
        ...(isRounded && { rollout: true }),
      }),
  };
}

/** A step that moves nothing, but makes the engine run the vision tower anew, as PyTorch does each time. */
const STANDSTILL = { ...ADAM, learningRate: 0, weightDecay: 0 };

const peakMemory = () => process.resourceUsage().maxRSS * 1024;

const { values: options } = parseArgs({
  options: {
    checkpoint: { type: "string" },
    workload: { type: "string" },
    threads: { type: "string" },
    replicas: { type: "string", default: "1" },
    phase: { type: "string" },
    repetitions: { type: "string" },
    "warm-up": { type: "string", default: "6" },
    memory: { type: "string" },
    checkpointing: { type: "string", default: "auto" },
    rollouts: { type: "string", default: "fp32" },
    check: { type: "string" },
  },
});
const { checkpoint = "", phase = "" } = options;
const isRounded = options.rollouts === "int8";
const threads = Number(options.threads);
const workload = readWorkload(options.workload ?? "");
const repetitions = Number(options.repetitions ?? workload.repetitions);
const open = phases[phase];
if (open === undefined) {
  throw new Error(`--phase: expected one of ${Object.keys(phases).join(", ")}, got "${phase}"`);
}
const engine = await createLocalEngine({
  model: checkpoint,
  threads,
  replicas: Number(options.replicas),
  spin: true,
  memory: options.memory,
  rollouts: isRounded ? "int8" : "fp32",
  checkpointing: /** @type {"auto" | "none" | "blocks"} */ (options.checkpointing),
});
const peakMemoryBytesBefore = peakMemory();
const { tokens, step } = open(engine, workload);
let result = await step();
// Untimed repetitions. JavaScript is compiled as it runs; over a training run that is soon past.
for (let i = 1; i < Number(options["warm-up"]); i++) {
  await engine.step(STANDSTILL);
  result = await step();
}
const seconds = [];
for (let i = 0; i < repetitions; i++) {
  await engine.step(STANDSTILL);
  const started = performance.now();
  result = await step();
  seconds.push((performance.now() - started) / 1000);
}
const memory = { peakMemoryBytes: peakMemory(), peakMemoryBytesBefore };
console.log(JSON.stringify({ phase, seconds, tokens, threads, ...memory, node: process.version }));
if (options.check !== undefined && phase.startsWith("score")) {
  writeFileSync(options.check, JSON.stringify(byGroup(/** @type {Score[]} */ (result), workload)));
}
await engine.close();

/**
 * @param {Score[]} scores
 * @param {Opened} workload
 * @returns {number[][][]} log-probs `[P][G][T]`
 */
function byGroup(scores, { prompts, sequences }) {
  return prompts.map((prompt) =>
    scores.filter((_, i) => sequences[i]?.prompt === prompt).map(({ logprobs }) => [...logprobs]),
  );
}
