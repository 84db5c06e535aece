/**
 * What one iteration of a cluster costs its controller: AT-RL's credit over many long completions, from a server that answers
 * at once. Bytes both ways, seconds of each phase and the peak memory of this process; the server is another process. With
 * `--gram` the server sends matrices of inner products, as engines do that cannot find clusters.
 *
 *     npm run --silent build && node bench/cluster.mjs [--prompts 64] [--group 8] [--tokens 2048] [--gram] [--json]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { freshSmallModel, resolveConfig, runTraining } from "fovea/config";
import { createTinkerEngine } from "fovea/engine";
import { provenance, table } from "./statistics.mjs";

const { values: options } = parseArgs({
  options: {
    prompts: { type: "string", default: "64" },
    group: { type: "string", default: "8" },
    tokens: { type: "string", default: "2048" },
    gram: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [prompts, group, tokens] = [options.prompts, options.group, options.tokens].map(Number);
const folder = mkdtempSync(join(tmpdir(), "fovea-bench-"));
const server = spawn(
  process.execPath,
  [
    fileURLToPath(new URL("cluster-server.mjs", import.meta.url)),
    join(folder, "state"),
    String(tokens),
    options.gram ? "gram" : "clusters",
  ],
  { stdio: ["pipe", "pipe", "inherit"] },
);

const sizes = { sent: 0, received: 0 };
/** @type {(url: string, request: RequestInit) => Promise<Response>} */
const counted = async (url, request) => {
  const { body } = request;
  sizes.sent +=
    typeof body === "string" ? Buffer.byteLength(body) : body instanceof Uint8Array ? body.byteLength : 0;
  const answer = await fetch(url, request);
  const bytes = await answer.arrayBuffer();
  sizes.received += bytes.byteLength;
  return new Response(bytes, answer);
};

try {
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    createInterface(server.stdout).once("line", resolve);
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const config = resolveConfig({
    flags: [
      "algorithm=dapo",
      "credit=at-rl",
      // Completions of two lengths differ by the punishment of length alone.
      `reward=[accuracy, {kind: overlong, buffer: ${Math.floor(tokens / 8)}}]`,
      "engine.check=false",
      `engine={url: ${url}}`,
      `sampling.maxCompletionTokens=${tokens}`,
      "sft.steps=0",
      "train.iterations=1",
      `train.promptsPerIteration=${prompts}`,
      `train.groupSize=${group}`,
      "train.evaluateEvery=0",
      "train.reportKlEvery=0",
      "train.checkpointEvery=0",
    ],
  });
  const model = freshSmallModel(0);
  /** @type {Record<string, number>} */
  let seconds = {};
  const start = process.cpuUsage();
  await runTraining({
    config,
    runDirectory: join(folder, "run"),
    openEngine: () => createTinkerEngine({ url, model, fetch: counted }),
    onEvent: (event) => {
      if (event.event === "iteration") seconds = { ...event.timing };
    },
  });
  const { user, system } = process.cpuUsage(start);
  const result = {
    benchmark: "cluster",
    ...provenance(),
    completions: prompts * group,
    tokens,
    signal: options.gram ? "inner products" : "clusters",
    sentMegabytes: sizes.sent / 1e6,
    receivedMegabytes: sizes.received / 1e6,
    ...seconds,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  const numbers = Object.entries(result).filter(([, value]) => typeof value === "number");
  const words = table(numbers.map(([name, value]) => [name, Number(value).toFixed(1)]));
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  (options.json ? process.stderr : process.stdout).write(`${words}\n`);
} finally {
  server.stdin.end();
  rmSync(folder, { recursive: true, force: true });
}
