/**
 * @module
 * Fovea's program as processes that are killed.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/**
 * @typedef {{ status: number | null, signal: string | null, printed: string }} Ended
 */

/**
 * Starts the program.
 *
 * @param {readonly string[]} words its arguments
 * @param {{ onPrinted?: (text: string) => void, imports?: readonly string[], environment?: Record<string, string> }} [options]
 *   called with what it prints, standard error included; modules that are loaded first; variables beside this process's
 */
export function start(words, { onPrinted = () => undefined, imports = [], environment = {} } = {}) {
  const preloads = imports.flatMap((path) => ["--import", path]);
  const child = spawn(process.execPath, [...preloads, PROGRAM, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      printed += text;
      onPrinted(text);
    });
  }
  /** @type {Promise<Ended>} */
  const ended = new Promise((resolve) =>
    child.once("close", (status, signal) => resolve({ status, signal, printed })),
  );
  return { child, ended };
}

/**
 * Arguments of a server on one thread.
 *
 * @param {number} port
 * @param {string} state its directory
 */
export function serveWords(port, state) {
  const arrangement = ["--set", "engine.threads=1", "--set", "engine.replicas=1"];
  return ["serve", "--port", String(port), "--state", state, ...arrangement];
}

/**
 * The flag with which `fovea train` continues a run directory; none where no run has begun there, since a run that was stopped
 * before it wrote config.json starts again.
 *
 * @param {string} path
 */
export const continuing = (path) => (existsSync(join(path, "config.json")) ? ["--resume"] : []);

/**
 * Runs the program to its end.
 *
 * @param {readonly string[]} words
 * @throws when it fails
 */
export async function complete(words) {
  const { status, signal, printed } = await start(words).ended;
  if (status !== 0)
    throw new Error(`fovea ${words.join(" ")}: exit ${status ?? signal}\n${printed.slice(-2000)}`);
  return printed;
}

/**
 * Runs the program and kills it after so many seconds, or never.
 *
 * @param {readonly string[]} words
 * @param {number | undefined} seconds
 * @returns {Promise<{ isKilled: boolean, printed: string }>} not killed when it ended before
 * @throws when it fails by itself
 */
export async function killedAfter(words, seconds) {
  const { child, ended } = start(words);
  const timer = seconds === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), 1000 * seconds);
  const { status, signal, printed } = await ended;
  clearTimeout(timer);
  if (signal === "SIGKILL") return { isKilled: true, printed };
  if (status !== 0) throw new Error(`fovea ${words.join(" ")}: exit ${status}\n${printed.slice(-2000)}`);
  return { isKilled: false, printed };
}
