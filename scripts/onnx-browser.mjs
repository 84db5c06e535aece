/**
 * @module
 * Runs an exported model in a real Chromium with onnxruntime-web and holds it against the engine: greedy tokens,
 * log-probs and attention signals on problems of the digits task. Name the `dist` of an
 * onnxruntime-web, such as that in node_modules.
 *
 *     node scripts/onnx-browser.mjs --model <directory> --ort <node_modules/onnxruntime-web/dist>
 *       [--problems 16] [--tokens 64] [--threads 1] [--provider wasm|webgpu] [--largest <bytes>]
 *
 * WebGPU needs no graphics card: Chromium's software adapter is asked for.
 *
 * Prints one JSON object. Fails when a token differs or a log-prob is further off than 1e-4.
 */
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { openConfiguredDialogue, resolveConfig } from "fovea/config";
import { attentionSignals, dycoRl } from "fovea/credit";
import { digitsSource } from "fovea/data/digits";
import { createLocalEngine } from "fovea/engine";
import { exportOnnx, openModelDirectory } from "fovea/model";
import { chromium } from "playwright-core";

/** @import { Completion } from "fovea/engine" */

const { values: options } = parseArgs({
  options: {
    model: { type: "string" },
    ort: { type: "string" },
    problems: { type: "string", default: "16" },
    tokens: { type: "string", default: "64" },
    threads: { type: "string", default: "1" },
    provider: { type: "string", default: "wasm" },
    largest: { type: "string", default: "2e9" },
    chromium: { type: "string", default: process.env["CHROMIUM"] ?? "/usr/bin/chromium" },
  },
});
const { model, ort } = options;
if (model === undefined || ort === undefined) throw new Error("expected --model and --ort");
const MIME = /** @type {Readonly<Record<string, string>>} */ ({
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
});

const folder = mkdtempSync(join(tmpdir(), "fovea-onnx-browser-"));
const onnx = join(folder, "onnx");
const manifest = exportOnnx(model, onnx, { maxFileBytes: Number(options.largest) });
const { vision } = openModelDirectory(model);
const dialogue = await openConfiguredDialogue(resolveConfig());
const source = digitsSource({ split: "validation", seed: 1 });
const prompts = Array.from({ length: Number(options.problems) }, (_, i) =>
  dialogue.prompt(source.problem(i)),
);
const prepared = prompts.map((prompt) => vision.spell(prompt));
const cases = prepared.map(({ tokens, positions, images }) => ({
  tokens: [...tokens],
  positions: positions.components.flatMap((component) => [...component]),
  next: positions.next,
  images: images.map(({ patches, grid }) => ({ patches: [...patches], grid })),
}));

const WEBGPU =
  options.provider === "webgpu"
    ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"]
    : [];

/** What the engine says. */
async function ofEngine() {
  const engine = await createLocalEngine({ model: /** @type {string} */ (model) });
  try {
    const groups = await engine.sample({
      prompts,
      groupSize: 1,
      maxCompletionTokens: Number(options.tokens),
      temperature: 0,
      topP: 1,
      topK: 0,
      stopTokens: manifest.tokens.stop,
      seed: 1,
      signals: { attention: { row: "own" } },
    });
    return groups.flat();
  } finally {
    await engine.close();
  }
}

/** The program of the page: onnxruntime-web and the exported files, and nothing of Fovea. */
const PAGE = `
import * as ort from "/ort/ort.${options.provider}.min.mjs";
ort.env.wasm.wasmPaths = "/ort/";
ort.env.wasm.numThreads = ${Number(options.threads)};
const long = (values, dims) => new ort.Tensor("int64", BigInt64Array.from(values, BigInt), dims);
const float = (values, dims) => new ort.Tensor("float32", Float32Array.from(values), dims);
const open = ({ file, data }) =>
  ort.InferenceSession.create("/onnx/" + file, {
    executionProviders: ["${options.provider}"],
    externalData: data.map((path) => ({ path, data: "/onnx/" + path })),
  });

globalThis.answer = async (limit) => {
  const [manifest, cases] = await Promise.all(["/onnx/onnx.json", "/cases.json"].map(async (url) => (await fetch(url)).json()));
  const begun = performance.now();
  const { vision, embedding, decoder } = manifest.models;
  const sessions = [];
  for (const model of [vision, embedding, decoder]) sessions.push(await open(model));
  const [see, embed, decode] = sessions;
  const loadMs = performance.now() - begun;
  const width = vision.outputs[0].shape[1];
  const caches = decoder.inputs.filter(({ name }) => name.startsWith("past_key_values."));
  const answers = [];
  let steps = 0;
  const started = performance.now();
  for (const { tokens, positions, next, images } of cases) {
    const features = [];
    for (const { patches, grid } of images) {
      const count = grid[0] * grid[1] * grid[2];
      const feeds = { pixel_values: float(patches, [count, patches.length / count]), grid_thw: long(grid, [3]) };
      features.push(...(await see.run(feeds)).image_features.data);
    }
    let embeds = (await embed.run({ input_ids: long(tokens, [1, tokens.length]), image_features: float(features, [features.length / width, width]) })).inputs_embeds;
    let cache = Object.fromEntries(caches.map(({ name, shape }) => [name, float([], [1, shape[1], 0, shape[3]])]));
    let at = long(positions, [3, 1, tokens.length]);
    let total = tokens.length;
    const answer = { tokens: [], logprobs: [], rows: [] };
    for (let t = 0; ; t++, total++) {
      const results = await decode.run({ ...cache, inputs_embeds: embeds, position_ids: at, attention_mask: long(new Array(total).fill(1), [1, total]), num_logits_to_keep: long([1], []) });
      steps++;
      if (t > 0) answer.rows.push([...results.attention.data]);
      if (t === limit || manifest.tokens.stop.includes(answer.tokens.at(-1))) break;
      const logits = results.logits.data;
      let best = -1;
      for (let id = 0; id < logits.length; id++) {
        if (!manifest.tokens.neverSampled.includes(id) && (best < 0 || logits[id] > logits[best])) best = id;
      }
      const largest = Math.max(...logits);
      answer.tokens.push(best);
      answer.logprobs.push(logits[best] - largest - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)));
      cache = Object.fromEntries(caches.map(({ name }) => [name, results[name.replace("past_key_values", "present")]]));
      embeds = (await embed.run({ input_ids: long([best], [1, 1]), image_features: float([], [0, width]) })).inputs_embeds;
      at = long(new Array(3).fill(next + t), [3, 1, 1]);
    }
    answers.push(answer);
  }
  return { answers, loadMs, msPerToken: (performance.now() - started) / steps, threads: ort.env.wasm.numThreads, isolated: crossOriginIsolated };
};
globalThis.ready = true;
`;

/** Serves the page, the exported files and onnxruntime-web. */
function serve() {
  return createServer((request, response) => {
    const path = normalize((request.url ?? "/").replace(/\?.*/, ""));
    // what threads in WebAssembly need
    const headers = {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    };
    const send = (/** @type {string} */ type, /** @type {string} */ body) =>
      response.writeHead(200, { ...headers, "Content-Type": type }).end(body);
    if (path === "/") return send("text/html", `<!doctype html><script type="module">${PAGE}</script>`);
    if (path === "/cases.json") return send("application/json", JSON.stringify(cases));
    const file = path.startsWith("/ort/")
      ? join(/** @type {string} */ (ort), path.slice(5))
      : path.startsWith("/onnx/")
        ? join(onnx, path.slice(6))
        : "";
    if (!existsSync(file)) return response.writeHead(404, headers).end();
    response.writeHead(200, {
      ...headers,
      "Content-Type": MIME[extname(file)] ?? "application/octet-stream",
    });
    return createReadStream(file).pipe(response);
  });
}

/**
 * @typedef {{ tokens: number[], logprobs: number[], rows: number[][] }} Answer
 * @typedef {{ answers: Answer[], loadMs: number, msPerToken: number, threads: number, isolated: boolean }} Page
 */

/**
 * What the browser says.
 *
 * @returns {Promise<Page & { browser: string }>}
 */
async function ofBrowser() {
  const server = serve();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const browser = await chromium.launch({
    executablePath: options.chromium,
    args: ["--no-sandbox", ...WEBGPU],
  });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${address.port}/`);
    await page.waitForFunction("globalThis.ready === true");
    const found = /** @type {Page} */ (await page.evaluate(`answer(${Number(options.tokens)})`));
    return { ...found, browser: browser.version() };
  } finally {
    await browser.close();
    server.close();
  }
}

/**
 * DyCo-RL's signals from the rows that the browser kept.
 *
 * @param {Answer} answer
 * @param {number} i of the problem
 */
function signalsOf({ rows, tokens }, i) {
  const { imageIndex } = prepared[i] ?? { imageIndex: new Int32Array() };
  const keys = imageIndex.length + tokens.length;
  const padded = rows.flatMap((row) => [...row, ...new Array(keys - row.length).fill(0)]);
  const kind = Uint8Array.from({ length: keys }, (_, j) => ((imageIndex[j] ?? -1) >= 0 ? 2 : 1));
  return attentionSignals(padded, { tokens: tokens.length, keys }, kind, imageIndex.length);
}

const expected = await ofEngine();
const { answers, ...found } = await ofBrowser();
rmSync(folder, { recursive: true });

let differentTokens = 0;
let differentRoles = 0;
let tokens = 0;
let logprobError = 0;
let signalError = 0;
for (const [i, answer] of answers.entries()) {
  const completion = /** @type {Completion} */ (expected[i]);
  const attention = completion.signals?.attention;
  if (attention === undefined) throw new Error("the engine returned no attention");
  if (answer.tokens.length !== completion.tokens.length) differentTokens++;
  const signals = signalsOf(answer, i);
  const roles = [dycoRl(signals).roles, dycoRl(attention).roles];
  for (const [t, token] of completion.tokens.entries()) {
    tokens++;
    if (answer.tokens[t] !== token) differentTokens++;
    if (roles[0]?.[t] !== roles[1]?.[t]) differentRoles++;
    logprobError = Math.max(
      logprobError,
      Math.abs((answer.logprobs[t] ?? Number.NaN) - (completion.logprobs[t] ?? 0)),
    );
    for (const name of /** @type {const} */ (["visualMass", "textMass", "visualShift", "textShift"])) {
      signalError = Math.max(
        signalError,
        Math.abs((signals[name][t] ?? Number.NaN) - (attention[name][t] ?? 0)),
      );
    }
  }
}
const { version } = JSON.parse(readFileSync(join(ort, "../package.json"), "utf8"));
const result = {
  problems: answers.length,
  tokens,
  differentTokens,
  differentRoles,
  logprobError,
  signalError,
};
console.log(
  JSON.stringify({
    ...result,
    ...found,
    "onnxruntime-web": version,
    provider: options.provider,
    files: Object.values(manifest.models).flatMap(({ file, data }) => [file, ...data]).length,
  }),
);
if (!(differentTokens === 0 && logprobError <= 1e-4)) process.exitCode = 1;
