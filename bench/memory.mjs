/**
 * @module
 * What a training step takes of models with the real vocabulary: peak memory and tokens a second, Fovea's and PyTorch's
 * in one run. Each measurement is a process of its own, and the sides change places every round.
 *
 *     npm run --silent build && node bench/memory.mjs --python .venv/bin/python [--model 200m|10m] [--memory "5 GiB"]
 *       [--threads N] [--rounds N] [--repetitions N] [--micro-batches 8,2] [--checkpointing auto|none|blocks] [--json]
 *
 * Without `--python` Fovea's side runs alone.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { MODELS, wideWorkload } from "./memory-models.mjs";
import { checkPython, runSide } from "./sides.mjs";
import { mebibytes, provenance, spread, table } from "./statistics.mjs";
import { writeCheckpoint } from "./true-size-checkpoint.mjs";

/** @typedef {{ name: string, side: "fovea" | "pytorch", flags: readonly string[] }} Row */

const { values: options } = parseArgs({
  options: {
    python: { type: "string" },
    model: { type: "string", default: "200m" },
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

/** @type {Row[]} */
const rows = [
  {
    name: options.memory === undefined ? "Fovea" : `Fovea, engine.memory ${options.memory}`,
    side: "fovea",
    flags: [
      "--warm-up",
      "1",
      ...(options.memory === undefined ? [] : ["--memory", options.memory]),
      "--checkpointing",
      options.checkpointing,
    ],
  },
  ...(python === undefined ? [] : options["micro-batches"].split(",")).map(
    (size) =>
      /** @type {Row} */ ({
        name: `transformers, ${size} at once`,
        side: "pytorch",
        flags: ["--images", "per-prompt", "--max-gradient-norm", "1", "--micro-batch", size],
      }),
  ),
];

const directory = mkdtempSync(join(tmpdir(), "fovea-memory-"));
try {
  const checkpoint = join(directory, "model");
  mkdirSync(checkpoint);
  writeCheckpoint(checkpoint, { config: model.config, dtype: "F32" });
  const workload = join(directory, "workload.json");
  writeFileSync(workload, JSON.stringify(wideWorkload(model, Number(options.repetitions))));
  const setting = { checkpoint, workload, threads: Number(options.threads), python: python ?? "" };
  const measured = rows.map((row) => ({ ...row, rates: /** @type {number[]} */ ([]), peak: 0, before: 0 }));
  const started = provenance();
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const row of round % 2 === 0 ? measured : measured.toReversed()) {
      process.stderr.write(`${row.name}, round ${round + 1}\n`);
      const report = await runSide(row.side, "train", row.flags, setting);
      row.rates.push(...report.seconds.map((seconds) => report.tokens / seconds));
      row.peak = Math.max(row.peak, report.peakMemoryBytes);
      row.before = Math.max(row.before, report.peakMemoryBytesBefore);
    }
  }
  const result = {
    model: options.model,
    said: model.said,
    start: started,
    end: provenance(),
    threads: setting.threads,
    rows: measured.map(({ name, rates, peak, before }) => ({
      name,
      tokensPerSecond: spread(rates),
      peakMemoryBytes: peak,
      peakMemoryBytesBefore: before,
    })),
  };
  const said = table([
    ["train", "tokens/s", "peak", "once opened"],
    ...result.rows.map(({ name, tokensPerSecond, peakMemoryBytes, peakMemoryBytesBefore }) => [
      name,
      tokensPerSecond.median.toFixed(1),
      mebibytes(peakMemoryBytes),
      mebibytes(peakMemoryBytesBefore),
    ]),
  ]);
  const { start, end } = result;
  const where = `${start.processor}, ${setting.threads} threads, node ${start.node}, onnxruntime ${start.onnxruntime}, commit ${start.commit}, load ${start.load} before and ${end.load} after`;
  const text = `${model.said}\n${where}\n\n${said}\n`;
  if (options.json) {
    process.stderr.write(text);
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } else {
    process.stdout.write(text);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
