/**
 * @module
 * The two sides of evaluation.mjs as child processes: a whole evaluation each, from start to exit.
 */
import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * @typedef {"fovea" | "lmms-eval"} SideName
 * @typedef {{ name: string, threads: number, flags: readonly string[] }} Arrangement
 * @typedef {{ folder: string, checkpoint: string, data: string, python: string, threads: number, problems: number,
 *   tokens: number }} Setting
 */

const HERE = import.meta.dirname;
const SCRIPT = join(HERE, "evaluation.py");
/** Of images, on both sides: no chart is made larger or smaller than this. */
export const PIXELS = { least: 56 * 56, most: 28 * 28 * 1280 };

/**
 * @param {string} command
 * @param {readonly string[]} flags
 * @param {{ cwd?: string, env?: Record<string, string> }} [where]
 */
async function output(command, flags, { cwd, env = {} } = {}) {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 28 };
  try {
    return (await promisify(execFile)(command, flags, options)).stdout;
  } catch (error) {
    const {
      stdout = "",
      stderr = "",
      code,
      signal,
    } = /** @type {import("node:child_process").ExecFileException} */ (error);
    const end = signal ? `killed by ${signal}` : `exit status ${code}`;
    throw new Error(`${command} ${flags.join(" ")}: ${end}\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`);
  }
}

/**
 * Writes the problems where lmms-eval looks for those of its task `chartqa`; returns the folder of the file.
 *
 * @param {Pick<Setting, "folder" | "python" | "problems">} setting
 * @returns {Promise<string>}
 */
export async function prepare({ folder, python, problems }) {
  const flags = [SCRIPT, "prepare", join(folder, "hub"), "--problems", `${problems}`];
  const printed = await output(python, flags);
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "").data;
}

/**
 * What each side may be run as: `threads` in all.
 *
 * @param {SideName} side
 * @param {number} threads
 * @returns {Arrangement[]}
 */
export function arrangements(side, threads) {
  if (side === "lmms-eval") {
    return [1, 8, 32].map((batch) => ({
      name: `batches of ${batch}`,
      threads,
      flags: ["--batch_size", `${batch}`],
    }));
  }
  const engines = [
    { name: "1 thread", own: 1, replicas: 1 },
    { name: `${threads} threads`, own: threads, replicas: 1 },
    { name: `${threads} replicas`, own: threads, replicas: threads },
  ];
  return engines.flatMap(({ name, own, replicas }) =>
    [16, 64].map((batch) => ({
      name: `${name}, batches of ${batch}`,
      threads: own,
      flags: ["--set", `engine.replicas=${replicas}`, "--set", `evaluation.batchSize=${batch}`],
    })),
  );
}

/** @param {Setting} setting @param {Arrangement} arrangement @param {string} out */
function foveaCommand({ checkpoint, data, problems, tokens }, { threads, flags }, out) {
  const benchmark = JSON.stringify([{ kind: "chartqa", data, prompt: "lmms-eval", scorer: "lmms-eval" }]);
  return [
    ...[
      join(HERE, "../dist/cli/main.js"),
      "eval",
      "--set",
      `model=${checkpoint}`,
      "--set",
      `engine.threads=${threads}`,
    ],
    ...[
      "--set",
      `evaluation.benchmarks=${benchmark}`,
      "--problems",
      `${problems}`,
      "--max-tokens",
      `${tokens}`,
    ],
    ...["--out", out, "--json", ...flags],
  ];
}

/** @param {Setting} setting @param {readonly string[]} flags @param {string} out */
function lmmsCommand({ checkpoint, problems, tokens }, flags, out) {
  const model = `pretrained=${checkpoint},device=cpu,device_map=cpu,min_pixels=${PIXELS.least},max_pixels=${PIXELS.most}`;
  return [
    ...["--model", "qwen2_5_vl", "--model_args", model, "--tasks", "chartqa", "--limit", `${problems}`],
    ...["--gen_kwargs", `max_new_tokens=${tokens}`, "--log_samples", "--output_path", out, ...flags],
  ];
}

/** @param {Setting} setting @param {Arrangement} arrangement @param {string} out @param {readonly string[]} extra */
export function runLmmsEval(setting, { threads, flags }, out, extra = []) {
  const { folder, python } = setting;
  const command = [SCRIPT, "run", ...extra, "--", ...lmmsCommand(setting, flags, out)];
  const env = { HF_HUB_OFFLINE: "1", HF_HOME: join(folder, "hf"), OMP_NUM_THREADS: `${threads}` };
  return output(python, command, { cwd: join(folder, "hub"), env });
}

/**
 * Seconds of a whole evaluation, in a directory of its own.
 *
 * @param {SideName} side
 * @param {Arrangement} arrangement
 * @param {Setting} setting
 * @returns {Promise<number>}
 */
export async function evaluateSide(side, arrangement, setting) {
  const out = mkdtempSync(join(setting.folder, `${side}-`));
  const start = performance.now();
  if (side === "fovea") await output(process.execPath, foveaCommand(setting, arrangement, out));
  else await runLmmsEval(setting, arrangement, out);
  return (performance.now() - start) / 1000;
}
