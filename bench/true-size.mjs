/**
 * @module
 * Qwen2.5-VL-3B's true shape on a small machine, with the weights streamed from the file: `score` on sequences of a
 * thousand tokens, and `fovea inspect` with every credit method on an answer about a picture. Says how long each took
 * and how much memory it needed. Each is a process of its own.
 *
 *     npm run --silent build && node bench/true-size.mjs [--directory DIR] [--threads N] [--sequences N] [--json]
 *
 * With `--directory` the checkpoint is kept there and used again; otherwise it lies in the temporary directory and is
 * removed at the end.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { writeCheckpoint } from "./true-size-checkpoint.mjs";

const { values: options } = parseArgs({
  options: {
    directory: { type: "string" },
    threads: { type: "string", default: "2" },
    sequences: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

/**
 * Runs a script in a process of its own, and says what it printed and needed.
 *
 * @param {readonly string[]} command script and arguments
 */
async function measured(command) {
  const started = performance.now();
  const hook = join(import.meta.dirname, "report-usage.mjs");
  const child = spawn(process.execPath, ["--import", hook, ...command], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const text = async (/** @type {NodeJS.ReadableStream} */ stream) => {
    let whole = "";
    for await (const chunk of stream) whole += chunk;
    return whole;
  };
  const usage = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
  const [stdout, report, code] = await Promise.all([
    text(/** @type {import("node:stream").Readable} */ (child.stdout)),
    text(usage),
    new Promise((resolve) => child.on("close", resolve)),
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")}: exit status ${code}`);
  return { stdout, seconds: (performance.now() - started) / 1000, ...JSON.parse(report) };
}

/** A disc on a gradient, 448 x 448 pixels: 256 image tokens. @param {string} path */
async function drawPicture(path) {
  const data = Uint8Array.from({ length: 448 * 448 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 448, Math.floor(i / 3 / 448)];
    return Math.hypot(x - 300, y - 150) < 90 ? 230 - 90 * (i % 3) : (x + y) / 4;
  });
  await sharp(data, { raw: { width: 448, height: 448, channels: 3 } })
    .png()
    .toFile(path);
}

/** @param {string} directory @param {string} scratch */
async function inspection(directory, scratch) {
  const picture = join(scratch, "picture.png");
  const page = join(scratch, "page.html");
  await drawPicture(picture);
  const { stdout, ...cost } = await measured([
    join(import.meta.dirname, "../dist/cli/main.js"),
    ...["inspect", directory, "--stream", "--json", "--html", page, "--image", picture],
    ...["--set", `engine.threads=${options.threads}`],
    ...["--question", "Which colour is the disc, and where is it?"],
    ...[
      "--completion",
      "The disc is orange. It lies right of the middle, in the upper half. <answer>orange</answer>",
    ],
  ]);
  const { tokens, logprobs, images, methods } = JSON.parse(stdout);
  /** @type {{ kind: string, weights: number[] | null, missing?: string }[]} */
  const judged = methods;
  if (!logprobs.every(Number.isFinite)) throw new Error("expected finite log-probs");
  if (images?.[0]?.tokens.length !== tokens.length) throw new Error("expected attention on the picture");
  const weighed = judged.filter(({ weights }) => weights !== null);
  return {
    ...cost,
    completionTokens: tokens.length,
    methods: weighed.length,
    withoutWeights: judged.filter(({ weights }) => weights === null).map(({ kind }) => kind),
    pageBytes: readFileSync(page).length,
  };
}

const scratch = mkdtempSync(join(tmpdir(), "fovea-true-size-"));
const directory = options.directory ?? join(scratch, "model");
try {
  mkdirSync(directory, { recursive: true });
  if (!existsSync(join(directory, "model.safetensors.index.json"))) writeCheckpoint(directory);
  const { stdout, ...cost } = await measured([
    join(import.meta.dirname, "true-size-score.mjs"),
    ...["--directory", directory, "--threads", options.threads, "--sequences", options.sequences],
  ]);
  const score = { ...cost, ...JSON.parse(stdout) };
  const inspect = await inspection(directory, scratch);
  const report = { threads: Number(options.threads), score, inspect };
  process.stdout.write(`${JSON.stringify(report, null, options.json ? 0 : 2)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
