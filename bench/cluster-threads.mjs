/**
 * What threads save the controller where an engine returns Gram matrices and cannot find AT-RL's clusters: seconds of the credit of
 * some completions, by the method alone and with the clusters found in threads, in turn. Threads start in the first repetition.
 *
 *     npm run --silent build && node bench/cluster-threads.mjs [--completions 32] [--tokens 2048] [--repetitions 5]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { creditMethod, creditSchema } from "fovea/credit";
import { ClusterThreads } from "fovea/train";
import { KINDS, madeAttention } from "./made-attention.mjs";
import { provenance, spread, table } from "./statistics.mjs";

/** @import { CreditSignals } from "fovea/credit" */

const { values: options } = parseArgs({
  options: {
    completions: { type: "string", default: "32" },
    tokens: { type: "string", default: "2048" },
    repetitions: { type: "string", default: "5" },
  },
});
const [completions, tokens, repetitions] = [options.completions, options.tokens, options.repetitions].map(
  Number,
);
const method = creditMethod(creditSchema.parse({ kind: "at-rl" }));
const kinds = Object.values(KINDS);
const signals = Array.from({ length: completions }, (_, i) => ({
  calibrated: shared(madeAttention(tokens, kinds[i % kinds.length], i)),
}));
/**
 * The matrix in memory that threads share, as the client of a remote engine has it.
 *
 * @param {ReturnType<typeof madeAttention>} attention
 */
function shared({ connectivity, gram }) {
  const copy = new Float64Array(new SharedArrayBuffer(gram.byteLength));
  copy.set(gram);
  return { connectivity, gram: copy };
}

/** @param {readonly CreditSignals[]} of */
const credit = (of) =>
  method.credit([of.map((own) => ({ mask: new Uint8Array(tokens).fill(1), signals: own }))]);

const threads = new ClusterThreads();
/** @type {Record<string, () => Promise<unknown>>} */
const sides = {
  alone: async () => credit(signals),
  threads: async () => credit(await threads.reduced(signals, method)),
};
/** @type {Record<string, number[]>} */
const seconds = { alone: [], threads: [] };
for (let i = 0; i < repetitions; i++) {
  for (const [side, work] of Object.entries(sides)) {
    const start = performance.now();
    await work();
    seconds[side].push((performance.now() - start) / 1000);
  }
}
await threads.close();
const [alone, divided] = [spread(seconds.alone).median, spread(seconds.threads).median];
console.log(JSON.stringify(provenance()));
console.log(
  table([
    ["", "seconds", "ratio"],
    ["the method alone", alone.toFixed(2), "1"],
    [`${availableParallelism()} threads`, divided.toFixed(2), (alone / divided).toFixed(2)],
  ]),
);
