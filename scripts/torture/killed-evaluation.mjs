/**
 * @module
 * An evaluation that is killed at random and started again until it ends, beside one that nobody disturbs.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { complete, killedAfter } from "./processes.mjs";

/** @import { Rng } from "fovea/math" */

const PROBLEMS = 300;
const SAMPLES = 2;

const words = (/** @type {string} */ out) => [
  ...["eval", "--problems", String(PROBLEMS), "--samples", String(SAMPLES), "--temperature", "1"],
  ...[
    "--max-tokens",
    "12",
    "--set",
    "evaluation.batchSize=8",
    "--set",
    "engine.threads=1",
    "--set",
    "engine.replicas=1",
  ],
  ...["--out", out],
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

  const wrong = [];
  let [killed, runs] = [0, 0];
  while (killed < kills) {
    const out = join(directory, "disturbed");
    rmSync(out, { recursive: true, force: true });
    for (let isOver = false; !isOver; ) {
      const { isKilled } = await killedAfter(words(out), 1000 * rng.uniform(0.2, seconds));
      if (isKilled) killed += 1;
      isOver = !isKilled;
    }
    runs += 1;
    const found = answersIn(out);
    if (found.length !== PROBLEMS * SAMPLES) wrong.push(`run ${runs}: ${found.length} answers`);
    else if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push(`run ${runs}: other answers`);
  }
  return { name: "evaluation killed", done: `${killed} SIGKILLs in ${runs} evaluations`, wrong };
}
