/**
 * @module
 * Rollouts in 8 bits beside rollouts in float32, in turn in one engine on the same prompts and seeds: speed of sampling,
 * what it costs to quantise after a step, and how far the log-probs of sampled tokens are from those that scoring gives.
 * Speeds are tokens a second of this process's processor time, so that other programs on the machine disturb them little.
 * Weights are random, and random models are nearly even over their vocabulary: `--model` measures a trained one.
 *
 *     npm run --silent build && node bench/int8-rollouts.mjs [--models demo,25m,216m] [--model DIRECTORY]
 *         [--repetitions 5] [--threads 1] [--json]
 */
import { parseArgs } from "node:util";
import { createLocalEngine, freshSmallModel, SMALL_ASSETS } from "fovea/engine";
import { CONFIGS } from "./models.mjs";
import { provenance, spread, table } from "./statistics.mjs";

/** Bound of the importance ratio, `algorithm.samplerCorrection.cap`'s default. */
const CAP = 3;

const { values: options } = parseArgs({
  options: {
    models: { type: "string", default: "demo,25m,216m" },
    model: { type: "string" },
    repetitions: { type: "string", default: "5" },
    threads: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const repetitions = Number(options.repetitions);
const threads = Number(options.threads);

/** @typedef {{ model: string | import("fovea/engine").FreshModel, about: string, prompts: number, group: number, tokens: number }} Setting */

/** @param {(typeof CONFIGS)["25m"]} config */
const fresh = (config) => ({ config, assets: SMALL_ASSETS, seed: 0 });

/** @type {Readonly<Record<string, Setting>>} */
const SETTINGS = {
  demo: {
    model: freshSmallModel(0),
    about: "1 M parameters, width 128; 16 prompts x 8 completions of 32 tokens",
    prompts: 16,
    group: 8,
    tokens: 32,
  },
  "25m": {
    model: fresh(CONFIGS["25m"]),
    about: "25 M parameters, width 384, vocabulary 16,384; 4 prompts x 8 completions of 64 tokens",
    prompts: 4,
    group: 8,
    tokens: 64,
  },
  "216m": {
    model: fresh(CONFIGS["216m"]),
    about: "216 M parameters, width 576, vocabulary 151,936; 2 prompts x 4 completions of 64 tokens",
    prompts: 2,
    group: 4,
    tokens: 64,
  },
};

/** Log-probs of sampled tokens against scored ones. */
function mismatchOf(
  /** @type {readonly import("fovea/engine").Completion[]} */ sampled,
  /** @type {readonly import("fovea/engine").Score[]} */ scores,
) {
  let [tokens, sum, max, beyond] = [0, 0, 0, 0];
  for (const [i, { logprobs }] of sampled.entries()) {
    for (const [t, logprob] of logprobs.entries()) {
      const shift = (scores[i]?.logprobs[t] ?? Number.NaN) - logprob;
      tokens++;
      sum += Math.abs(shift);
      max = Math.max(max, Math.abs(shift));
      if (Math.exp(shift) > CAP) beyond++;
    }
  }
  return { tokens, mean: sum / tokens, max, beyondShare: beyond / tokens };
}

/** @param {Setting} setting */
async function measure({ model, prompts: count, group, tokens }) {
  const engine = await createLocalEngine({ model, threads, rollouts: "int8" });
  const prompts = Array.from({ length: count }, (_, p) => ({
    chunks: [
      {
        kind: /** @type {const} */ ("text"),
        tokens: Array.from({ length: 32 }, (__, i) => (13 * p + 7 * i) % 200),
      },
    ],
  }));
  /** @param {boolean} isRounded @param {number} seed */
  const sample = async (isRounded, seed) => {
    const start = process.cpuUsage();
    const groups = await engine.sample({
      prompts,
      groupSize: group,
      maxCompletionTokens: tokens,
      temperature: 1,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed,
      ...(isRounded && { rollout: true }),
    });
    const { user, system } = process.cpuUsage(start);
    return { groups, seconds: (user + system) / 1e6 };
  };
  const still = {
    learningRate: 0,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    maxGradientNorm: 0,
  };
  /** @type {Record<"exact" | "int8" | "first", number[]>} */
  const seconds = { exact: [], int8: [], first: [] };
  /** @type {import("fovea/engine").Completion[][]} */
  let last = [];
  // Programs are compiled in the first round.
  for (let round = -1; round < repetitions; round++) {
    const exact = await sample(false, round + 1);
    // After a step the first request quantises.
    await engine.step(still);
    const first = await sample(true, round + 1);
    const int8 = await sample(true, round + 1);
    last = int8.groups;
    if (round < 0) continue;
    seconds.exact.push(exact.seconds);
    seconds.first.push(first.seconds);
    seconds.int8.push(int8.seconds);
  }
  const sequences = last.flatMap((own, p) =>
    own.map((completion) => ({
      prompt: /** @type {(typeof prompts)[number]} */ (prompts[p]),
      completion: completion.tokens,
    })),
  );
  const mismatch = mismatchOf(last.flat(), await engine.score(sequences));
  await engine.close();
  const ratio = (/** @type {number[]} */ other) =>
    spread(seconds.exact.map((one, i) => one / (other[i] ?? Number.NaN)));
  return {
    tokensPerSecond: (count * group * tokens) / spread(seconds.exact).median,
    ratio: ratio(seconds.int8),
    ratioAfterStep: ratio(seconds.first),
    quantiseSeconds: spread(seconds.first.map((one, i) => one - (seconds.int8[i] ?? Number.NaN))),
    mismatch,
  };
}

const settings =
  options.model === undefined
    ? options.models.split(",").map((name) => [name, SETTINGS[name]])
    : [["given", { model: options.model, about: options.model, prompts: 16, group: 8, tokens: 32 }]];
const rows = [
  [
    "model",
    "fp32, tokens/s",
    "int8, times",
    "quartiles",
    "with quantising",
    "quantising, s",
    "mean |Δ|, nats",
    "max",
    "beyond 3",
  ],
];
const results = [];
for (const [name, setting] of /** @type {[string, Setting | undefined][]} */ (settings)) {
  if (setting === undefined) {
    process.stderr.write(`--models: expected some of ${Object.keys(SETTINGS).join(", ")}, got ${name}\n`);
    process.exit(2);
  }
  const result = await measure(setting);
  results.push({ model: name, about: setting.about, ...result });
  const { ratio, ratioAfterStep, quantiseSeconds, mismatch, tokensPerSecond } = result;
  rows.push([
    `${name}: ${setting.about}`,
    tokensPerSecond.toFixed(0),
    ratio.median.toFixed(2),
    `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`,
    ratioAfterStep.median.toFixed(2),
    quantiseSeconds.median.toFixed(2),
    mismatch.mean.toFixed(4),
    mismatch.max.toFixed(3),
    `${(100 * mismatch.beyondShare).toFixed(2)} %`,
  ]);
}
const where = { ...provenance(), threads, repetitions };
process.stdout.write(
  options.json ? `${JSON.stringify({ ...where, results })}\n` : `${JSON.stringify(where)}\n${table(rows)}\n`,
);
