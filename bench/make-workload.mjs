/**
 * @module
 * Makes what both sides of the comparison are given: a checkpoint that Fovea wrote, and prompts with completions that
 * its model sampled. Prompts are the digits task's; their pixels come from a formula, so that a few numbers tell
 * them to the other side. It is a process of its own, so that its memory is not taken for that of the benchmark's
 * children: a child's peak begins at its parent's size.
 *
 *     node bench/make-workload.mjs --directory DIR --prompts P --group G --new-tokens T --repetitions N --threads N
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openConfiguredDialogue, openTask } from "fovea/config";
import { openSource } from "fovea/data";
import { createLocalEngine } from "fovea/engine";
import { benchConfig, warmModel } from "./warm-model.mjs";
import { promptFrom } from "./workload.mjs";

/** @import { Prompt } from "fovea/engine" */
/** @import { Chunk, Workload } from "./workload.mjs" */

/**
 * What it prints, as JSON: where things are, and what they hold in words.
 *
 * @typedef {{ checkpoint: string, workload: string, said: string }} Made
 */

/**
 * Writes `workload.json` and a checkpoint.
 *
 * @param {string} directory
 * @param {{ prompts: number, groupSize: number, newTokens: number, repetitions: number, threads: number }} sizes
 * @returns {Promise<Made>}
 */
async function makeWorkload(directory, { prompts, groupSize, newTokens, repetitions, threads }) {
  const checkpoint = await warmModel(directory, threads);
  const config = benchConfig({ model: checkpoint });
  const dialogue = await openConfiguredDialogue(config);
  const { train } = await openTask(config);
  const source = await openSource(train);
  const asked = await Promise.all(
    Array.from({ length: prompts }, async (_, i) => describe(dialogue.prompt(await source.problem(i)), i)),
  );
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
  return { checkpoint, workload, said };
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

const { values: options } = parseArgs({
  options: {
    directory: { type: "string", default: "." },
    prompts: { type: "string", default: "16" },
    group: { type: "string", default: "8" },
    "new-tokens": { type: "string", default: "48" },
    repetitions: { type: "string", default: "3" },
    threads: { type: "string", default: "2" },
  },
});
const made = await makeWorkload(options.directory, {
  prompts: Number(options.prompts),
  groupSize: Number(options.group),
  newTokens: Number(options["new-tokens"]),
  repetitions: Number(options.repetitions),
  threads: Number(options.threads),
});
process.stdout.write(`${JSON.stringify(made)}\n`);
