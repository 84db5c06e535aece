/**
 * @module
 * Trains every objective with every credit method for a few iterations on the digits task, all from the same weights,
 * and writes the table docs/every-pair.md. Fails when a number is not finite, a step was skipped, or a pair did not learn.
 *
 *     npm run every-pair -- [--add] [--only <text>] [--engines N] [--iterations N] [--out <file>]
 *
 * `--add` runs the pairs that the table lacks, and leaves the rows that it has. `--only dpo` runs the pairs whose name has the text in it and prints the table instead of writing it.
 * Pairs run beside each other, each engine with one thread: as many engines as there are cores unless given.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openConfiguredDialogue, openParts } from "fovea/config";
import { creditSchema } from "fovea/credit";
import { createLocalEngine } from "fovea/engine";
import { ConfigError } from "fovea/errors";
import { algorithmSchema } from "fovea/objective";
import { newProgress, openTraining, runIteration } from "fovea/train";
import { provenance } from "../bench/statistics.mjs";
import { benchConfig, warmModel } from "../bench/warm-model.mjs";

/** @import { Engine } from "fovea/engine" */
/** @import { IterationMetrics } from "fovea/train" */
/** @typedef {Readonly<Record<string, unknown>> & { readonly kind: string }} Part settings of an objective or credit */
/** @typedef {{ objective: string, credit: string, iterations?: IterationMetrics[], refused?: string, row?: string }} Outcome */

const { values: options } = parseArgs({
  options: {
    add: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    engines: { type: "string", default: String(availableParallelism()) },
    iterations: { type: "string", default: "3" },
    out: { type: "string", default: join(import.meta.dirname, "../docs/every-pair.md") },
  },
});
const lanes = Number(options.engines);
const ITERATIONS = Number(options.iterations);

/** @param {{ options: readonly { shape: { kind: { value: string } } }[] }} schema */
const kindsOf = (schema) => schema.options.map(({ shape }) => ({ kind: shape.kind.value }));

/** @type {readonly Part[]} */
const OBJECTIVES = [
  ...kindsOf(algorithmSchema),
  { kind: "gspo", form: "sequence" },
  { kind: "ppo", baseline: "values" },
];
/** @type {readonly Part[]} */
const CREDITS = kindsOf(creditSchema);
/** Variants and ablations of the credit methods, each with GRPO. */
/** @type {readonly Part[]} */
const VARIANTS = [
  { kind: "dyco-rl", variant: "released" },
  ...creditOption("dyco-rl", "ablation").map((ablation) => ({ kind: "dyco-rl", ablation })),
  { kind: "dyco-rl", row: "predicting" },
  { kind: "at-rl", scale: "mean-one" },
  { kind: "at-rl", biasCorrection: false },
  { kind: "at-rl", refinement: false, expansion: false },
  ...creditOption("at-rl", "weighting")
    .filter((weighting) => weighting !== "clusters")
    .map((weighting) => ({ kind: "at-rl", weighting })),
  { kind: "vicra", score: "divergence" },
  ...["blacken-patches", "black", "noise", "blur"].map((kind) => ({ kind: "vicra", image: { kind } })),
  { kind: "vppo", score: "divergence" },
  { kind: "vppo", entropyPenalty: 0.06 },
  { kind: "papo", entropyPenalty: 0.05 },
  { kind: "oracle", by: "role" },
  { kind: "oracle", by: "role", roles: ["image"] },
  { kind: "oracle", by: "error" },
  { kind: "oracle", accuracy: 0.75 },
  { kind: "pgpo", score: "divergence" },
  { kind: "pgpo", form: "development" },
  { kind: "vgpo", form: "code" },
  ...creditOption("vepo", "score")
    .filter((score) => score !== "gated")
    .map((score) => ({ kind: "vepo", score })),
  { kind: "vepo", boost: 0.5 },
  { kind: "gtpo", normalisation: "separate" },
  { kind: "grpo-s", normalisation: "separate" },
  { kind: "tor", ties: "all" },
];

/**
 * Settings that a credit method needs beside its own: the reward that it reads.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, unknown>>>>}
 */
const BESIDE = {
  moca: {
    reward: [{ kind: "accuracy" }, { kind: "blind-answer", tag: "recognition", words: "plain", weight: 0.5 }],
  },
};

/**
 * The values that an option of a credit method may have.
 *
 * @param {string} kind
 * @param {string} option
 * @returns {string[]}
 */
function creditOption(kind, option) {
  const branch = creditSchema.options.find(({ shape }) => shape.kind.value === kind);
  /** @type {any} */
  let schema = Reflect.get(branch?.shape ?? {}, option);
  while (schema.unwrap) schema = schema.unwrap();
  return schema.options;
}

/** @param {Part} part */
const nameOf = ({ kind, ...rest }) =>
  [kind, ...Object.entries(rest).map(([key, value]) => `${key} ${valueName(value)}`)].join(", ");

/** @param {unknown} value */
const valueName = (value) =>
  typeof value === "object" && value !== null && "kind" in value ? String(value.kind) : String(value);

/**
 * The outcomes that a page has, by the names of the pair.
 *
 * @param {string} path
 * @returns {ReadonlyMap<string, Outcome>}
 */
function standing(path) {
  const text = readFileSync(path, "utf8");
  const [, reasons = ""] = text.split(/^## Refused$/m);
  const refusals = [...(reasons.split(/^## /m)[0] ?? "").matchAll(/^- (.+?): (.+)\.$/gm)].flatMap(
    ([, names = "", reason = ""]) => names.split("; ").map((name) => /** @type {const} */ ([name, reason])),
  );
  const refusedBy = new Map(refusals);
  const rows = [...text.matchAll(/^\| ([a-z][^|]*) \| ([a-z][^|]*) \| .*$/gm)].filter(
    ([, name]) => name !== "objective",
  );
  return new Map(
    rows.map(([row, objective = "", credit = ""]) => {
      const name = `${objective} with ${credit}`;
      const refused = refusedBy.get(name);
      return [name, { objective, credit, row, ...(refused !== undefined && { refused }) }];
    }),
  );
}

const known = options.add ? standing(options.out) : new Map();

const pairs = [
  ...OBJECTIVES.flatMap((objective) => CREDITS.map((credit) => ({ objective, credit }))),
  ...VARIANTS.map((credit) => ({ objective: { kind: "grpo" }, credit })),
].filter(({ objective, credit }) => `${nameOf(objective)} ${nameOf(credit)}`.includes(options.only));

/**
 * @param {Engine} engine
 * @param {string} start directory of the weights that every pair starts from
 * @param {{ objective: Part, credit: Part }} pair
 * @returns {Promise<Outcome>}
 */
async function runPair(engine, start, { objective, credit }) {
  const names = { objective: nameOf(objective), credit: nameOf(credit) };
  let config;
  try {
    config = benchConfig({
      algorithm: objective,
      credit,
      ...BESIDE[credit.kind],
      engine: { threads: 1 },
      train: {
        iterations: ITERATIONS,
        promptsPerIteration: 4,
        groupSize: 4,
        minibatches: 2,
        dynamicSampling: { maxAttempts: 4, spreadOf: "reward" },
        reportKlEvery: 0,
      },
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { ...names, refused: error.message };
  }
  await engine.load(start);
  await engine.setReference();
  const dialogue = await openConfiguredDialogue(config);
  const training = await openTraining({ ...(await openParts(config)), engine, dialogue });
  const progress = newProgress(1);
  const iterations = [];
  for (let iteration = 1; iteration <= ITERATIONS; iteration++) {
    iterations.push((await runIteration(training, progress, iteration)).metrics);
  }
  return { ...names, iterations };
}

/**
 * Paths of the numbers that are not finite.
 *
 * @param {unknown} value
 * @param {string} [path]
 * @returns {string[]}
 */
function wrongNumbers(value, path = "") {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => wrongNumbers(inner, path ? `${path}.${key}` : key));
}

/**
 * What is wrong with a pair; empty when it is well or refused.
 *
 * @param {Outcome} outcome
 * @returns {string[]}
 */
function faults({ iterations = [], refused, row }) {
  if (refused !== undefined || row !== undefined) return [];
  const skipped = iterations.flatMap(({ skipReason }) => skipReason ?? []);
  const learnt = iterations.some(({ gradientNorm = 0 }) => gradientNorm > 0);
  return [...wrongNumbers(iterations), ...skipped, ...(learnt ? [] : ["no gradient in any iteration"])];
}

/** @param {number} value */
const short = (value) => {
  if (!Number.isFinite(value)) return `**${value}**`;
  return value !== 0 && Math.abs(value) < 1e-3
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));
};

/** @param {readonly Outcome[]} outcomes */
function rowsOf(outcomes) {
  return outcomes.map(({ objective, credit, iterations = [], refused, row }) => {
    if (row !== undefined) return row;
    if (refused !== undefined) return `| ${objective} | ${credit} | refused | | | | | | |`;
    const of = (/** @type {keyof IterationMetrics} */ name) =>
      iterations.flatMap((metrics) => /** @type {number | undefined} */ (metrics[name]) ?? []);
    const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;
    const sum = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0);
    const cells = [
      sum(of("steps")),
      sum(of("skippedSteps")),
      short(mean(of("loss"))),
      short(mean(of("gradientNorm"))),
      `${short(Math.min(...of("ratioMin")))} to ${short(Math.max(...of("ratioMax")))}`,
      short(mean(of("weightMean"))),
      short(mean(of("effectiveTokens"))),
    ];
    return `| ${[objective, credit, ...cells].join(" | ")} |`;
  });
}

/** @param {readonly Outcome[]} outcomes */
function page(outcomes) {
  const { commit, node, onnxruntime, processor } = where;
  const head = [
    "| objective | credit | steps | skipped | loss | gradient norm | ratio | weight mean | effective tokens |",
    "|---|---|--:|--:|--:|--:|--:|--:|--:|",
  ];
  const isVariant = ({ credit }) => !CREDITS.some(({ kind }) => kind === credit);
  const plain = outcomes.filter((outcome) => !isVariant(outcome));
  const reasons = new Map();
  for (const { objective, credit, refused } of outcomes) {
    if (refused === undefined) continue;
    const reason = refused.replace(/credit\.kind "[^"]*" with algorithm\.kind "[^"]*": /, "");
    reasons.set(reason, [...(reasons.get(reason) ?? []), `${objective} with ${credit}`]);
  }
  const trained = outcomes.filter(({ refused }) => refused === undefined);
  const before = options.add
    ? Number(/, (\d+) numbers/.exec(readFileSync(options.out, "utf8"))?.[1] ?? 0)
    : 0;
  const numbers = before + trained.reduce((sum, { iterations }) => sum + countNumbers(iterations), 0);
  const wrong = trained.flatMap(({ iterations }) => wrongNumbers(iterations)).length;
  return `# Every objective with every credit method

Written by \`npm run every-pair\`; do not edit. ${trained.length} pairs trained ${ITERATIONS} iterations each on the digits task, \
${numbers} numbers, ${wrong === 0 ? "all finite" : `**${wrong} of them not finite**`}; ${outcomes.length - trained.length} pairs were refused before the first step.

All pairs start from the same weights (the built-in model after a warm start of 80 steps) with the same seed, so the first
iteration has the same completions in every row. An iteration is 4 prompts with 4 completions each, sampled until 4 groups have
differing rewards, at most four times. It has 2 minibatches, so that ratios leave 1, and learning rate 2e-4. All other settings
are defaults. Loss and gradient norm (before clipping) are means over iterations, *ratio* is the minimum and maximum, *effective
tokens* is per completion. Losses of different objectives cannot be compared; the table shows that all pairs run, not which pair
is better.

Three results are expected. After a short warm start nearly every token's attention moves in the text, so nearly every role is
*text*, and shuffling roles changes little. The released variant of DyCo-RL gives completions under 60 tokens weight 0.8, and
all are shorter here. Ratios are large in the first iteration because AdamW's first step has the full size everywhere.

Commit ${commit}${known.size > 0 ? " (existing rows are from earlier commits)" : ""}, ${processor}, Node ${node}, onnxruntime ${onnxruntime}.

## Refused

${[...reasons].map(([reason, names]) => `- ${names.join("; ")}: ${reason}.`).join("\n")}

## Pairs

${[...head, ...rowsOf(plain)].join("\n")}

## Variants and ablations of credit methods, with GRPO

${[...head, ...rowsOf(outcomes.filter(isVariant))].join("\n")}
`;
}

/**
 * @param {unknown} value
 * @returns {number}
 */
function countNumbers(value) {
  if (typeof value === "number") return 1;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum, inner) => sum + countNumbers(inner), 0);
}

const directory = mkdtempSync(join(tmpdir(), "fovea-every-pair-"));
const where = provenance();
/** @type {Outcome[]} */
const outcomes = new Array(pairs.length);
const started = performance.now();
process.stderr.write("warm start\n");
try {
  const model = await warmModel(directory, 1);
  const start = join(directory, "start");
  let next = 0;
  let done = 0;
  const lane = async () => {
    const engine = await createLocalEngine({ model, threads: 1, valueHead: true });
    try {
      while (next < pairs.length) {
        const place = next++;
        const pair = pairs[place];
        outcomes[place] =
          known.get(`${nameOf(pair.objective)} with ${nameOf(pair.credit)}`) ??
          (await runPair(engine, start, pair));
        const { objective, credit } = outcomes[place];
        const seconds = ((performance.now() - started) / 1000).toFixed(0);
        process.stderr.write(`${++done} of ${pairs.length}, ${seconds} s: ${objective} with ${credit}\n`);
      }
    } finally {
      await engine.close();
    }
  };
  const first = await createLocalEngine({ model, threads: 1, valueHead: true });
  await first.save(start);
  await first.close();
  await Promise.all(Array.from({ length: lanes }, lane));
} finally {
  rmSync(directory, { recursive: true });
}
const text = page(outcomes);
if (options.only === "") writeFileSync(options.out, text);
else process.stdout.write(text);
for (const outcome of outcomes) {
  for (const fault of faults(outcome)) {
    process.stderr.write(`${outcome.objective} with ${outcome.credit}: ${fault}\n`);
    process.exitCode = 1;
  }
}
