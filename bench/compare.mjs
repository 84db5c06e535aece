/**
 * @module
 * Runs Fovea and PyTorch in turn on one checkpoint and one workload, and prints how they compare; then what
 * DyCo-RL's credit costs an iteration. `README.md` beside this file says what is measured.
 *
 *     npm run bench -- [--python PATH] [--phases train,score,...] [--rounds N] [--no-credit] [--json]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkPython, output, requireSameLogprobs, runSide } from "./sides.mjs";
import { mebibytes, provenance, spread, table } from "./statistics.mjs";
import { ADAM } from "./workload.mjs";

/**
 * @import { Report, Setting, Side } from "./sides.mjs"
 * @import { Made } from "./make-workload.mjs"
 * @import { Spread } from "./statistics.mjs"
 * @typedef {{ name: string, phase: string, torchPhase: string, foveaFlags?: string[], torchFlags?: string[],
 *   rounds?: number, target?: number }} Row
 * @typedef {{ tokensPerSecond: number, bestTokensPerSecond: number, peakMemoryBytes: number,
 *   peakMemoryBytesBefore: number }} Speed
 * @typedef {{ name: string, fovea: Speed, pytorch: Speed, ratio: Spread | null, note: string, target?: number }} Result
 */

const SIDES = /** @type {const} */ (["fovea", "pytorch"]);
const CLIP = ["--max-gradient-norm", `${ADAM.maxGradientNorm}`];
const REPLICAS = ["--replicas", "2"];
const PER_PROMPT = [...CLIP, "--images", "per-prompt"];

/** @type {Row[]} */
const ROWS = [
  { name: "train, images per completion", phase: "train", torchPhase: "train", torchFlags: CLIP, target: 1 },
  { name: "train, images per prompt", phase: "train", torchPhase: "train", torchFlags: PER_PROMPT },
  {
    name: "train, torch.compile",
    phase: "train",
    torchPhase: "train",
    torchFlags: [...PER_PROMPT, "--compile"],
    rounds: 1,
  },
  { name: "score", phase: "score", torchPhase: "score" },
  { name: "score with attention", phase: "score-attention", torchPhase: "score-attention" },
  { name: "sample", phase: "sample", torchPhase: "sample", target: 4 },
  { name: "sample with attention", phase: "sample-attention", torchPhase: "sample" },
  {
    name: "train, images per prompt, 2 replicas",
    phase: "train",
    torchPhase: "train",
    foveaFlags: REPLICAS,
    torchFlags: PER_PROMPT,
  },
  { name: "score, 2 replicas", phase: "score", torchPhase: "score", foveaFlags: REPLICAS },
  { name: "sample, 2 replicas", phase: "sample", torchPhase: "sample", foveaFlags: REPLICAS, target: 4 },
];

const { values: options } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    threads: { type: "string", default: "2" },
    prompts: { type: "string", default: "16" },
    group: { type: "string", default: "8" },
    "new-tokens": { type: "string", default: "48" },
    rounds: { type: "string", default: "3" },
    repetitions: { type: "string", default: "3" },
    phases: { type: "string", default: [...new Set(ROWS.map(({ phase }) => phase))].join(",") },
    "no-credit": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const progress = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

/**
 * Both sides in turn; every second round begins with the other one.
 *
 * @param {Row} row
 * @param {Setting} setting
 * @returns {Promise<{ result: Result, versions: object }>}
 */
async function compare(
  { name, phase, torchPhase, foveaFlags = [], torchFlags = [], rounds, target },
  setting,
) {
  const count = rounds ?? Number(options.rounds);
  /** @type {Record<Side, Report[]>} */
  const reports = { fovea: [], pytorch: [] };
  for (let round = 0; round < count; round++) {
    for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
      progress(`${name}: ${side}, round ${round + 1} of ${count}`);
      const [what, flags] = side === "fovea" ? [phase, foveaFlags] : [torchPhase, torchFlags];
      reports[side].push(await runSide(side, what, flags, setting));
    }
  }
  const fovea = speed(reports.fovea);
  const pytorch = speed(reports.pytorch);
  const rates = (/** @type {Side} */ side) => reports[side].map((report) => speed([report]).tokensPerSecond);
  const theirs = rates("pytorch");
  const ratios = rates("fovea").map((rate, i) => rate / (theirs[i] ?? Number.NaN));
  const { torch, transformers, optimizer, compile } = /** @type {Report} */ (reports.pytorch.at(-1));
  const failed = compile?.works === false;
  return {
    result: {
      name,
      fovea,
      pytorch,
      ratio: failed ? null : spread(ratios),
      note: failed ? `failed: ${compile.reason}` : optimizer === undefined ? "" : `AdamW ${optimizer}`,
      ...(target !== undefined && { target }),
    },
    versions: { torch, transformers },
  };
}

/**
 * @param {readonly Report[]} reports
 * @returns {Speed}
 */
function speed(reports) {
  const seconds = reports.flatMap((report) => report.seconds);
  const tokens = reports[0]?.tokens ?? Number.NaN;
  return {
    tokensPerSecond: tokens / spread(seconds).median,
    bestTokensPerSecond: tokens / Math.min(...seconds),
    peakMemoryBytes: Math.max(...reports.map(({ peakMemoryBytes }) => peakMemoryBytes)),
    peakMemoryBytesBefore: Math.max(...reports.map(({ peakMemoryBytesBefore }) => peakMemoryBytesBefore)),
  };
}

/** @param {readonly Result[]} results */
function resultTable(results) {
  const whole = (/** @type {number} */ value) => (Number.isFinite(value) ? value.toFixed(0) : "-");
  return table([
    [
      "",
      "Fovea tok/s",
      "PyTorch tok/s",
      "ratio",
      "quartiles",
      "of bests",
      "target",
      "Fovea peak",
      "PyTorch peak",
      "",
    ],
    ...results.map(({ name, fovea, pytorch, ratio, target, note }) => [
      name,
      whole(fovea.tokensPerSecond),
      whole(pytorch.tokensPerSecond),
      ratio === null ? "-" : ratio.median.toFixed(2),
      ratio === null ? "-" : `${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)}`,
      ratio === null ? "-" : (fovea.bestTokensPerSecond / pytorch.bestTokensPerSecond).toFixed(2),
      target === undefined ? "" : `${target}`,
      mebibytes(fovea.peakMemoryBytes),
      mebibytes(pytorch.peakMemoryBytes),
      note,
    ]),
  ]);
}

/**
 * @param {string} directory
 * @returns {Promise<Made>}
 */
async function makeWorkload(directory) {
  const passed = /** @type {const} */ (["prompts", "group", "new-tokens", "repetitions", "threads"]);
  const sizes = passed.flatMap((name) => [`--${name}`, options[name]]);
  const script = join(import.meta.dirname, "make-workload.mjs");
  return JSON.parse(await output(process.execPath, [script, "--directory", directory, ...sizes]));
}

/** @param {string} directory */
async function benchmark(directory) {
  const phases = new Set(options.phases.split(","));
  const rows = ROWS.filter(({ phase }) => phases.has(phase));
  const threads = Number(options.threads);
  const before = provenance();
  progress("making the checkpoint and the workload");
  const { checkpoint, workload, said } = await makeWorkload(directory);
  const setting = { checkpoint, workload, threads, python: options.python };
  progress("comparing log-probs");
  const difference = await requireSameLogprobs(setting, directory);
  const compared = [];
  for (const row of rows) {
    compared.push(await compare(row, setting));
  }
  const results = compared.map(({ result }) => result);
  const share = join(import.meta.dirname, "credit-share.mjs");
  const credit = options["no-credit"]
    ? null
    : JSON.parse(
        await output(process.execPath, [
          share,
          "--json",
          "--methods",
          "dyco-rl",
          "--threads",
          options.threads,
        ]),
      );
  const where = { ...before, loadAfter: provenance().load, ...compared[0]?.versions };
  const text = [
    Object.entries(where)
      .map(([name, value]) => `${name} ${value}`)
      .join(", "),
    `${said}; log-probs of the two sides differ by at most ${difference.toExponential(1)}`,
    resultTable(results),
    ...(credit === null ? [] : [credit.text]),
  ].join("\n\n");
  return { text, json: { ...where, threads, workload: said, difference, results, credit } };
}

await checkPython(options.python);
const directory = mkdtempSync(join(tmpdir(), "fovea-bench-"));
try {
  const { text, json } = await benchmark(directory);
  process.stderr.write(options.json ? `${text}\n` : "");
  process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${text}\n`);
} finally {
  rmSync(directory, { recursive: true });
}
