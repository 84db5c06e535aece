/**
 * @module
 * An evaluation that is killed at random and started again until it ends, beside one that nobody disturbs.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { complete, killedAfter } from "./processes.mjs";
import { repeatedKills } from "./repeated-kills.mjs";

/** @import { Rng } from "fovea/math" */

const PROBLEMS = 300;
const SAMPLES = 2;

const SETTINGS = ["evaluation.batchSize=8", "engine.threads=1", "engine.replicas=1"];

const words = (/** @type {string} */ out) => [
  ...["eval", "--problems", String(PROBLEMS), "--samples", String(SAMPLES)],
  ...["--temperature", "1", "--max-tokens", "12", "--out", out],
  ...SETTINGS.flatMap((setting) => ["--set", setting]),
];

/** @param {string} out */
function answersIn(out) {
  const text = readFileSync(join(out, "digits-validation", "answers.jsonl"), "utf8");
  return text.trimEnd().split("\n").slice(1).sort();
}

/**
 * @param {{ kills: number, directory: string, rng: Rng }} options
 * @returns {Promise<import("./report.mjs").Trial>}
 */
export async function killedEvaluation({ kills, directory, rng }) {
  mkdirSync(directory, { recursive: true });
  const start = performance.now();
  await complete(words(join(directory, "undisturbed")));
  const seconds = (performance.now() - start) / 1000;
  const expected = answersIn(join(directory, "undisturbed"));

  const { killed, runs, wrong } = await repeatedKills({
    kills,
    directory,
    seconds,
    rng,
    attempt: async (out, after) => (await killedAfter(words(out), after)).isKilled,
    difference: (out) => {
      const found = answersIn(out);
      if (found.length !== PROBLEMS * SAMPLES) return `${found.length} answers`;
      return JSON.stringify(found) === JSON.stringify(expected) ? undefined : "other answers";
    },
  });
  return { name: "evaluation killed", done: `${killed} SIGKILLs in ${runs} evaluations`, wrong };
}
