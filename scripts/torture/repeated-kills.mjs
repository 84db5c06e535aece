/**
 * @module
 * A subject that is disturbed until it ends, and from its start again until so many kills have happened.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

/**
 * @param {object} options
 * @param {number} options.kills least number of kills
 * @param {string} options.directory
 * @param {(path: string) => Promise<boolean>} options.attempt starts or continues the subject; false when it has ended
 * @param {(path: string) => string | undefined} options.difference between its outcome and the undisturbed one, in words
 * @returns {Promise<{ killed: number, runs: number, wrong: string[] }>}
 */
export async function repeatedKills({ kills, directory, attempt, difference }) {
  const path = join(directory, "disturbed");
  const wrong = [];
  let [killed, runs] = [0, 0];
  while (killed < kills) {
    rmSync(path, { recursive: true, force: true });
    while (await attempt(path)) killed += 1;
    runs += 1;
    const found = difference(path);
    if (found !== undefined) wrong.push(`run ${runs}: ${found}`);
  }
  return { killed, runs, wrong };
}
