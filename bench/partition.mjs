/**
 * @module
 * The partitioner beside METIS on dense graphs: AT-RL's K = max(2, ⌊T/10⌋) parts of complete graphs with random
 * weights. Both get the same integers; each time is the median processor time of the
 * repetitions, making the graph not counted; ours includes the check of the graph.
 *
 *     npm run --silent build && node bench/partition.mjs [--python .venv/bin/python] [--tokens 512,1024,2048]
 *
 * Python needs pymetis and numpy. Without `--python` only our side runs.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { partition } from "fovea/credit";

const { values: options } = parseArgs({
  options: {
    python: { type: "string" },
    tokens: { type: "string", default: "512,1024,2048" },
    repetitions: { type: "string", default: "3" },
  },
});
const repetitions = Number(options.repetitions);

/** Weights 700 … 999, by the same formula on both sides. */
function completeGraph(tokens) {
  const xadj = Int32Array.from({ length: tokens + 1 }, (_, v) => v * (tokens - 1));
  const adjacency = new Int32Array(tokens * (tokens - 1));
  const edgeWeights = new Int32Array(adjacency.length);
  let at = 0;
  for (let s = 0; s < tokens; s++) {
    for (let t = 0; t < tokens; t++) {
      if (s === t) continue;
      const key = Math.min(s, t) * tokens + Math.max(s, t);
      adjacency[at] = t;
      edgeWeights[at++] = 700 + ((Math.imul(key, 2654435761) >>> 16) % 300);
    }
  }
  return { xadj, adjacency, edgeWeights };
}

function metis(tokens) {
  const script = fileURLToPath(new URL("./partition_metis.py", import.meta.url));
  const run = spawnSync(options.python, [script, String(tokens), String(repetitions)], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

for (const tokens of options.tokens.split(",").map(Number)) {
  const graph = completeGraph(tokens);
  const parts = Math.max(2, Math.floor(tokens / 10));
  const seconds = [];
  let edgeCut = 0;
  for (let i = 0; i < repetitions; i++) {
    const start = process.cpuUsage();
    edgeCut = partition(graph, parts).edgeCut;
    const { user, system } = process.cpuUsage(start);
    seconds.push((user + system) / 1e6);
  }
  const median = seconds.sort((a, b) => a - b)[repetitions >> 1];
  const words = [`T ${tokens}, K ${parts}: ${median.toFixed(2)} s, cut ${edgeCut}`];
  if (options.python !== undefined) {
    const other = metis(tokens);
    words.push(`METIS ${other.seconds.toFixed(2)} s, cut ${other.edgeCut}`);
    words.push(
      `time × ${(median / other.seconds).toFixed(2)}, cut × ${(edgeCut / other.edgeCut).toFixed(4)}`,
    );
  }
  console.log(words.join("; "));
}
