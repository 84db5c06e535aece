/**
 * @module
 * The content of a run directory that two equal runs share.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a server keeps a run's weights: each server has names of its own. */
const POINTER = "tinker.json";

const hash = (/** @type {string} */ path) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** @param {string} path */
function lines(path) {
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
}

/** @param {unknown} value */
function withoutTimes(value) {
  return JSON.stringify(value, (key, inner) =>
    /timing|seconds|memory|time$/i.test(key) ? undefined : inner,
  );
}

/**
 * Hashes of the final model and of every rollouts file, and the lines of metrics without times and without the events that a
 * resumed run adds.
 *
 * @param {string} directory
 */
export function runContent(directory) {
  const model = join(directory, "model");
  const rollouts = join(directory, "rollouts");
  return {
    model: readdirSync(model)
      .filter((name) => name !== POINTER)
      .sort()
      .map((name) => [name, hash(join(model, name))]),
    rollouts: existsSync(rollouts)
      ? readdirSync(rollouts)
          .sort()
          .map((name) => [name, hash(join(rollouts, name))])
      : [],
    metrics: lines(join(directory, "metrics.jsonl"))
      .map((line) => JSON.parse(line))
      .filter(({ event }) => ["iteration", "evaluation", "kl"].includes(event))
      .map(withoutTimes),
  };
}

/**
 * The first thing in which two runs differ, in words; undefined where they are equal.
 *
 * @param {ReturnType<typeof runContent>} expected
 * @param {ReturnType<typeof runContent>} found
 */
export function firstDifference(expected, found) {
  for (const part of /** @type {const} */ (["model", "rollouts", "metrics"])) {
    const [own, other] = [expected[part].map(String), found[part].map(String)];
    const at = Array.from({ length: Math.max(own.length, other.length) }).findIndex(
      (_, i) => own[i] !== other[i],
    );
    if (at !== -1)
      return `${part} ${at}: expected ${own[at]?.slice(0, 1500)}, got ${other[at]?.slice(0, 1500)}`;
  }
  return undefined;
}
