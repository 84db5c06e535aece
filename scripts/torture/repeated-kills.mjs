/**
 * @module
 * A subject that is disturbed until it ends, and from its start again until so many kills have happened; the last one then ends
 * undisturbed. On a machine that has become slower, no attempt may ever come to its end otherwise.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

/**
 * @param {object} options
 * @param {number} options.kills least number of kills
 * @param {string} options.directory
 * @param {(path: string, mayKill: boolean) => Promise<boolean>} options.attempt starts or continues the subject, and kills it
 *   at a random time if it may; false when it has ended
 * @param {(path: string) => string | undefined} options.difference between its outcome and the undisturbed one, in words
 * @returns {Promise<{ killed: number, runs: number, wrong: string[] }>}
 */
export async function repeatedKills({ kills, directory, attempt, difference }) {
  const path = join(directory, "disturbed");
  const wrong = [];
  let [killed, runs] = [0, 0];
  while (killed < kills) {
    rmSync(path, { recursive: true, force: true });
    while (await attempt(path, killed < kills)) {
      killed += 1;
      if (killed % 20 === 0) console.error(`${killed} of ${kills} kills, run ${runs + 1}`);
    }
    runs += 1;
    const found = difference(path);
    if (found !== undefined) wrong.push(`run ${runs}: ${found}`);
  }
  return { killed, runs, wrong };
}
