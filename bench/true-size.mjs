/**
 * @module
 * Qwen2.5-VL-3B's true shape on a small machine: writes a checkpoint of that shape with random weights (bfloat16, two
 * shards, 7.5 GB), scores sequences of about a thousand tokens with the weights streamed from the file, and says how
 * long that took and how much memory it needed.
 *
 *     npm run --silent build && node bench/true-size.mjs [--directory DIR] [--threads N] [--sequences N] [--json]
 *
 * With `--directory` the checkpoint is kept there and used again; otherwise it lies in the temporary directory and is
 * removed at the end.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLocalEngine } from "../dist/engine/index.js";
import { Rng } from "../dist/math/index.js";
import {
  configJson,
  defaultProcessorConfig,
  parameterShapes,
  processorJson,
  writeWeights,
} from "../dist/model/index.js";

/** @import { ModelConfig } from "../dist/model/index.js" */

/** Sizes of Qwen2.5-VL-3B-Instruct's config.json. @type {ModelConfig} */
const CONFIG = {
  text: {
    vocabSize: 151_936,
    hiddenSize: 2048,
    layers: 36,
    heads: 16,
    kvHeads: 2,
    headDim: 128,
    intermediateSize: 11_008,
    rmsNormEpsilon: 1e-6,
    ropeTheta: 1e6,
    mropeSection: [16, 24, 24],
    tieWordEmbeddings: true,
  },
  vision: {
    depth: 32,
    hiddenSize: 1280,
    heads: 16,
    intermediateSize: 3420,
    outHiddenSize: 2048,
    inChannels: 3,
    patchSize: 14,
    temporalPatchSize: 2,
    spatialMergeSize: 2,
    windowSize: 112,
    tokensPerSecond: 2,
    fullAttentionBlocks: [7, 15, 23, 31],
  },
  imageTokenId: 151_655,
  videoTokenId: 151_656,
  visionStartTokenId: 151_652,
  visionEndTokenId: 151_653,
};

const { values: options } = parseArgs({
  options: {
    directory: { type: "string" },
    threads: { type: "string", default: "2" },
    sequences: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

/** A matrix from one block of normal numbers, begun elsewhere for each parameter: drawing 4e9 would take minutes. */
const block = Float32Array.from(
  { length: 1_000_003 },
  (
    (rng) => () =>
      rng.normal(0, 0.02)
  )(new Rng(1)),
);

/** @param {string} name @param {readonly number[]} shape */
function randomTensor(name, shape) {
  return {
    shape,
    get data() {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      if (shape.length === 1) return data.fill(/norm|ln_q/.test(name) ? 1 : 0);
      const first = block.length - new Rng(name).integer(block.length);
      data.set(block.subarray(block.length - first, block.length - first + data.length));
      for (let at = first; at < data.length; at += block.length) {
        data.set(block.subarray(0, data.length - at), at);
      }
      return data;
    },
  };
}

/** @param {string} directory */
function writeCheckpoint(directory) {
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize < 1.2e10) throw new Error(`${directory}: expected 12 GB free, got ${bavail * bsize}`);
  writeFileSync(join(directory, "config.json"), JSON.stringify(configJson(CONFIG, { dtype: "BF16" })));
  const processor = JSON.stringify(processorJson(defaultProcessorConfig(CONFIG)));
  writeFileSync(join(directory, "preprocessor_config.json"), processor);
  const tensors = [...parameterShapes(CONFIG)].map(
    ([name, shape]) => /** @type {const} */ ([name, randomTensor(name, shape)]),
  );
  writeWeights(directory, new Map(tensors), { dtype: "BF16" });
}

/** An image of 448 x 448 pixels, 256 tokens; a question; 512 tokens of completion. @param {number} index */
function sequence(index) {
  const rng = new Rng(index);
  const tokens = (/** @type {number} */ count) => Array.from({ length: count }, () => rng.integer(151_643));
  const data = Uint8Array.from({ length: 448 * 448 * 3 }, () => rng.integer(256));
  return {
    prompt: {
      chunks: [
        { kind: /** @type {const} */ ("text"), tokens: [...tokens(20), CONFIG.visionStartTokenId] },
        { kind: /** @type {const} */ ("image"), image: { width: 448, height: 448, data } },
        { kind: /** @type {const} */ ("text"), tokens: [CONFIG.visionEndTokenId, ...tokens(210)] },
      ],
    },
    completion: Int32Array.from(tokens(512)),
  };
}

const directory = options.directory ?? mkdtempSync(join(tmpdir(), "fovea-true-size-"));
mkdirSync(directory, { recursive: true });
try {
  if (!existsSync(join(directory, "model.safetensors.index.json"))) writeCheckpoint(directory);
  const written = process.resourceUsage().maxRSS;
  const engine = await createLocalEngine({
    model: directory,
    stream: true,
    threads: Number(options.threads),
  });
  const sequences = Array.from({ length: Number(options.sequences) }, (_, i) => sequence(i));
  const tokens = sequences.length * (20 + 1 + 256 + 1 + 210 + 512);
  const before = process.cpuUsage();
  const start = performance.now();
  const scores = await engine.score(sequences, {
    entropy: true,
    signals: { attention: { row: "own" } },
  });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  await engine.close();
  const finite = scores.every(({ logprobs, signals }) =>
    [...logprobs, ...(signals?.attention?.visualMass ?? [Number.NaN])].every(Number.isFinite),
  );
  if (!finite) throw new Error("expected finite log-probs and signals");
  const entropy = scores.flatMap((score) => [...(score.entropy ?? [])]);
  const report = {
    tokens,
    seconds,
    secondsPerThousandTokens: (1000 * seconds) / tokens,
    cpuSeconds: (user + system) / 1e6,
    meanEntropy: entropy.reduce((sum, value) => sum + value, 0) / entropy.length,
    peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
    peakGiBBeforeScoring: written / 2 ** 20,
    threads: Number(options.threads),
  };
  const line = Object.entries(report).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${line.join("\n")}\n`);
} finally {
  if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
}
