/**
 * @module
 * Tokens a second of a random model of about 256 million parameters: the local engine on a graphics adapter and on the processor,
 * and PyTorch on the same adapter by CUDA. Prompts are text; every side samples the same numbers of tokens greedily, and takes
 * training steps of AdamW on completions of the same length.
 *
 *     npm run build && node bench/webgpu.mjs [--python python3] [--sides webgpu,pytorch,cpu] [--size large|tiny] [--seconds 60]
 *
 * A side first runs each phase once, to compile, and then repeats it for `--seconds`. Three sides and two phases take under 8
 * minutes on a graphics card. PyTorch's side needs torch and transformers, and says so where they are missing.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createLocalEngine, SMALL_ASSETS } from "fovea/engine";
import { readConfig } from "fovea/model";

/** @typedef {{ side: string, phase: string, tokensPerSecond?: number, firstSeconds?: number, error?: string }} Line */

const { values: options } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    sides: { type: "string", default: "webgpu,pytorch,cpu" },
    size: { type: "string", default: "large" },
    seconds: { type: "string", default: "60" },
    threads: { type: "string", default: "8" },
  },
});

const SIZES = {
  large: {
    model: {
      hidden_size: 1024,
      intermediate_size: 3072,
      num_hidden_layers: 20,
      num_attention_heads: 16,
      num_key_value_heads: 4,
    },
    sections: [8, 12, 12],
    workload: { prompts: 8, groupSize: 8, promptTokens: 128, newTokens: 128 },
  },
  tiny: {
    model: {
      hidden_size: 32,
      intermediate_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      num_key_value_heads: 1,
    },
    sections: [2, 3, 3],
    workload: { prompts: 1, groupSize: 2, promptTokens: 8, newTokens: 4 },
  },
};
const ADAM = {
  learningRate: 1e-5,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: 1,
};

const size = SIZES[options.size === "tiny" ? "tiny" : "large"];
const seconds = Number(options.seconds);
const directory = mkdtempSync(join(tmpdir(), "fovea-webgpu-"));
try {
  writeAssets();
  for (const side of options.sides.split(",")) {
    const lines = side === "pytorch" ? pytorch() : await fovea(side === "cpu" ? "cpu" : "webgpu");
    for (const line of lines) console.log(JSON.stringify(line));
  }
} finally {
  rmSync(directory, { recursive: true });
}

/** The small model's files with the sizes of the benchmark. */
function writeAssets() {
  cpSync(SMALL_ASSETS, directory, { recursive: true });
  const config = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
  Object.assign(config, size.model);
  config.rope_scaling.mrope_section = size.sections;
  config.vision_config.out_hidden_size = size.model.hidden_size;
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  writeFileSync(join(directory, "workload.json"), JSON.stringify({ ...size.workload, seconds }));
}

/**
 * @param {"cpu" | "webgpu"} device
 * @returns {Promise<Line[]>}
 */
async function fovea(device) {
  const { prompts: count, groupSize, promptTokens, newTokens } = size.workload;
  const config = readConfig(directory);
  const engine = await createLocalEngine({
    model: { config, assets: directory, seed: 0 },
    device,
    threads: device === "cpu" ? Number(options.threads) : 1,
    maxTokens: 16_384,
  });
  try {
    const prompts = Array.from({ length: count }, (_, p) => ({
      chunks: [
        {
          kind: /** @type {const} */ ("text"),
          tokens: Array.from({ length: promptTokens }, (_, i) => (7 * i + p) % 400),
        },
      ],
    }));
    const rules = {
      maxCompletionTokens: newTokens,
      temperature: 0,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed: 0,
    };
    const sample = () => engine.sample({ prompts, groupSize, ...rules });
    const groups = await sample();
    const sequences = groups.flatMap((group, p) =>
      group.map(({ tokens }) => ({ prompt: prompts[p] ?? { chunks: [] }, completion: tokens })),
    );
    const coefficients = sequences.map(({ completion }) => new Float64Array(completion.length).fill(1e-3));
    const train = async () => {
      await engine.accumulate(sequences, coefficients);
      await engine.step(ADAM);
    };
    const tokens = count * groupSize * newTokens;
    return [await timed(device, "sample", tokens, sample), await timed(device, "train", tokens, train)];
  } finally {
    await engine.close();
  }
}

/**
 * @param {string} side
 * @param {string} phase
 * @param {number} tokens of one repetition
 * @param {() => Promise<unknown>} work
 * @returns {Promise<Line>}
 */
async function timed(side, phase, tokens, work) {
  const begun = performance.now();
  await work();
  const first = performance.now();
  let runs = 0;
  do {
    await work();
    runs++;
  } while (performance.now() - first < seconds * 1000);
  const taken = (performance.now() - first) / 1000;
  return { side, phase, tokensPerSecond: (runs * tokens) / taken, firstSeconds: (first - begun) / 1000 };
}

/** @returns {Line[]} */
function pytorch() {
  const script = fileURLToPath(new URL("webgpu.py", import.meta.url));
  const { status, stdout, stderr, error } = spawnSync(options.python, [script, directory], {
    encoding: "utf8",
  });
  if (status !== 0) {
    const said = error?.message ?? stderr.trim().split("\n").at(-1) ?? "";
    return [{ side: "pytorch", phase: "all", error: `${options.python}: ${said}` }];
  }
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
