/**
 * @module
 * How the time of an iteration grows with group size, completion length, width of the model and image tokens, each alone:
 * GRPO with uniform credit on random weights, completions of full length, half of each group rewarded.
 *
 *     node bench/cost-growth.mjs [--rounds N] [--threads N] [--json] [--svg FILE]
 *
 * The settings run in turn, round by round; a time is the median over rounds. *growth* is the exponent between a setting
 * and the one before it: 1 is linear, 2 quadratic.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findPreset, freshSmallModel, openConfiguredDialogue, openParts, resolveConfig } from "fovea/config";
import { figureSvg } from "fovea/diagnose";
import { createLocalEngine } from "fovea/engine";
import { newProgress, openTraining, runIteration } from "fovea/train";
import { provenance, spread, table } from "./statistics.mjs";

/** @typedef {{ group: number, tokens: number, width: number, imageTokens: number }} Size */
/** @typedef {{ axis: keyof Size, value: number, sample: number, update: number, total: number }} Row */

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    threads: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
    svg: { type: "string" },
  },
});
const PROMPTS = 4;
const LAYERS = 4;
/** What the other axes are held at. */
const BASE = /** @type {Size} */ ({ group: 8, tokens: 64, width: 256, imageTokens: 64 });
const AXES = /** @type {const} */ ({
  group: { label: "completions of a prompt", values: [4, 8, 16, 32] },
  tokens: { label: "tokens of a completion", values: [32, 64, 128, 256] },
  width: { label: "hidden size", values: [128, 256, 512] },
  imageTokens: { label: "tokens of an image", values: [16, 64, 256, 1024] },
});
const names = /** @type {(keyof Size)[]} */ (Object.keys(AXES));

/** The small model's files with images of any size: its own shrink images to 64 tokens. */
const assets = mkdtempSync(join(tmpdir(), "fovea-growth-"));
cpSync(fileURLToPath(new URL("../assets/small", import.meta.url)), assets, { recursive: true });
const processor = join(assets, "preprocessor_config.json");
const largest = 2 ** 24;
const { size, ...settings } = JSON.parse(readFileSync(processor, "utf8"));
writeFileSync(
  processor,
  JSON.stringify({ ...settings, max_pixels: largest, size: { ...size, longest_edge: largest } }),
);

/** An image that becomes so many tokens, of noise. @param {number} tokens @param {number} tokenSide in pixels */
function noise(tokens, tokenSide) {
  const side = Math.sqrt(tokens) * tokenSide;
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 2654435761) >>> 24);
  return { width: side, height: side, data };
}

/** An engine of that width with random weights, and a training of one iteration. @param {Size} size */
async function open({ group, tokens, width, imageTokens }) {
  const threads = Number(options.threads);
  const fresh = freshSmallModel(0, assets);
  const heads = width / 64;
  const text = {
    ...fresh.config.text,
    hiddenSize: width,
    layers: LAYERS,
    heads,
    kvHeads: Math.max(1, heads / 4),
    headDim: 64,
    intermediateSize: 3 * width,
    mropeSection: [8, 12, 12],
  };
  const vision = { ...fresh.config.vision, outHiddenSize: width };
  const engine = await createLocalEngine({
    model: { ...fresh, config: { ...fresh.config, text, vision } },
    threads,
  });
  const config = resolveConfig({
    preset: findPreset("grpo-at-rl").settings,
    overrides: {
      credit: { kind: "uniform" },
      algorithm: { klCoefficient: 0 },
      model: { kind: "small", assets },
      data: { kind: "digits" },
      engine: { threads },
      sampling: { maxCompletionTokens: tokens },
      train: { iterations: 1, promptsPerIteration: PROMPTS, groupSize: group, reportKlEvery: 0 },
    },
  });
  const dialogue = await openConfiguredDialogue(config);
  const image = noise(imageTokens, vision.patchSize * vision.spatialMergeSize);
  let judged = 0;
  const training = await openTraining({
    ...(await openParts(config)),
    engine,
    dialogue: {
      ...dialogue,
      stopTokens: [],
      prompt: (problem) => dialogue.prompt({ ...problem, images: [image] }),
    },
    reward: [{ name: "every-other", score: (answered) => answered.map(() => judged++ % 2) }],
  });
  return { engine, training };
}

/** @param {Size} size @returns {Promise<{ sample: number, update: number, total: number }>} seconds of the second iteration */
async function measure(size) {
  const { engine, training } = await open(size);
  try {
    await runIteration(training, newProgress(0), 1);
    const { metrics } = await runIteration(training, newProgress(1), 1);
    if (metrics.steps === 0) throw new Error(`${JSON.stringify(size)}: nothing was learnt`);
    const { sampleSeconds, updateSeconds, totalSeconds } = metrics.timing;
    return { sample: sampleSeconds, update: updateSeconds, total: totalSeconds };
  } finally {
    await engine.close();
  }
}

const rounds = Number(options.rounds);
const sizes = names.flatMap((axis) => AXES[axis].values.map((value) => ({ axis, value })));
/** @type {Map<string, { sample: number, update: number, total: number }[]>} */
const measured = new Map();
for (let round = 0; round < rounds; round++) {
  for (const { axis, value } of round % 2 === 0 ? sizes : sizes.toReversed()) {
    const key = `${axis} ${value}`;
    measured.set(key, [...(measured.get(key) ?? []), await measure({ ...BASE, [axis]: value })]);
  }
  process.stderr.write(`round ${round + 1} of ${rounds}\n`);
}

rmSync(assets, { recursive: true, force: true });

/** @type {Row[]} */
const rows = sizes.map(({ axis, value }) => {
  const found = measured.get(`${axis} ${value}`) ?? [];
  const median = (/** @type {"sample" | "update" | "total"} */ phase) =>
    spread(found.map((one) => one[phase])).median;
  return { axis, value, sample: median("sample"), update: median("update"), total: median("total") };
});

/** Exponent between a row and the one before it of its axis. @param {number} i @param {"sample" | "update" | "total"} phase */
function growth(i, phase) {
  const [before, now] = [rows[i - 1], rows[i]];
  if (before === undefined || now === undefined || before.axis !== now.axis) return "";
  return (Math.log(now[phase] / before[phase]) / Math.log(now.value / before.value)).toFixed(2);
}

const panels = names.map((axis) => ({
  kind: /** @type {const} */ ("lines"),
  title: `An iteration by ${AXES[axis].label}`,
  xLabel: AXES[axis].label,
  yLabel: "seconds",
  series: /** @type {const} */ (["total", "sample", "update"]).map((phase) => ({
    name: phase,
    points: rows.filter((row) => row.axis === axis).map((row) => ({ x: row.value, y: row[phase] })),
  })),
}));
if (options.svg !== undefined) writeFileSync(options.svg, figureSvg("Time of an iteration by size", panels));

const seconds = (/** @type {number} */ value) => value.toFixed(2);
const text = table([
  ["", "sample, s", "growth", "update, s", "growth", "iteration, s", "growth"],
  ...rows.map((row, i) => [
    `${row.value} ${AXES[row.axis].label}`,
    .../** @type {const} */ (["sample", "update", "total"]).flatMap((phase) => [
      seconds(row[phase]),
      growth(i, phase),
    ]),
  ]),
]);
const about = { base: BASE, prompts: PROMPTS, layers: LAYERS, rounds, ...provenance() };
if (options.json) process.stdout.write(`${JSON.stringify({ ...about, rows })}\n`);
else process.stdout.write(`${JSON.stringify(about)}\n\n${text}\n`);
