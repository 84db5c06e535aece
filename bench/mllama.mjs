/**
 * @module
 * `fovea inspect` with every credit method on Llama-3.2-11B-Vision's published widths at reduced depth, random weights.
 * Says which methods had weights, how long it took and how much memory it needed.
 *
 *     npm run --silent build && node bench/mllama.mjs [--directory DIR] [--layers 4] [--depth 5] [--global-depth 1]
 *         [--vocabulary 128256] [--threads 2]
 *
 * With `--directory` the checkpoint is kept there and used again; otherwise it lies in the temporary directory and is
 * removed at the end. Weights take 4 bytes a parameter in memory: 8 GB with the shape above, 3 GB with `--layers 2
 * --vocabulary 8192`; the tower's attention over 6,432 rows takes 3 GB a block beside them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { writeMllamaCheckpoint } from "./mllama-checkpoint.mjs";

const { values: options } = parseArgs({
  options: {
    directory: { type: "string" },
    layers: { type: "string", default: "4" },
    depth: { type: "string", default: "5" },
    "global-depth": { type: "string", default: "1" },
    vocabulary: { type: "string", default: "128256" },
    threads: { type: "string", default: "2" },
  },
});

const scratch = mkdtempSync(join(tmpdir(), "fovea-mllama-"));
const directory = options.directory ?? join(scratch, "model");
try {
  if (!existsSync(join(directory, "config.json"))) {
    writeMllamaCheckpoint(directory, {
      layers: Number(options.layers),
      depth: Number(options.depth),
      globalDepth: Number(options["global-depth"]),
      vocabulary: Number(options.vocabulary),
    });
  }
  const picture = join(scratch, "picture.png");
  await sharp({ create: { width: 700, height: 500, channels: 3, background: "#d08030" } })
    .png()
    .toFile(picture);
  const usage = join(scratch, "usage.json");
  const started = performance.now();
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      ...["--import", join(import.meta.dirname, "report-usage.mjs")],
      join(import.meta.dirname, "../dist/cli/main.js"),
      ...["inspect", directory, "--json", "--image", picture, "--set", `engine.threads=${options.threads}`],
      ...["--question", "Which colour?", "--completion", "It is orange. <answer>orange</answer>"],
    ],
    {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      stdio: ["ignore", "pipe", "inherit", openSync(usage, "w")],
    },
  );
  if (status !== 0) throw new Error(`fovea inspect: exit status ${status}`);
  /** @type {{ logprobs: number[], withoutImage: number[] | null, methods: { kind: string, weights: number[] | null }[] }} */
  const { logprobs, withoutImage, methods } = JSON.parse(stdout);
  if (!logprobs.every(Number.isFinite)) throw new Error("expected finite log-probs");
  if (withoutImage === null || logprobs.every((logprob, i) => logprob === withoutImage[i]))
    throw new Error("expected other log-probs without the image");
  const named = (/** @type {boolean} */ has) =>
    methods.filter(({ weights }) => (weights !== null) === has).map(({ kind }) => kind);
  const report = {
    seconds: (performance.now() - started) / 1000,
    ...JSON.parse(readFileSync(usage, "utf8")),
    completionTokens: logprobs.length,
    withWeights: named(true).length,
    withoutWeights: named(false),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
