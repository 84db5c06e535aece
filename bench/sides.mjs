/**
 * @module
 * The two sides of the comparison as child processes, each with one phase of one workload and one JSON line.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * @typedef {"fovea" | "pytorch"} Side
 * @typedef {{ seconds: number[], tokens: number, peakMemoryBytes: number, peakMemoryBytesBefore: number,
 *   torch?: string, transformers?: string, optimizer?: string, compile?: { works: boolean, reason?: string } }} Report
 * @typedef {{ checkpoint: string, workload: string, threads: number, python: string }} Setting
 */

const HERE = import.meta.dirname;
/** Largest difference of log-probs, in nats, of sides that compute the same. */
const TOLERANCE = 1e-4;

/**
 * What a command prints.
 *
 * @param {string} command
 * @param {readonly string[]} flags
 * @returns {Promise<string>}
 */
export async function output(command, flags) {
  const { stdout } = await promisify(execFile)(command, flags, { maxBuffer: 2 ** 26 });
  return stdout;
}

/**
 * Runs one phase.
 *
 * @param {Side} side
 * @param {string} phase
 * @param {readonly string[]} flags
 * @param {Setting} setting
 * @returns {Promise<Report>}
 */
export async function runSide(side, phase, flags, { checkpoint, workload, threads, python }) {
  const [command, script] =
    side === "fovea"
      ? [process.execPath, join(HERE, "fovea.mjs")]
      : [python, join(HERE, "pytorch", "bench.py")];
  const what = [
    "--checkpoint",
    checkpoint,
    "--workload",
    workload,
    "--threads",
    `${threads}`,
    "--phase",
    phase,
  ];
  const printed = await output(command, [script, ...what, ...flags]);
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "");
}

/**
 * Lets both sides score all completions once.
 *
 * @param {Setting} setting
 * @param {string} directory for what they say
 * @param {readonly string[]} [foveaFlags]
 * @returns {Promise<number>} the largest difference of log-probs
 * @throws Error when it is above the tolerance
 */
export async function requireSameLogprobs(setting, directory, foveaFlags = []) {
  /** @param {Side} side */
  const logprobs = async (side) => {
    const path = join(directory, `${side}.json`);
    const flags = side === "fovea" ? foveaFlags : [];
    await runSide(side, "score", ["--repetitions", "1", "--check", path, ...flags], setting);
    return /** @type {number[]} */ (JSON.parse(readFileSync(path, "utf8")).flat(2));
  };
  const ours = await logprobs("fovea");
  const theirs = await logprobs("pytorch");
  if (ours.length !== theirs.length) {
    throw new Error(`log-probs: expected ${ours.length} from PyTorch, got ${theirs.length}`);
  }
  const difference = Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] ?? Number.NaN))));
  if (!(difference <= TOLERANCE)) {
    throw new Error(`log-probs: expected both sides within ${TOLERANCE}, got a difference of ${difference}`);
  }
  return difference;
}

/**
 * Fails before anything is measured where the PyTorch side cannot run.
 *
 * @param {string} python
 */
export async function checkPython(python) {
  try {
    await output(python, ["-c", "import torch, torchvision, transformers, PIL"]);
  } catch (error) {
    const said = String(/** @type {{ stderr?: string }} */ (error).stderr || error);
    throw new Error(
      `${python} cannot run the PyTorch side: ${said.trim().split("\n").at(-1)}\n` +
        "Install it: pip install -r bench/pytorch/requirements.txt\n" +
        "and name that interpreter: npm run bench -- --python PATH",
    );
  }
}
