/**
 * @module
 * Training, scoring and sampling of models larger than the demo's, by Fovea and by transformers in one run: tokens a second and
 * peak memory. Each measurement is a process of its own, and the sides change places every round. Before anything is timed
 * both sides score the same completions, and the run ends where a log-prob differs by more than 1e-4.
 *
 *     npm run --silent build && node bench/real-models.mjs --python .venv/bin/python [--model 10m|25m|216m|smolvlm2-256m]
 *       [--phases train,score,sample] [--memory "5 GiB"] [--threads N] [--rounds N] [--repetitions N]
 *       [--micro-batches 8,2] [--checkpointing auto|none|blocks] [--json]
 *
 * Without `--python` Fovea's side runs alone.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { MODELS, madeWorkload } from "./models.mjs";
import { checkPython, requireSameLogprobs, runSide } from "./sides.mjs";
import { mebibytes, provenance, spread, table } from "./statistics.mjs";

/**
 * @import { Setting, Side } from "./sides.mjs"
 * @typedef {{ phase: string, name: string, side: Side, flags: readonly string[], isRounded?: boolean }} Row one arrangement of one
 *   side; rounded, its ratio is its own
 * @typedef {Row & { rates: number[], peak: number, before: number }} Measured tokens a second by round, and bytes
 */

const { values: options } = parseArgs({
  options: {
    python: { type: "string" },
    model: { type: "string", default: "216m" },
    phases: { type: "string", default: "train,score,sample" },
    memory: { type: "string" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "1" },
    repetitions: { type: "string", default: "2" },
    "micro-batches": { type: "string", default: "8,2" },
    checkpointing: { type: "string", default: "auto" },
    json: { type: "boolean", default: false },
  },
});

const model = MODELS[options.model];
if (model === undefined) {
  throw new Error(`--model: expected one of ${Object.keys(MODELS).join(", ")}, got "${options.model}"`);
}
const { python } = options;
if (python !== undefined) await checkPython(python);

const OURS = ["--warm-up", "1", "--checkpointing", options.checkpointing];
const SHARED_IMAGES = ["--images", "per-prompt"];

/** @param {string} name @param {readonly string[]} flags */
const fovea = (name, flags = []) => ({
  name: `Fovea${name}`,
  side: /** @type {Side} */ ("fovea"),
  flags: [...OURS, ...flags],
});
/** @param {string} name @param {readonly string[]} flags */
const pytorch = (name, flags) => ({
  name: `transformers${name}`,
  side: /** @type {Side} */ ("pytorch"),
  flags,
});
const replicas = fovea(", 2 replicas", ["--replicas", "2"]);

/** @type {Record<string, readonly Omit<Row, "phase">[]>} */
const ARRANGEMENTS = {
  train: [
    fovea(""),
    replicas,
    ...(options.memory === undefined
      ? []
      : [fovea(`, engine.memory ${options.memory}`, ["--memory", options.memory])]),
    ...options["micro-batches"]
      .split(",")
      .map((size) =>
        pytorch(`, ${size} at once`, [...SHARED_IMAGES, "--max-gradient-norm", "1", "--micro-batch", size]),
      ),
  ],
  score: [fovea(""), replicas, pytorch("", SHARED_IMAGES)],
  sample: [
    fovea(""),
    replicas,
    { ...fovea(", rollouts in 8 bits", ["--rollouts", "int8"]), isRounded: true },
    pytorch("", []),
  ],
};

/** @type {readonly Row[]} */
const rows = options.phases.split(",").flatMap((phase) => {
  const found = ARRANGEMENTS[phase];
  if (found === undefined) {
    throw new Error(`--phases: expected some of ${Object.keys(ARRANGEMENTS).join(", ")}, got "${phase}"`);
  }
  return found
    .filter(({ side }) => side === "fovea" || python !== undefined)
    .map((arrangement) => ({ phase, ...arrangement }));
});

/** @param {Setting} setting @returns {Promise<Measured[]>} */
async function measure(setting) {
  const measured = rows.map((row) => ({ ...row, rates: /** @type {number[]} */ ([]), peak: 0, before: 0 }));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const row of round % 2 === 0 ? measured : measured.toReversed()) {
      process.stderr.write(`${row.phase}: ${row.name}, round ${round + 1}\n`);
      const report = await runSide(row.side, row.phase, row.flags, setting);
      row.rates.push(report.tokens / spread(report.seconds).median);
      row.peak = Math.max(row.peak, report.peakMemoryBytes);
      row.before = Math.max(row.before, report.peakMemoryBytesBefore);
    }
  }
  return measured;
}

/** Rows of one phase and precision are compared; PyTorch's with both precisions of Fovea. */
const ratioName = (/** @type {string} */ phase, isRounded = false) =>
  isRounded ? `${phase} in 8 bits` : phase;

/**
 * How each side's fastest arrangement compares, by round; null where one side did not run.
 *
 * @param {readonly Measured[]} measured
 */
function ratioOf(measured) {
  const best = (/** @type {Side} */ side) =>
    measured
      .filter((row) => row.side === side)
      .toSorted((a, b) => spread(b.rates).median - spread(a.rates).median)[0];
  const [ours, theirs] = [best("fovea"), best("pytorch")];
  if (ours === undefined || theirs === undefined) return null;
  return spread(ours.rates.map((rate, round) => rate / (theirs.rates[round] ?? Number.NaN)));
}

const directory = mkdtempSync(join(tmpdir(), "fovea-real-models-"));
try {
  const checkpoint = join(directory, "model");
  model.write(checkpoint);
  const workload = join(directory, "workload.json");
  writeFileSync(workload, JSON.stringify(madeWorkload(model, Number(options.repetitions))));
  const setting = { checkpoint, workload, threads: Number(options.threads), python: python ?? "" };
  const difference = python === undefined ? null : await requireSameLogprobs(setting, directory, OURS);
  const start = provenance();
  const measured = await measure(setting);
  const end = provenance();
  const ratios = Object.fromEntries(
    measured
      .filter(({ side }) => side === "fovea")
      .map(({ phase, isRounded }) => {
        const compared = measured.filter(
          (row) => row.phase === phase && (row.side === "pytorch" || row.isRounded === isRounded),
        );
        return [ratioName(phase, isRounded), ratioOf(compared)];
      }),
  );
  const said = table([
    ["", "tokens/s", "peak", "once opened", "ratio of the fastest", "quartiles"],
    ...measured.map(({ phase, name, rates, peak, before, isRounded }, i) => {
      const isFirst = isRounded || measured[i - 1]?.phase !== phase;
      const ratio = isFirst ? ratios[ratioName(phase, isRounded)] : null;
      return [
        `${phase}: ${name}`,
        spread(rates).median.toFixed(1),
        mebibytes(peak),
        mebibytes(before),
        ratio ? ratio.median.toFixed(2) : "",
        ratio ? `${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)}` : "",
      ];
    }),
  ]);
  const where = `${start.processor}, ${setting.threads} threads, node ${start.node}, onnxruntime ${start.onnxruntime}, commit ${start.commit}, load ${start.load} before and ${end.load} after`;
  const same =
    difference === null
      ? ""
      : `; log-probs of the two sides differ by at most ${difference.toExponential(1)}`;
  const text = `${model.said}${same}\n${where}\n\n${said}\n`;
  if (options.json) {
    process.stderr.write(text);
    const { said: about } = model;
    const result = { model: options.model, said: about, difference, start, end, ratios, rows: measured };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } else {
    process.stdout.write(text);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
