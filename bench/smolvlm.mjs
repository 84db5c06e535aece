/**
 * @module
 * SmolVLM2-256M at its true shape, random weights: one iteration of GRPO by `fovea train` for each credit method, on made-up
 * images. Says what each took and how much memory it needed. Each is a process of its own.
 *
 *     npm run --silent build && node bench/smolvlm.mjs [--directory DIR] [--methods dyco-rl,at-rl,vicra] [--prompts 8]
 *         [--group 8] [--tokens 128] [--longest-edge 512] [--layers 30] [--depth 12] [--lora]
 *         [--memory "6 GiB"] [--threads N] [--json]
 *
 * With `--directory` the checkpoint is kept there and used again; otherwise it lies in the temporary directory and is
 * removed at the end. `--longest-edge 2048` is what is published: 17 tiles an image instead of one.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeSmolCheckpoint } from "./smolvlm-checkpoint.mjs";

const { values: options } = parseArgs({
  options: {
    directory: { type: "string" },
    methods: { type: "string", default: "uniform,dyco-rl,at-rl,vicra" },
    prompts: { type: "string", default: "8" },
    group: { type: "string", default: "8" },
    tokens: { type: "string", default: "128" },
    "longest-edge": { type: "string", default: "512" },
    layers: { type: "string", default: "30" },
    depth: { type: "string", default: "12" },
    lora: { type: "boolean", default: false },
    memory: { type: "string" },
    threads: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});

/** Half of all completions are rewarded, by their text, so that every group has spread. */
const REWARD = `import { defineReward } from "fovea";
export const parity = defineReward({
  create: () => (answered) =>
    answered.map(({ text }) => [...text].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 2),
});
`;

/**
 * Runs `fovea train` and gives its last iteration's event with what the process needed.
 *
 * @param {string} directory of the model
 * @param {string} scratch
 * @param {string} method
 */
async function trained(directory, scratch, method) {
  const run = join(scratch, `${method}.json`);
  writeFileSync(join(scratch, "reward.mjs"), REWARD);
  writeFileSync(
    run,
    JSON.stringify({
      model: directory,
      data: { kind: "digits" },
      credit: { kind: method },
      reward: [{ module: "./reward.mjs" }],
      algorithm: { kind: "grpo" },
      engine: {
        threads: Number(options.threads),
        ...(options.memory !== undefined && { memory: options.memory }),
        ...(options.lora && { lora: { rank: 16 } }),
      },
      sampling: { maxCompletionTokens: Number(options.tokens) },
      sft: { steps: 0 },
      train: {
        iterations: 1,
        promptsPerIteration: Number(options.prompts),
        groupSize: Number(options.group),
        evaluateEvery: 0,
        reportKlEvery: 0,
      },
    }),
  );
  const started = performance.now();
  const command = [
    ...["--import", join(import.meta.dirname, "report-usage.mjs")],
    join(import.meta.dirname, "../dist/cli/main.js"),
    ...["train", run, "--json", "--run-dir", join(scratch, `run-${method}`)],
  ];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit", "pipe"] });
  const text = async (/** @type {NodeJS.ReadableStream} */ stream) => {
    let whole = "";
    for await (const chunk of stream) whole += chunk;
    return whole;
  };
  const [stdout, usage, code] = await Promise.all([
    text(/** @type {import("node:stream").Readable} */ (child.stdout)),
    text(/** @type {import("node:stream").Readable} */ (child.stdio[3])),
    new Promise((resolve) => child.on("close", resolve)),
  ]);
  if (code !== 0) throw new Error(`fovea train: exit status ${code}`);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const iteration = events.find(({ event }) => event === "iteration");
  if (iteration === undefined) throw new Error("fovea train: no iteration");
  return { method, seconds: (performance.now() - started) / 1000, ...JSON.parse(usage), iteration };
}

const scratch = mkdtempSync(join(tmpdir(), "fovea-smolvlm-"));
const directory = options.directory ?? join(scratch, "model");
try {
  if (!existsSync(join(directory, "model.safetensors"))) {
    writeSmolCheckpoint(directory, {
      layers: Number(options.layers),
      depth: Number(options.depth),
      longestEdge: Number(options["longest-edge"]),
    });
  }
  const results = [];
  for (const method of options.methods.split(",")) {
    const result = await trained(directory, scratch, method);
    results.push(result);
    if (!options.json) {
      const { seconds, peakGiB, iteration } = result;
      process.stdout.write(
        `${method}: ${seconds.toFixed(1)} s in all, peak ${peakGiB.toFixed(2)} GiB, ${JSON.stringify(iteration.timing)}\n`,
      );
    }
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
