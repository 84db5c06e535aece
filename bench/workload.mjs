/**
 * @module
 * The comparison's workload as Fovea's side reads it. The format of the file is in `pytorch/README.md`.
 */
import { readFileSync } from "node:fs";

/** @import { AdamParameters, Prompt, Sequence } from "fovea/engine" */

/**
 * @typedef {{ a: number, b: number, d: number, e: number }} Formula
 * @typedef {{ kind: "text", tokens: readonly number[] }
 *   | { kind: "image", width: number, height: number, formula: Formula }} Chunk
 * @typedef {{ prompts: { chunks: Chunk[] }[], groupSize: number, completions: number[][][],
 *   coefficients?: number[][][], maxNewTokens: number, repetitions: number }} Workload
 * @typedef {{ prompts: Prompt[], sequences: Sequence[], groupSize: number, maxNewTokens: number,
 *   repetitions: number }} Opened
 */

/**
 * As in `pytorch/bench.py`.
 *
 * @type {AdamParameters}
 */
export const ADAM = {
  learningRate: 1e-5,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradientNorm: 1,
};

/**
 * @param {string} path
 * @returns {Opened}
 */
export function readWorkload(path) {
  const { prompts, completions, groupSize, maxNewTokens, repetitions } = /** @type {Workload} */ (
    JSON.parse(readFileSync(path, "utf8"))
  );
  const opened = prompts.map(promptFrom);
  const sequences = completions.flatMap((group, p) =>
    group.map((tokens) => ({
      prompt: /** @type {Prompt} */ (opened[p]),
      completion: Int32Array.from(tokens),
    })),
  );
  return { prompts: opened, sequences, groupSize, maxNewTokens, repetitions };
}

/**
 * @param {{ chunks: Chunk[] }} described
 * @returns {Prompt}
 */
export function promptFrom({ chunks }) {
  return {
    chunks: chunks.map((chunk) =>
      chunk.kind === "text" ? chunk : { kind: "image", image: formulaImage(chunk) },
    ),
  };
}

/** @param {{ width: number, height: number, formula: Formula }} image */
function formulaImage({ width, height, formula: { a, b, d, e } }) {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        data[(y * width + x) * 3 + channel] = (x * a + y * b + channel * d + ((x * y) % e)) % 256;
      }
    }
  }
  return { width, height, data };
}
