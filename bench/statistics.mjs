/**
 * @module
 * Numbers of a benchmark in words: medians with their spread, sizes, tables, and where it was run.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { quantile } from "fovea/math";

/** @typedef {{ median: number, low: number, high: number }} Spread median and quartiles */

/**
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export const spread = (values) => ({
  median: quantile(values, 0.5),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
});

/** @param {number} bytes */
export const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

/**
 * Rows of text in columns; all but the first are aligned on the right.
 *
 * @param {readonly (readonly string[])[]} rows
 */
export function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Where the numbers come from. */
export function provenance() {
  const onnxruntime = new URL("../node_modules/onnxruntime-node/package.json", import.meta.url);
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    /** Processes that wanted a core over the last minute: well above the benchmark's own threads, it is disturbed. */
    load: (loadavg()[0] ?? 0).toFixed(1),
    node: process.version,
    onnxruntime: JSON.parse(readFileSync(onnxruntime, "utf8")).version,
    commit: commit(),
  };
}

function commit() {
  const git = (/** @type {string[]} */ ...command) =>
    execFileSync("git", command, { cwd: import.meta.dirname, encoding: "utf8", stdio: "pipe" }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", "../src", "../bench") !== "";
    return git("rev-parse", "--short", "HEAD") + (changed ? " with changes" : "");
  } catch {
    return "unknown";
  }
}
