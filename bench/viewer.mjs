/**
 * @module
 * How fast the viewer shows a large run, and how much memory it takes: a made-up run of 2,000 iterations and 100,000
 * rollouts, by a server of its own each time and a fresh page in Chromium.
 *
 *     node bench/viewer.mjs [--iterations N] [--rollouts N] [--repetitions N] [--no-index] [--json]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { resolveConfig } from "fovea/config";
import { Rng } from "fovea/math";
import { RunDirectory } from "fovea/train";
import { chromium } from "playwright-core";
import { provenance, spread, table } from "./statistics.mjs";

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    iterations: { type: "string", default: "2000" },
    rollouts: { type: "string", default: "100000" },
    repetitions: { type: "string", default: "5" },
    index: { type: "boolean", default: true },
    json: { type: "boolean", default: false },
  },
});
const iterations = Number(options.iterations);
const perIteration = Math.round(Number(options.rollouts) / iterations);
const repetitions = Number(options.repetitions);
const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const WORDS = [" 3", "+", " 5", "=", " 8", ".", " I", " see", " and", ",", "think", "answer"];
const TOKENS = 40;
const GROUP = 10;

/** One line of metrics.jsonl, with as many numbers as a real one has. */
function metrics(iteration, rng) {
  const around = (middle) => middle * (1 + 0.1 * rng.normal());
  const timing = Object.fromEntries(
    ["prepare", "sample", "verify", "credit", "score", "update", "total"].map((name, i) => [
      `${name}Seconds`,
      Math.abs(around(i + 0.1)),
    ]),
  );
  return {
    event: "iteration",
    iteration,
    learningRate: 2e-4 * (1 - iteration / iterations),
    problems: 5,
    completions: perIteration,
    tokens: Math.round(around(TOKENS * perIteration)),
    reward: around(0.4 + (0.4 * iteration) / iterations),
    rewardParts: { accuracy: around(0.5), format: around(0.9) },
    accuracy: around(0.5),
    groupSpread: around(0.2),
    groupsWithoutSpread: around(0.5),
    completionTokensMean: around(TOKENS),
    truncatedShare: Math.abs(around(0.01)),
    entropy: around(0.05),
    kl: around(0.1),
    loss: 1e-9 * rng.normal(),
    gradientNorm: around(0.5),
    ratioMean: around(1),
    clipLowShare: Math.abs(around(0.01)),
    clipHighShare: Math.abs(around(0.01)),
    advantageMagnitude: around(0.8),
    weightMean: 1.2,
    weightMax: around(1.35),
    effectiveTokens: around(28),
    roles: { visual: around(0.35), text: around(0.55), neutral: around(0.1) },
    alignment: around(0.54),
    steps: 1,
    skippedSteps: 0,
    timing: { ...timing, tokensPerSecond: around(7000) },
  };
}

function rollout(iteration, place, rng) {
  const numbers = (scale) =>
    Array.from({ length: TOKENS }, () => Number((scale * rng.uniform()).toPrecision(6)));
  const texts = Array.from({ length: TOKENS }, () => WORDS[rng.integer(WORDS.length)]);
  const accuracy = rng.integer(2);
  const index = iteration * 100 + Math.floor(place / GROUP);
  return {
    problem: `digits-train-0-${index}`,
    index,
    kind: "sum",
    question: "What is the sum of all digits?",
    answers: ["15"],
    completion: texts.join(""),
    reward: accuracy + 0.1,
    rewardParts: { accuracy, format: 1 },
    verdict: accuracy,
    stopReason: "stop",
    tokens: texts.map((_, t) => t + 20),
    tokenTexts: texts,
    logprobs: numbers(-1),
    entropy: numbers(1),
    weights: numbers(2),
    roles: texts.map(() => ["visual", "text", "neutral"][rng.integer(3)]),
    alignment: numbers(1),
  };
}

function writeRun(path) {
  const rng = new Rng(1);
  mkdirSync(join(path, "rollouts"), { recursive: true });
  const config = resolveConfig({ flags: [`train.iterations=${iterations}`] });
  writeFileSync(join(path, "config.json"), JSON.stringify({ version: 1, kind: "train", config, data: {} }));
  const directory = RunDirectory.open(path);
  const lines = [];
  for (let iteration = 1; iteration <= iterations; iteration++) {
    lines.push(JSON.stringify(metrics(iteration, rng)));
    const rollouts = Array.from({ length: perIteration }, (_, place) => rollout(iteration, place, rng));
    if (options.index) {
      // As a run writes them: the file, and its line of the index.
      directory.writeRollouts(iteration, rollouts);
      continue;
    }
    const texts = rollouts.map((one) => JSON.stringify(one));
    const name = `${String(iteration).padStart(6, "0")}.jsonl`;
    writeFileSync(join(path, "rollouts", name), `${texts.join("\n")}\n`);
  }
  writeFileSync(join(path, "metrics.jsonl"), `${lines.join("\n")}\n`);
}

/** Resident memory of a process, MiB. */
function resident(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

async function startServer(path) {
  const child = spawn(process.execPath, [MAIN, "view", path, "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { child, url: JSON.parse(line).url };
}

/** Milliseconds of the page's own clock, from its navigation on, at the first frame in which something holds. */
function momentOf(page, condition) {
  const look = `const look = () => (${condition} ? resolve(performance.now()) : requestAnimationFrame(look)); look();`;
  return page.evaluate(`new Promise((resolve) => { ${look} })`);
}

/** What one visit measures: milliseconds and MiB. */
async function visit(browser, path) {
  const { child, url } = await startServer(path);
  const idle = resident(child.pid);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Performance.enable");
  await page.goto(url, { waitUntil: "commit" });
  const curves = await momentOf(page, "document.querySelector('.chart canvas')");
  const paint = await page.evaluate(
    "performance.getEntriesByType('paint').find(({ name }) => name === 'first-contentful-paint').startTime",
  );
  const turn = await page.evaluate("performance.now()");
  await page.keyboard.press("2");
  const rollouts = (await momentOf(page, "document.querySelector('.strip')")) - turn;
  const jump = await page.evaluate("performance.now()");
  await page.keyboard.press("[");
  const number = "document.querySelector('[aria-label=\"Number of the iteration\"]').value";
  const shown = `location.hash.includes('iteration=${iterations - 1}') && ${number} === '${iterations - 1}'`;
  const iteration = (await momentOf(page, `${shown} && document.querySelector('.strip')`)) - jump;
  const { metrics: counters } = await client.send("Performance.getMetrics");
  const heap = counters.find(({ name }) => name === "JSHeapUsedSize").value / 2 ** 20;
  const server = resident(child.pid);
  // The page that is shown meanwhile is the old one; the new one has more than one iteration on it.
  const listed = `location.hash.includes('iteration=all') && document.querySelectorAll('.completion').length === 64`;
  const across = await page.evaluate("performance.now()");
  await page.keyboard.press("i");
  const first = (await momentOf(page, listed)) - across;
  const entropies = "[...document.querySelectorAll('.group')].map((group) => group.textContent).join()";
  const before = JSON.stringify(await page.evaluate(entropies));
  const again = await page.evaluate("performance.now()");
  await page.locator("#sort").selectOption("entropy");
  const sorted = (await momentOf(page, `${listed} && ${entropies} !== ${before}`)) - again;
  const ranked = resident(child.pid);
  await context.close();
  child.kill("SIGKILL");
  return { paint, curves, rollouts, iteration, heap, idle, server, first, sorted, ranked };
}

if (!existsSync(CHROMIUM)) throw new Error(`no Chromium at ${CHROMIUM}: set CHROMIUM to its path`);
const directory = mkdtempSync(join(tmpdir(), "fovea-bench-viewer-"));
const run = join(directory, "large");
try {
  writeRun(run);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  await visit(browser, run);
  const visits = [];
  for (let i = 0; i < repetitions; i++) visits.push(await visit(browser, run));
  await browser.close();
  const names = {
    paint: "first contentful paint, ms",
    curves: "first curve drawn, ms",
    rollouts: "to the rollouts page, ms",
    iteration: "to another iteration, ms",
    heap: "page, JavaScript heap, MiB",
    idle: "server before any request, resident MiB",
    server: "server after all of this, resident MiB",
    first: "to a list of all iterations, first time, ms",
    sorted: "to the same list by entropy, ms",
    ranked: "server with all iterations indexed, resident MiB",
  };
  const result = Object.fromEntries(
    Object.keys(names).map((key) => [key, spread(visits.map((one) => one[key]))]),
  );
  const report = { iterations, rollouts: iterations * perIteration, repetitions, result, ...provenance() };
  const rows = Object.entries(names).map(([key, name]) => {
    const { median, low, high } = result[key];
    return [name, median.toFixed(0), `${low.toFixed(0)}–${high.toFixed(0)}`];
  });
  const text = `${table([["measured", "median", "quartiles"], ...rows])}\n`;
  if (options.json) {
    process.stderr.write(text);
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } else process.stdout.write(text);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
