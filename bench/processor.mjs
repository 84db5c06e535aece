/**
 * @module
 * Images per second from file to patches: Fovea in two threads, and transformers' Pillow-based processor, in turn on
 * the same files. Before anything is timed both must give the same patches, to the bit.
 *
 *     npm run --silent build && node bench/processor.mjs [--python PATH] [--threads N] [--rounds N] [--json]
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Rng } from "fovea/math";
import { decodeImage, preprocess } from "fovea/model";
import sharp from "sharp";
import { provenance, spread, table } from "./statistics.mjs";

const LIMITS = { size: { shortest_edge: 56 * 56, longest_edge: 28 * 28 * 1280 } };
/** The published processor's settings. */
const PROCESSOR = /** @type {const} */ ({
  minPixels: LIMITS.size.shortest_edge,
  maxPixels: LIMITS.size.longest_edge,
  patchSize: 14,
  temporalPatchSize: 2,
  mergeSize: 2,
  rescaleFactor: 1 / 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
});
/** What photographs, screenshots and figures in training data look like. */
const SIZES = /** @type {const} */ ([
  [640, 480, "jpg"],
  [1280, 960, "jpg"],
  [1920, 1080, "jpg"],
  [800, 600, "png"],
  [512, 384, "webp"],
]);

/** @param {string} path */
async function patchesOf(path) {
  return preprocess(await decodeImage(path), PROCESSOR).patches;
}

/** @param {string} folder @param {number} copies */
async function writeImages(folder, copies) {
  const rng = new Rng(9);
  const files = [];
  for (let copy = 0; copy < copies; copy++) {
    for (const [width, height, format] of SIZES) {
      const [a, b, c] = [1 + rng.integer(5), 1 + rng.integer(5), 20 + rng.integer(60)];
      const data = new Uint8Array(width * height * 3);
      for (let i = 0; i < data.length; i++) {
        const x = Math.floor(i / 3) % width;
        const y = Math.floor(i / 3 / width);
        data[i] = 128 + 90 * Math.sin((x * a + y * b) / c + (i % 3)) + (((i * 2654435761) >>> 8) % 17);
      }
      const path = join(folder, `${files.length}.${format}`);
      const image = sharp(data, { raw: { width, height, channels: 3 } });
      writeFileSync(path, await image.toFormat(format, format === "png" ? {} : { quality: 90 }).toBuffer());
      files.push(path);
    }
  }
  return files;
}

/** Seconds that `threads` workers need for all files, each taking every n-th. */
async function foveaSeconds(/** @type {Worker[]} */ workers) {
  const start = performance.now();
  await Promise.all(
    workers.map((worker) => {
      const done = once(worker, "message");
      worker.postMessage("go");
      return done;
    }),
  );
  return (performance.now() - start) / 1000;
}

async function main() {
  const { values: options } = parseArgs({
    options: {
      python: { type: "string", default: "python3" },
      threads: { type: "string", default: "2" },
      rounds: { type: "string", default: "5" },
      copies: { type: "string", default: "8" },
      json: { type: "boolean", default: false },
    },
  });
  const threads = Number(options.threads);
  const folder = mkdtempSync(join(tmpdir(), "fovea-processor-"));
  try {
    const files = await writeImages(folder, Number(options.copies));
    const digest = createHash("sha256");
    for (const file of files.slice(0, SIZES.length))
      digest.update(new Uint8Array((await patchesOf(file)).buffer));
    const script = new URL("processor.py", import.meta.url).pathname;
    const env = { ...process.env, OMP_NUM_THREADS: `${threads}` };
    /** @param {string[]} extra */
    const python = (...extra) => {
      const run = spawnSync(options.python, ["-W", "ignore", script, folder, ...extra], {
        env,
        encoding: "utf8",
      });
      if (run.status !== 0) throw new Error(`${options.python}: ${run.stderr}`);
      return JSON.parse(run.stdout);
    };
    const theirs = python("--check", `${SIZES.length}`);
    if (theirs.sha256 !== digest.digest("hex")) throw new Error("the two sides give different patches");

    const workers = Array.from(
      { length: threads },
      (_, part) =>
        new Worker(new URL(import.meta.url), { workerData: files.filter((__, i) => i % threads === part) }),
    );
    await foveaSeconds(workers);
    /** @type {{ fovea: number, sequence: number, pool: number, foveaCpu: number, transformersCpu: number }[]} */
    const rounds = [];
    for (let round = 0; round < Number(options.rounds); round++) {
      const before = process.cpuUsage();
      const fovea = files.length / (await foveaSeconds(workers));
      const { user, system } = process.cpuUsage(before);
      const foveaCpu = (user + system) / 1000 / files.length;
      const { sequence, pool, cpu } = python("--threads", `${threads}`);
      rounds.push({ fovea, sequence, pool, foveaCpu, transformersCpu: cpu });
      process.stderr.write(
        `round ${round + 1}: ${fovea.toFixed(1)}, ${sequence.toFixed(1)}, ${pool.toFixed(1)}\n`,
      );
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
    const of = (/** @type {keyof typeof rounds[0]} */ side) => spread(rounds.map((each) => each[side]));
    const ratio = (/** @type {"sequence" | "pool"} */ side) =>
      spread(rounds.map((each) => each.fovea / each[side]));
    const result = {
      images: files.length,
      threads,
      fovea: of("fovea"),
      transformers: { sequence: of("sequence"), pool: of("pool"), versions: theirs.versions },
      ratio: { sequence: ratio("sequence"), pool: ratio("pool") },
      cpuMsPerImage: { fovea: of("foveaCpu"), transformers: of("transformersCpu") },
      target: 3,
      ...provenance(),
    };
    const row = (/** @type {string} */ name, /** @type {"sequence" | "pool"} */ side) => [
      name,
      result.fovea.median.toFixed(1),
      result.transformers[side].median.toFixed(1),
      result.ratio[side].median.toFixed(2),
      `${result.ratio[side].low.toFixed(2)}-${result.ratio[side].high.toFixed(2)}`,
    ];
    const text = table([
      ["against transformers", "Fovea images/s", "transformers images/s", "ratio", "quartiles"],
      row("one image after the other", "sequence"),
      row(`a pool of ${threads} threads`, "pool"),
    ]);
    const cpu = result.cpuMsPerImage;
    const line = `processor time an image: ${cpu.fovea.median.toFixed(1)} ms and ${cpu.transformers.median.toFixed(1)} ms`;
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${text}\n${line}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (isMainThread) await main();
else {
  const work = async () => {
    // The next file is decoded while this one's patches are cut.
    let next = decodeImage(workerData[0]);
    for (let i = 0; i < workerData.length; i++) {
      const image = await next;
      if (i + 1 < workerData.length) next = decodeImage(workerData[i + 1]);
      preprocess(image, PROCESSOR);
    }
    parentPort?.postMessage("done");
  };
  parentPort?.on("message", () => void work());
}
