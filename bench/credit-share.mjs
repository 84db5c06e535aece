/**
 * @module
 * What each credit method costs: whole iterations with it and with uniform credit, in turn, on the same problems, weights
 * and seed, so that both sample and learn from the same tokens.
 *
 *     node bench/credit-share.mjs [--methods dyco-rl,at-rl,…] [--pairs N] [--prompts P] [--group G] [--threads N] [--json]
 *         [--long-pairs N] [--long-tokens T] [--long-width D] [--long-layers L]
 *
 * All methods are measured on the digits task; AT-RL also on completions of T tokens, see bench/README.md;
 * `--long-pairs 0` leaves that out.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { creditSchema } from "fovea/credit";
import { newProgress, openTraining, runIteration } from "fovea/train";
import { digitsSetting, longSetting } from "./credit-settings.mjs";
import { provenance, spread, table } from "./statistics.mjs";

/** @import { Engine } from "fovea/engine" */
/** @import { IterationMetrics, IterationTiming } from "fovea/train" */
/** @import { Setting } from "./credit-settings.mjs" */
/** @import { Spread } from "./statistics.mjs" */
/** @typedef {{ uniform: IterationMetrics, method: IterationMetrics }} Pair */
/** @typedef {{ setting: string, method: string, target?: number, pairs: number, tokens: number, withoutSpread: number, share: Spread, creditShare: Spread, shares: Record<string, Spread>, seconds: Record<string, { uniform: Spread, method: Spread }> }} Result */

/** Shares of an iteration, and what the papers report: 27 %, 1.2 %, 15 to 17 %. */
const TARGETS = /** @type {const} */ ({
  "digits dyco-rl": 0.03,
  "digits vicra": 0.08,
  "long at-rl": 0.012,
});
/** @type {Readonly<Record<string, number>>} */
const targets = TARGETS;
/** Rounds before those that count: programs are compiled in the first. */
const WARM_UP = { digits: 2, long: 1 };
/** @type {readonly (keyof IterationTiming)[]} */
const PHASES = [
  "prepareSeconds",
  "sampleSeconds",
  "verifySeconds",
  "scoreSeconds",
  "creditSeconds",
  "updateSeconds",
];
const METHODS = creditSchema.options
  .map(({ shape }) => shape.kind.value)
  .filter((kind) => kind !== "uniform" && kind !== "constant");

const { values: options } = parseArgs({
  options: {
    methods: { type: "string", default: METHODS.join(",") },
    pairs: { type: "string", default: "12" },
    prompts: { type: "string", default: "48" },
    group: { type: "string", default: "8" },
    threads: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
    "long-pairs": { type: "string", default: "4" },
    "long-tokens": { type: "string", default: "512" },
    "long-width": { type: "string", default: "512" },
    "long-layers": { type: "string", default: "8" },
  },
});
const methods = options.methods.split(",");
const unknown = methods.filter((method) => !METHODS.some((known) => known === method));
if (unknown.length > 0) {
  process.stderr.write(`--methods: expected some of ${METHODS.join(", ")}, got ${unknown.join(", ")}\n`);
  process.exit(2);
}

/**
 * The engine whose steps do all their work but move nothing, so that every iteration starts from the same weights.
 *
 * @param {Engine} engine
 * @returns {Engine}
 */
const frozen = (engine) => ({
  capabilities: engine.capabilities,
  sample: (request) => engine.sample(request),
  score: (sequences, request) => engine.score(sequences, request),
  accumulate: (sequences, coefficients, request) => engine.accumulate(sequences, coefficients, request),
  step: (adam) => engine.step({ ...adam, learningRate: 0, weightDecay: 0 }),
  setReference: () => engine.setReference(),
  save: (to, request) => engine.save(to, request),
  load: (from) => engine.load(from),
  close: () => engine.close(),
});

/**
 * One iteration.
 *
 * @param {Setting} setting
 * @param {Engine} engine
 * @param {string} credit
 * @param {number} pair the same problems and draws for the same number
 */
async function iterate(setting, engine, credit, pair) {
  const training = await openTraining({ ...(await setting.parts(credit)), engine });
  const dataPosition = pair * training.schedule.promptsPerIteration;
  const progress = { ...newProgress(pair), dataPosition };
  return (await runIteration(training, progress, 1)).metrics;
}

/** Phases of two iterations on the same problems, one after the other. @type {(a: IterationMetrics, b: IterationMetrics) => IterationMetrics} */
const meanOf = (a, b) => ({
  ...a,
  timing: /** @type {IterationTiming} */ (
    Object.fromEntries(
      Object.entries(a.timing).map(([phase, value]) => [
        phase,
        (value + b.timing[/** @type {keyof IterationTiming} */ (phase)]) / 2,
      ]),
    )
  ),
});

/**
 * Pairs of all methods in turn. A pair is four iterations on the same problems, uniform, method, method, uniform, or the
 * other way round in every other pair: what comes first meets problems that nothing has drawn yet, and a machine
 * that grows slower meanwhile is the same to both.
 *
 * @param {Setting} setting
 * @param {readonly string[]} names of the methods
 * @param {number} count
 * @returns {Promise<Result[]>}
 */
async function measure(setting, names, count) {
  if (names.length === 0 || count === 0) return [];
  /** @type {Map<string, Pair[]>} */
  const pairs = new Map(names.map((name) => [name, []]));
  const engine = frozen(await setting.engine());
  const warmUp = WARM_UP[setting.name];
  for (let round = 0; round < warmUp + count; round++) {
    for (const [name, measured] of pairs) {
      const [outer, inner] = round % 2 === 0 ? ["uniform", name] : [name, "uniform"];
      const run = (/** @type {string} */ credit) => iterate(setting, engine, credit, round);
      const [first, second, third, fourth] = [
        await run(outer),
        await run(inner),
        await run(inner),
        await run(outer),
      ];
      const halves = [meanOf(first, fourth), meanOf(second, third)];
      const [uniform, method] = round % 2 === 0 ? halves : halves.toReversed();
      const pair = /** @type {Pair} */ ({ uniform, method });
      if (pair.uniform.tokens !== pair.method.tokens || pair.uniform.reward !== pair.method.reward) {
        throw new Error(
          `${setting.name}, ${name}, round ${round}: expected the same completions in both halves`,
        );
      }
      if (pair.method.steps === 0)
        throw new Error(`${setting.name}, ${name}, round ${round}: nothing was learnt`);
      if (round >= warmUp) measured.push(pair);
    }
    process.stderr.write(`${setting.name}: round ${round + 1 - warmUp} of ${count}\n`);
  }
  await engine.close();
  return [...pairs].map(([name, measured]) => resultOf(setting.name, name, measured));
}

/**
 * @param {string} setting
 * @param {string} method
 * @param {readonly Pair[]} pairs
 * @returns {Result}
 */
function resultOf(setting, method, pairs) {
  const over = (/** @type {(pair: Pair) => number} */ value) => spread(pairs.map(value));
  const cost = (/** @type {keyof IterationTiming} */ phase) =>
    over(
      ({ uniform, method }) => (method.timing[phase] - uniform.timing[phase]) / uniform.timing.totalSeconds,
    );
  const phases = [...PHASES, /** @type {const} */ ("totalSeconds")];
  const short = (/** @type {string} */ phase) => phase.replace("Seconds", "");
  const target = targets[`${setting} ${method}`];
  return {
    setting,
    method,
    ...(target !== undefined && { target }),
    pairs: pairs.length,
    tokens: over(({ uniform }) => uniform.tokens).median,
    withoutSpread: over(({ uniform }) => uniform.groupsWithoutSpread).median,
    share: cost("totalSeconds"),
    creditShare: over(({ method: { timing } }) => timing.creditSeconds / timing.totalSeconds),
    shares: Object.fromEntries(PHASES.map((phase) => [short(phase), cost(phase)])),
    seconds: Object.fromEntries(
      phases.map((phase) => [
        short(phase),
        {
          uniform: over(({ uniform }) => uniform.timing[phase]),
          method: over((pair) => pair.method.timing[phase]),
        },
      ]),
    ),
  };
}

const percent = (/** @type {number} */ value) => `${(100 * value).toFixed(1)} %`;
const range = (/** @type {Spread} */ { median, low, high }) =>
  `${percent(median)} (${percent(low)} to ${percent(high)})`;

/** @param {readonly Result[]} results */
function priceTable(results) {
  return table([
    ["", "uniform ms", "method ms", "share (quartiles)", "sample", "score", "credit", "update", "target"],
    ...results.map(({ setting, method, target, seconds, share, shares }) => [
      setting === "digits" ? method : `${method}, ${setting}`,
      (1000 * (seconds["total"]?.uniform.median ?? Number.NaN)).toFixed(0),
      (1000 * (seconds["total"]?.method.median ?? Number.NaN)).toFixed(0),
      range(share),
      ...["sample", "score", "credit", "update"].map((phase) => percent(shares[phase]?.median ?? Number.NaN)),
      target === undefined ? "" : `${percent(target)}${share.median <= target ? "" : ", missed"}`,
    ]),
  ]);
}

/** @param {readonly Result[]} results @param {readonly Setting[]} settings */
function report(results, settings) {
  const lines = settings.flatMap(({ name, about }) => {
    const [any] = results.filter(({ setting }) => setting === name);
    if (!any) return [];
    const { tokens, withoutSpread, pairs } = any;
    return `${name}: ${about}, ${tokens} tokens, ${percent(withoutSpread)} of groups without spread; medians of ${pairs} pairs`;
  });
  const own = results
    .filter(({ setting }) => setting === "long")
    .map(
      ({ creditShare }) =>
        `AT-RL's clustering and weights alone, long: ${range(creditShare)} of an iteration`,
    );
  return [...lines, priceTable(results), ...own].join("\n");
}

const threads = Number(options.threads);
const directory = mkdtempSync(join(tmpdir(), "fovea-bench-"));
const before = provenance();
try {
  const settings = [
    digitsSetting(directory, { threads, prompts: Number(options.prompts), group: Number(options.group) }),
    longSetting({
      threads,
      tokens: Number(options["long-tokens"]),
      width: Number(options["long-width"]),
      layers: Number(options["long-layers"]),
    }),
  ];
  const [digits, long] = settings;
  const results = [
    ...(digits ? await measure(digits, methods, Number(options.pairs)) : []),
    ...(long
      ? await measure(
          long,
          methods.filter((name) => name === "at-rl"),
          Number(options["long-pairs"]),
        )
      : []),
  ];
  const where = { ...before, loadAfter: provenance().load };
  const text = `${Object.entries(where)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")}\n${report(results, settings)}`;
  process.stderr.write(options.json ? `${text}\n` : "");
  process.stdout.write(
    options.json ? `${JSON.stringify({ ...where, threads, results, text })}\n` : `${text}\n`,
  );
} finally {
  rmSync(directory, { recursive: true });
}
