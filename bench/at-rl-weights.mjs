/**
 * @module
 * What AT-RL's weights of one completion cost on one thread: Gram matrices of made-up attention rows, by length and by how
 * many tokens attend alike. With `--before` another build of Fovea computes the same in turn. Times are processor time of
 * this process, so that other programs on the machine disturb them little; ratios least.
 *
 *     npm run --silent build && node bench/at-rl-weights.mjs [--before <checkout with dist/>] [--tokens 128,2048] [--repetitions 7]
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as after from "fovea/credit";
import { KINDS, madeAttention } from "./made-attention.mjs";

/** @typedef {Pick<typeof after, "atRl" | "partition" | "similarityGraph">} Build */

const { values: options } = parseArgs({
  options: {
    before: { type: "string" },
    tokens: { type: "string", default: "128,512,1024,2048" },
    repetitions: { type: "string", default: "7" },
  },
});
const repetitions = Number(options.repetitions);

/**
 * Milliseconds of processor time.
 *
 * @param {() => unknown} work
 */
function milliseconds(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** @type {[string, Build][]} */
const builds = [["after", after]];
if (options.before !== undefined) {
  builds.unshift(["before", await import(pathToFileURL(`${options.before}/dist/credit/index.js`).href)]);
}
for (const [kind, rows] of Object.entries(KINDS)) {
  for (const tokens of options.tokens.split(",").map(Number)) {
    const input = madeAttention(tokens, rows);
    const parts = Math.max(2, Math.floor(tokens / 10));
    const graph = after.similarityGraph(input.gram, tokens);
    const runs = builds.map(([name, build]) => ({
      name,
      build,
      /** @type {number[]} */ weights: [],
      /** @type {number[]} */ partition: [],
      cut: 0,
    }));
    for (let i = 0; i < repetitions; i++) {
      for (const run of runs) {
        run.weights.push(milliseconds(() => run.build.atRl(input)));
        const cutting = () => run.build.partition(graph, parts, { tries: 1 });
        run.partition.push(milliseconds(cutting));
        run.cut = cutting().edgeCut;
      }
    }
    const density = graph.adjacency.length / (tokens * (tokens - 1));
    const words = runs.map(
      ({ name, weights, partition, cut }) =>
        `${name}: weights ${median(weights).toFixed(1)} ms (first ${(weights[0] ?? 0).toFixed(1)}, least ${Math.min(...weights).toFixed(1)}), ` +
        `partition ${median(partition).toFixed(1)} ms, cut ${cut}`,
    );
    const [one, other] = runs;
    if (one && other) {
      const faster = (/** @type {"weights" | "partition"} */ of) =>
        (median(one[of]) / median(other[of])).toFixed(1);
      words.push(
        `weights ${faster("weights")} times as fast, partition ${faster("partition")}, ` +
          `cut × ${(other.cut / one.cut).toFixed(4)}`,
      );
    }
    console.log(`${kind}, T ${tokens}, K ${parts}, density ${density.toFixed(3)}\n  ${words.join("\n  ")}`);
  }
}
