/**
 * @module
 * A subject that is killed at random times until it ends, and from its start again until so many kills have happened; the last
 * one then ends undisturbed. A kill comes within the time that the newest undisturbed run took, so that most kills hit, whatever
 * else the machine computes.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

/** @import { Rng } from "fovea/math" */

/** Seconds before which no kill comes. */
const LEAST = 0.2;

/**
 * @param {object} options
 * @param {number} options.kills least number of kills
 * @param {string} options.directory
 * @param {number} options.seconds that an undisturbed run takes
 * @param {Rng} options.rng
 * @param {(path: string, after: number | undefined) => Promise<boolean>} options.attempt starts or continues the subject, and
 *   kills it after so many seconds, or never; false when it has ended
 * @param {(path: string) => string | undefined} options.difference between its outcome and the undisturbed one, in words
 * @returns {Promise<{ killed: number, runs: number, wrong: string[] }>}
 */
export async function repeatedKills({ kills, directory, seconds, rng, attempt, difference }) {
  const path = join(directory, "disturbed");
  const wrong = [];
  let [killed, runs, longest] = [0, 0, seconds];
  while (killed < kills) {
    rmSync(path, { recursive: true, force: true });
    for (let isFirst = true; ; isFirst = false) {
      const start = performance.now();
      const after = killed < kills ? rng.uniform(LEAST, Math.max(2 * LEAST, longest)) : undefined;
      if (!(await attempt(path, after))) {
        if (isFirst) longest = (performance.now() - start) / 1000;
        break;
      }
      killed += 1;
      if (killed % 20 === 0) console.error(`${killed} of ${kills} kills, run ${runs + 1}`);
    }
    runs += 1;
    const found = difference(path);
    if (found !== undefined) wrong.push(`run ${runs}: ${found}`);
  }
  return { killed, runs, wrong };
}
