/**
 * @module
 * The content of a run directory that two equal runs share.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

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
