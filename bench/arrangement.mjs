/**
 * @module
 * Every arrangement of threads and replicas that this machine allows, on models of growing size: what the probe of
 * `engine.threads: auto` says of each, how long it takes, and sampling and training apart, in turn round by round, so that
 * the choice can be held against them.
 *
 *     npm run --silent build && node bench/arrangement.mjs [--rounds 5] [--widths 128,512] [--json]
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chooseArrangement, createLocalEngine, freshSmallModel } from "fovea/engine";
import { provenance, spread, table } from "./statistics.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    widths: { type: "string", default: "128,512" },
    json: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
// Measured anew, and not remembered for the user.
process.env["FOVEA_CACHE"] = join(tmpdir(), `fovea-bench-${process.pid}`);

/** @param {number} width */
function modelOf(width) {
  const fresh = freshSmallModel(0);
  if (width === 128) return fresh;
  const text = {
    ...fresh.config.text,
    hiddenSize: width,
    layers: 8,
    heads: width / 64,
    kvHeads: Math.max(1, width / 256),
    headDim: 64,
    intermediateSize: 3 * width,
    mropeSection: [8, 12, 12],
  };
  return {
    ...fresh,
    config: { ...fresh.config, text, vision: { ...fresh.config.vision, outHiddenSize: width } },
  };
}

const GROUP = 8;
const TOKENS = 32;
const rows = [["model", "arrangement", "probe, tokens/s", "sample, tokens/s", "train, tokens/s", "chosen"]];
const results = [];
for (const width of options.widths.split(",").map(Number)) {
  const model = modelOf(width);
  const start = performance.now();
  const chosen = await chooseArrangement({ model }, { threads: "auto", replicas: "auto" });
  const probeSeconds = (performance.now() - start) / 1000;
  const prompts = Array.from({ length: width > 256 ? 8 : 48 }, (_, p) => ({
    chunks: [
      {
        kind: /** @type {const} */ ("text"),
        tokens: Array.from({ length: 32 }, (__, i) => (13 * p + 7 * i) % 200),
      },
    ],
  }));
  const tried = chosen.tried ?? [];
  /** @type {{ sample: number[], train: number[] }[]} */
  const speeds = tried.map(() => ({ sample: [], train: [] }));
  const engines = [];
  for (const { threads, replicas } of tried)
    engines.push(await createLocalEngine({ model, threads, replicas }));
  for (let round = -1; round < rounds; round++) {
    for (const [side, engine] of engines.entries()) {
      const begun = performance.now();
      const sampled = await engine.sample({
        prompts,
        groupSize: GROUP,
        maxCompletionTokens: TOKENS,
        temperature: 1,
        topP: 1,
        topK: 0,
        stopTokens: [],
        seed: Math.max(0, round),
      });
      const between = performance.now();
      const sequences = sampled.flatMap((group, p) =>
        group.map(({ tokens }) => ({
          prompt: /** @type {(typeof prompts)[number]} */ (prompts[p]),
          completion: tokens,
        })),
      );
      const coefficients = sequences.map(({ completion }) => new Float64Array(completion.length).fill(1e-3));
      await engine.accumulate(sequences, coefficients);
      const ended = performance.now();
      if (round < 0) continue;
      const tokens = prompts.length * GROUP * TOKENS;
      speeds[side]?.sample.push((1000 * tokens) / (between - begun));
      speeds[side]?.train.push((1000 * tokens) / (ended - between));
    }
  }
  for (const engine of engines) await engine.close();
  for (const [side, { threads, replicas, tokensPerSecond }] of tried.entries()) {
    const { sample, train } = speeds[side] ?? { sample: [], train: [] };
    const isChosen = threads === chosen.threads && replicas === chosen.replicas;
    results.push({
      width,
      threads,
      replicas,
      tokensPerSecond,
      sample: spread(sample),
      train: spread(train),
      isChosen,
    });
    rows.push([
      `width ${width}, probe ${probeSeconds.toFixed(1)} s`,
      `${replicas} x ${threads / replicas}`,
      tokensPerSecond.toFixed(0),
      spread(sample).median.toFixed(0),
      spread(train).median.toFixed(0),
      isChosen ? "chosen" : "",
    ]);
  }
}
const where = { ...provenance(), rounds };
process.stdout.write(
  options.json ? `${JSON.stringify({ ...where, results })}\n` : `${JSON.stringify(where)}\n${table(rows)}\n`,
);
