/**
 * @module
 * What DyCo-RL's credit costs: whole iterations of the digits preset with it and with uniform credit, in turn, on the
 * same problems, weights and seed, so that both arms sample and learn from the same tokens.
 *
 *     node bench/credit-share.mjs [--pairs N] [--threads N] [--prompts P] [--group G] [--json]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { creditMethod } from "../dist/credit/index.js";
import { createLocalEngine } from "../dist/engine/index.js";
import { Rng } from "../dist/math/index.js";
import { openDialogue, trainingSource } from "../dist/train/index.js";
import { runIteration } from "../dist/train/iteration.js";
import { openVerifier } from "../dist/train/verifier.js";
import { provenance, spread, table } from "./statistics.mjs";
import { benchConfig, warmModel } from "./warm-model.mjs";

/** @import { Engine } from "../dist/engine/index.js" */
/** @import { IterationMetrics, IterationTiming } from "../dist/train/index.js" */
/** @typedef {"uniform" | "dyco-rl"} Arm */

const TARGET = 0.03;
const ARMS = /** @type {const} */ (["uniform", "dyco-rl"]);
const WARM_UP = 2;

const { values: options } = parseArgs({
  options: {
    pairs: { type: "string", default: "12" },
    threads: { type: "string", default: "2" },
    prompts: { type: "string", default: "48" },
    group: { type: "string", default: "8" },
    json: { type: "boolean", default: false },
  },
});
const threads = Number(options.threads);

/**
 * The engine whose steps do all their work but move nothing, so that every iteration starts from the same weights.
 *
 * @param {Engine} engine
 * @returns {Engine}
 */
function frozen(engine) {
  return {
    capabilities: engine.capabilities,
    sample: (request) => engine.sample(request),
    score: (sequences, request) => engine.score(sequences, request),
    accumulate: (sequences, coefficients, request) => engine.accumulate(sequences, coefficients, request),
    step: (adam) => engine.step({ ...adam, learningRate: 0, weightDecay: 0 }),
    setReference: () => engine.setReference(),
    save: (to, request) => engine.save(to, request),
    load: (from) => engine.load(from),
    close: () => engine.close(),
  };
}

const directory = mkdtempSync(join(tmpdir(), "fovea-bench-"));
const where = provenance();
/** @type {Record<Arm, IterationMetrics>[]} */
const pairs = [];
process.stderr.write("warm start\n");
try {
  const model = await warmModel(directory, threads);
  const engine = frozen(await createLocalEngine({ model, threads }));
  for (let pair = -WARM_UP; pair < Number(options.pairs); pair++) {
    const measured = await runPair(engine, model, pair);
    if (pair >= 0) {
      pairs.push(measured);
    }
    process.stderr.write(`pair ${pair + 1} of ${options.pairs}\n`);
  }
  await engine.close();
} finally {
  rmSync(directory, { recursive: true });
}

/**
 * Both arms on the same problems with the same seed; which goes first alternates.
 *
 * @param {Engine} engine
 * @param {string} model
 * @param {number} pair
 */
async function runPair(engine, model, pair) {
  /** @type {Partial<Record<Arm, IterationMetrics>>} */
  const measured = {};
  for (const arm of pair % 2 === 0 ? ARMS : ARMS.toReversed()) {
    const config = benchConfig({
      model,
      engine: { threads },
      credit: { kind: arm },
      train: {
        promptsPerIteration: Number(options.prompts),
        groupSize: Number(options.group),
        reportKlEvery: 0,
      },
    });
    const training = {
      config,
      engine,
      dialogue: openDialogue(config),
      source: trainingSource(config),
      order: (/** @type {number} */ position) => position,
      verify: openVerifier(config),
      credit: creditMethod(config.credit),
      clock: () => performance.now(),
    };
    const progress = {
      dataPosition: (pair + WARM_UP) * Number(options.prompts),
      rng: new Rng(pair + WARM_UP),
      totals: { completions: 0, tokens: 0, steps: 0, skippedSteps: 0 },
    };
    const { metrics } = await runIteration(training, progress, 1);
    measured[arm] = metrics;
  }
  const { uniform, "dyco-rl": dycoRl } = /** @type {Record<Arm, IterationMetrics>} */ (measured);
  if (uniform.tokens !== dycoRl.tokens || uniform.groupsWithoutSpread !== dycoRl.groupsWithoutSpread) {
    throw new Error(`pair ${pair}: expected the same completions in both arms, got other ones`);
  }
  return { uniform, "dyco-rl": dycoRl };
}

/** @param {(arms: Record<Arm, IterationTiming>) => number} value */
const over = (value) =>
  pairs.map(({ uniform, "dyco-rl": dycoRl }) => value({ uniform: uniform.timing, "dyco-rl": dycoRl.timing }));

/** @type {readonly (keyof IterationTiming)[]} */
const PHASES = [
  "prepareSeconds",
  "sampleSeconds",
  "verifySeconds",
  "scoreSeconds",
  "creditSeconds",
  "updateSeconds",
];
const share = spread(
  over(({ uniform, "dyco-rl": dycoRl }) => dycoRl.totalSeconds / uniform.totalSeconds - 1),
);
const phases = Object.fromEntries(
  [...PHASES, /** @type {const} */ ("totalSeconds")].map((phase) => [
    phase.replace("Seconds", ""),
    Object.fromEntries(ARMS.map((arm) => [arm, spread(over((arms) => arms[arm][phase]))])),
  ]),
);
const shares = Object.fromEntries(
  PHASES.map((phase) => [
    phase.replace("Seconds", ""),
    spread(over(({ uniform, "dyco-rl": dycoRl }) => (dycoRl[phase] - uniform[phase]) / uniform.totalSeconds)),
  ]),
);
const tokens = spread(pairs.map(({ uniform }) => uniform.tokens)).median;
const withoutSpread = spread(pairs.map(({ uniform }) => uniform.groupsWithoutSpread)).median;

const percent = (/** @type {number} */ value) => `${(100 * value).toFixed(1)} %`;
const milliseconds = (/** @type {number} */ value) => (1000 * value).toFixed(0);
const range = (/** @type {{ median: number, low: number, high: number }} */ { median, low, high }) =>
  `${percent(median)} (${percent(low)} to ${percent(high)})`;
const text = [
  `an iteration of ${options.prompts} prompts x ${options.group} completions, ${tokens} tokens, ` +
    `${percent(withoutSpread)} of groups without spread; medians of ${pairs.length} pairs`,
  table([
    ["", "uniform ms", "dyco-rl ms", "share of an iteration (quartiles)"],
    ...Object.entries(phases).map(([phase, arms]) => [
      phase,
      milliseconds(arms["uniform"]?.median ?? Number.NaN),
      milliseconds(arms["dyco-rl"]?.median ?? Number.NaN),
      range(phase === "total" ? share : (shares[phase] ?? share)),
    ]),
  ]),
  `DyCo-RL's credit costs ${range(share)} of a uniform iteration; target: at most ${percent(TARGET)}`,
].join("\n");
process.stdout.write(
  options.json
    ? `${JSON.stringify({ ...where, threads, pairs: pairs.length, tokens, withoutSpread, share, shares, phases, text })}\n`
    : `${text}\n`,
);
