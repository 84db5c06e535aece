/**
 * @module
 * Training in a process with a disturbed clock or disk, beside one that nobody disturbs.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { complete, continuing, start } from "./processes.mjs";
import { firstDifference, runContent } from "./run-content.mjs";

const file = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const CONFIG = file("./run.yaml");
/** The shortest run that saves twice, deletes a checkpoint and evaluates: some 700 writes. */
const SHORT = ["--set", "train.iterations=2", "--set", "train.keepCheckpoints=1"];

/** @param {string} path @param {readonly string[]} [flags] */
const training = (path, flags = []) => ["train", CONFIG, "--run-dir", path, ...flags];

/** @param {string} directory @param {readonly string[]} [flags] */
async function undisturbed(directory, flags) {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, "undisturbed");
  await complete(training(path, flags));
  return runContent(path);
}

/**
 * A run under a wall clock that jumps by up to a day at every reading equals one under a steady clock.
 *
 * @param {{ directory: string }} options
 * @returns {Promise<import("./report.mjs").Trial>}
 */
export async function jumpingClock({ directory }) {
  const expected = await undisturbed(directory);
  const path = join(directory, "disturbed");
  const { status, printed } = await start(training(path), {
    imports: [file("./jumping-clock.mjs")],
  }).ended;
  const wrong = [];
  const difference =
    status === 0 ? firstDifference(expected, runContent(path)) : `exit ${status}: ${printed.slice(-500)}`;
  if (difference !== undefined) wrong.push(difference);
  return { name: "clock that jumps", done: "1 run, the clock ±1 day at every reading", wrong };
}

/**
 * A short run whose disk is full from its n-th write on fails and says why, and resumed with space again ends as one whose disk was
 * never full: for n = 1 and every `stride`-th write after it, until the run has enough.
 *
 * @param {{ directory: string, stride: number }} options
 * @returns {Promise<import("./report.mjs").Trial>}
 */
export async function fullDisk({ directory, stride }) {
  const expected = await undisturbed(directory, SHORT);
  const wrong = [];
  let runs = 0;
  for (let writes = 1; ; writes += stride) {
    const path = join(directory, "disturbed");
    rmSync(path, { recursive: true, force: true });
    const { status, printed } = await start(training(path, SHORT), {
      imports: [file("./full-disk-preload.mjs")],
      environment: { TORTURE_WRITES: String(writes) },
    }).ended;
    if (status === 0) break;
    runs += 1;
    if (runs % 50 === 0) console.error(`${runs} runs with a full disk`);
    if (!/ENOSPC|no space/.test(printed))
      wrong.push(`write ${writes}: the error does not name the disk: ${printed.slice(-300)}`);
    await complete(training(path, [...SHORT, ...continuing(path)])).then(
      () => {
        const difference = firstDifference(expected, runContent(path));
        if (difference !== undefined) wrong.push(`write ${writes}: ${difference}`);
      },
      (error) => wrong.push(`write ${writes}: ${String(error).slice(0, 500)}`),
    );
  }
  return {
    name: "disk full",
    done: `${runs} runs, the disk full from each ${stride === 1 ? "" : `${stride}th `}write of two iterations on`,
    wrong,
  };
}
