/**
 * @module
 * Training that is killed at random and resumed until it ends, beside one that nobody disturbs.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { complete, continuing, killedAfter } from "./processes.mjs";
import { repeatedKills } from "./repeated-kills.mjs";
import { firstDifference, runContent } from "./run-content.mjs";

/** @import { Rng } from "fovea/math" */

const CONFIG = fileURLToPath(new URL("./run.yaml", import.meta.url));

/**
 * The last phase that a run printed before it was killed.
 *
 * @param {string} printed
 */
function phaseOf(printed) {
  const last =
    printed.lastIndexOf("evaluating") > printed.lastIndexOf("learning") ? "evaluating" : "learning";
  return printed.includes("learning") ? last : "opening";
}

/**
 * @param {{ kills: number, directory: string, rng: Rng }} options
 * @returns {Promise<import("./report.mjs").Trial>}
 */
export async function killedTraining({ kills, directory, rng }) {
  mkdirSync(directory, { recursive: true });
  const undisturbed = join(directory, "undisturbed");
  const start = performance.now();
  await complete(["train", CONFIG, "--run-dir", undisturbed]);
  const seconds = (performance.now() - start) / 1000;
  const expected = runContent(undisturbed);

  /** @type {Record<string, number>} */
  const phases = {};
  const { killed, runs, wrong } = await repeatedKills({
    kills,
    directory,
    seconds,
    rng,
    attempt: async (path, after) => {
      const words = ["train", CONFIG, "--run-dir", path, ...continuing(path)];
      const { isKilled, printed } = await killedAfter(words, after);
      if (isKilled) {
        const phase = phaseOf(printed);
        phases[phase] = (phases[phase] ?? 0) + 1;
      }
      return isKilled;
    },
    difference: (path) => firstDifference(expected, runContent(path)),
  });
  const shown = Object.entries(phases).map(([name, count]) => `${count} while ${name}`);
  return { name: "training killed", done: `${killed} SIGKILLs in ${runs} runs: ${shown.join(", ")}`, wrong };
}
