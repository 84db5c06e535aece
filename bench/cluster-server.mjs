/**
 * The server of `bench/cluster.mjs`: this package's own Tinker server over a model whose answers are made once and sent again
 * and again, so that what is measured is the controller. Prints its address; ends with its standard input.
 *
 *     node bench/cluster-server.mjs STATE TOKENS clusters|gram
 */
import { resolveConfig } from "fovea/config";
import { tokenClusters } from "fovea/credit";
import { createFakeEngine } from "fovea/engine";
import { Rng } from "fovea/math";
import { configuredModel, startTinkerServer } from "fovea/serve";
import { KINDS, madeAttention } from "./made-attention.mjs";

/** @import { Completion, Engine, SampleRequest, Score, ScoreRequest, Sequence, Signals } from "fovea/engine" */

const [state = "", tokens = "", mode = ""] = process.argv.slice(2);
const length = Number(tokens);
const rng = new Rng(7);

/**
 * A completion of digits, and what a scoring pass says of it.
 *
 * @param {number} length
 */
function made(length) {
  const attention = madeAttention(length, KINDS["few clusters"]);
  /** @type {Signals} */
  const signals = mode === "gram" ? { calibrated: attention } : { clusters: tokenClusters(attention) };
  const logprobs = new Float64Array(length).fill(Math.log(0.1));
  const entropy = logprobs.map((nats) => -nats);
  const tokens = Int32Array.from({ length }, () => 10 + rng.integer(10));
  /** @type {Completion} */
  const completion = { tokens, logprobs, entropy, stopReason: "length" };
  /** @type {Score} */
  const score = { logprobs, entropy, signals };
  return { completion, score };
}

/** Two lengths, so that completions of a group differ in their reward. */
const kinds = [made(length), made(length - Math.floor(length / 32))];

/** @returns {Engine} */
function recorded() {
  const engine = createFakeEngine({ vocabSize: 64, seed: 5 });
  const capabilities = new Set(engine.capabilities);
  if (mode === "gram") capabilities.delete("token-clusters");
  return Object.assign(Object.create(engine), {
    capabilities,
    sample: async (/** @type {SampleRequest} */ { prompts, groupSize }) =>
      prompts.map(() => Array.from({ length: groupSize }, (_, place) => kinds[place % 2]?.completion)),
    score: async (/** @type {Sequence[]} */ sequences, /** @type {ScoreRequest} */ request) =>
      sequences.map(({ completion }) => {
        const { score } = kinds.find((kind) => kind.completion.tokens.length === completion.length) ?? {};
        return request.signals ? score : { ...score, signals: undefined };
      }),
    accumulate: async () => ({ finite: true }),
    close: () => engine.close(),
    step: (/** @type {Parameters<Engine["step"]>[0]} */ options) => engine.step(options),
  });
}

const server = await startTinkerServer({
  models: [
    {
      ...(await configuredModel(resolveConfig({}), "small")),
      contextLength: 1_000_000,
      open: async () => recorded(),
    },
  ],
  state,
  version: "0",
});
process.stdout.write(`${server.url}\n`);
process.stdin.resume().on("end", () => process.exit(0));
