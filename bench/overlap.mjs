/**
 * @module
 * What sampling ahead gains: the same training against a server whose calls take time, with `train.maxStaleness` 0 and 1
 * in turn. The server is this package's own on a fake engine, which costs next to nothing; samples, gradients and the
 * forward pass that a stale batch needs are held back for as long as the flags say, so that what is measured is the overlap
 * and no model.
 *
 *     node bench/overlap.mjs [--rounds N] [--iterations K] [--sample MS] [--update MS] [--forward MS] [--json]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freshSmallModel, resolveConfig, runTraining, SMALL_ASSETS } from "fovea/config";
import { createFakeEngine, createTinkerEngine } from "fovea/engine";
import { loadTokenizer } from "fovea/model";
import { configuredModel, startTinkerServer } from "fovea/serve";
import { provenance, spread, table } from "./statistics.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    iterations: { type: "string", default: "10" },
    sample: { type: "string", default: "600" },
    update: { type: "string", default: "400" },
    /** A quarter of a gradient with recomputation. */
    forward: { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});
const iterations = Number(options.iterations);
/** Milliseconds by the end of a call's address. */
const HELD = {
  "/asample": Number(options.sample),
  "/forward_backward": Number(options.update),
  "/forward": Number(options.forward),
};

const folder = mkdtempSync(join(tmpdir(), "fovea-bench-"));
const base = [
  "data.kinds=[largest]",
  "data.digits=[3,3]",
  "credit=uniform",
  "sampling.maxCompletionTokens=3",
  `train.iterations=${iterations}`,
  "train.promptsPerIteration=16",
  "train.groupSize=8",
  "train.reportKlEvery=0",
  "train.checkpointEvery=0",
  "train.rolloutsEvery=0",
  "sft.steps=0",
];
const model = freshSmallModel(0);
const tokenizer = loadTokenizer(SMALL_ASSETS);
/** The sampler writes a few digits and ends, so that some answers are right by chance and groups differ. */
const allowed = new Set([
  ...["7", "8", "9"].map((digit) => tokenizer.encode(digit)[0]),
  tokenizer.requireTokenId("<|im_end|>"),
]);
const { vocabSize } = tokenizer;
const banned = Array.from({ length: vocabSize }, (_, id) => id).filter((id) => !allowed.has(id));

const server = await startTinkerServer({
  models: [
    {
      ...(await configuredModel(resolveConfig({ flags: base }), "small")),
      open: async () => createFakeEngine({ vocabSize, promptRows: 2, banned, seed: 5 }),
    },
  ],
  state: join(folder, "state"),
  version: "0",
});

/** @type {(url: string, request: RequestInit) => Promise<Response>} */
const held = async (url, request) => {
  const [, wait = 0] = Object.entries(HELD).find(([end]) => url.endsWith(end)) ?? [];
  const answer = await fetch(url, request);
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  return answer;
};

let runs = 0;
/** Seconds of a run. */
async function secondsOf(/** @type {number} */ maxStaleness) {
  const config = resolveConfig({ flags: [...base, `train.maxStaleness=${maxStaleness}`] });
  let updates = 0;
  const start = performance.now();
  await runTraining({
    config,
    runDirectory: join(folder, `run-${runs++}`),
    openEngine: () => createTinkerEngine({ url: server.url, model, fetch: held }),
    onEvent: (event) => {
      if (event.event === "iteration") updates += event.steps;
    },
  });
  if (updates !== iterations) throw new Error(`expected ${iterations} steps, got ${updates}`);
  return (performance.now() - start) / 1000;
}

/** @type {{ inTurn: number, ahead: number }[]} */
const pairs = [];
try {
  for (let round = 0; round < Number(options.rounds); round++) {
    pairs.push({ inTurn: await secondsOf(0), ahead: await secondsOf(1) });
  }
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

const { "/asample": sample, "/forward_backward": update, "/forward": forward } = HELD;
const result = {
  benchmark: "overlap",
  ...provenance(),
  iterations,
  sampleMs: sample,
  updateMs: update,
  forwardMs: forward,
  inTurnSeconds: spread(pairs.map(({ inTurn }) => inTurn)),
  aheadSeconds: spread(pairs.map(({ ahead }) => ahead)),
  ratio: spread(pairs.map(({ inTurn, ahead }) => ahead / inTurn)),
  /** The first batch cannot be ahead, and the last has nothing beside it. */
  idealRatio:
    (sample +
      Math.max(sample, update) +
      (iterations - 2) * Math.max(sample, forward + update) +
      forward +
      update) /
    (iterations * (sample + update)),
};
const words = table([
  ["", "in turn, s", "ahead, s", "ratio", "quartiles", "ideal"],
  [
    `${iterations} iterations, ${sample} + ${update} ms (${forward})`,
    result.inTurnSeconds.median.toFixed(2),
    result.aheadSeconds.median.toFixed(2),
    result.ratio.median.toFixed(2),
    `${result.ratio.low.toFixed(2)}–${result.ratio.high.toFixed(2)}`,
    result.idealRatio.toFixed(2),
  ],
]);
if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
(options.json ? process.stderr : process.stdout).write(`${words}\n`);
