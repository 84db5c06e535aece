/**
 * @module
 * The scoring half of `true-size.mjs`: scores sequences with the weights streamed from the file, one JSON line.
 */
import { parseArgs } from "node:util";
import { createLocalEngine } from "fovea/engine";
import { Rng } from "fovea/math";
import { CONFIG } from "./true-size-checkpoint.mjs";

const { values: options } = parseArgs({
  options: {
    directory: { type: "string", default: "" },
    threads: { type: "string", default: "2" },
    sequences: { type: "string", default: "1" },
  },
});

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

const engine = await createLocalEngine({
  model: options.directory,
  stream: true,
  threads: Number(options.threads),
});
const sequences = Array.from({ length: Number(options.sequences) }, (_, i) => sequence(i));
const tokens = sequences.length * (20 + 1 + 256 + 1 + 210 + 512);
const start = performance.now();
const scores = await engine.score(sequences, { entropy: true, signals: { attention: { row: "own" } } });
const seconds = (performance.now() - start) / 1000;
await engine.close();
const finite = scores.every(({ logprobs, signals }) =>
  [...logprobs, ...(signals?.attention?.visualMass ?? [Number.NaN])].every(Number.isFinite),
);
if (!finite) throw new Error("expected finite log-probs and signals");
const entropy = scores.flatMap((score) => [...(score.entropy ?? [])]);
const meanEntropy = entropy.reduce((sum, value) => sum + value, 0) / entropy.length;
process.stdout.write(
  `${JSON.stringify({ tokens, secondsPerThousandTokens: (1000 * seconds) / tokens, meanEntropy })}\n`,
);
