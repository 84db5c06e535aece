/**
 * @module
 * Makes what both sides of the comparison are given: a checkpoint that Fovea wrote, and prompts with completions that
 * its model sampled. Prompts are the digits task's; their pixels come from a formula, so that a few numbers tell
 * them to the other side.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLocalEngine } from "../dist/engine/index.js";
import { openDialogue, trainingSource } from "../dist/train/index.js";
import { benchConfig, warmModel } from "./warm-model.mjs";
import { promptFrom } from "./workload.mjs";

/** @import { Prompt } from "../dist/engine/index.js" */
/** @import { Chunk, Workload } from "./workload.mjs" */

/**
 * Writes `workload.json` and a checkpoint.
 *
 * @param {string} directory
 * @param {{ prompts: number, groupSize: number, newTokens: number, repetitions: number, threads: number }} sizes
 * @returns {Promise<{ paths: { checkpoint: string, workload: string }, said: string }>} said: what it holds, in words
 */
export async function makeWorkload(directory, { prompts, groupSize, newTokens, repetitions, threads }) {
  const checkpoint = await warmModel(directory, threads);
  const config = benchConfig({ model: checkpoint });
  const dialogue = openDialogue(config);
  const source = trainingSource(config);
  const asked = Array.from({ length: prompts }, (_, i) => describe(dialogue.prompt(source.problem(i)), i));
  const engine = await createLocalEngine({ model: checkpoint, threads });
  const groups = await engine.sample({
    ...config.sampling,
    prompts: asked.map(promptFrom),
    groupSize,
    stopTokens: dialogue.stopTokens,
    seed: 0,
  });
  await engine.close();
  const completions = groups.map((group) => group.map(({ tokens }) => [...tokens]));
  /** @type {Workload} */
  const content = { prompts: asked, groupSize, completions, maxNewTokens: newTokens, repetitions };
  const workload = join(directory, "workload.json");
  writeFileSync(workload, JSON.stringify(content));
  const lengths = completions.flat().map(({ length }) => length);
  const promptTokens = asked.reduce(
    (sum, { chunks }) => sum + chunks.reduce((n, c) => n + tokensOf(c), 0),
    0,
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const said =
    `${prompts} prompts of ${(promptTokens / prompts).toFixed(1)} tokens on average, ${groupSize} completions each, ` +
    `${total} completion tokens in all, the longest ${Math.max(...lengths)}; sampling draws ${newTokens} each`;
  return { paths: { checkpoint, workload }, said };
}

/**
 * The prompt with a formula in place of its pixels.
 *
 * @param {Prompt} prompt
 * @param {number} index
 * @returns {{ chunks: Chunk[] }}
 */
function describe({ chunks }, index) {
  const formula = { a: 3 + (index % 7), b: 5 + (index % 11), d: 40, e: 97 };
  return {
    chunks: chunks.map((chunk) =>
      chunk.kind === "text"
        ? { kind: "text", tokens: chunk.tokens }
        : { kind: "image", width: chunk.image.width, height: chunk.image.height, formula },
    ),
  };
}

/** @param {Chunk} chunk */
const tokensOf = (chunk) =>
  chunk.kind === "text" ? chunk.tokens.length : (chunk.width / 28) * (chunk.height / 28);
