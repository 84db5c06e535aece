/**
 * @module
 * Sampling of this build beside another's, in turn in one process, the same prompts and seeds: completions that all have the
 * same length, completions of long-tailed lengths, and draws from a nucleus of a large vocabulary. Weights are random; lengths
 * come of so many ids that end a completion.
 *
 *     npm run --silent build && node bench/sampling.mjs --before <checkout with dist/> [--repetitions 9] [--threads 1]
 *         [--settings even,long-tailed,nucleus] [--json]
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as after from "fovea/engine";
import { provenance, spread, table } from "./statistics.mjs";

/** @typedef {Pick<typeof after, "createLocalEngine" | "freshSmallModel">} Build */
/** @typedef {{ vocabulary?: number, prompts: number, group: number, tokens: number, ending: number, topP: number, about: string }} Setting */

const { values: options } = parseArgs({
  options: {
    before: { type: "string" },
    repetitions: { type: "string", default: "9" },
    threads: { type: "string", default: "1" },
    settings: { type: "string", default: "even,long-tailed,nucleus" },
    json: { type: "boolean", default: false },
  },
});
const repetitions = Number(options.repetitions);
const threads = Number(options.threads);

/** @type {Readonly<Record<string, Setting>>} */
const SETTINGS = {
  even: {
    about: "48 prompts x 8 completions of 48 tokens each",
    prompts: 48,
    group: 8,
    tokens: 48,
    ending: 0,
    topP: 1,
  },
  "long-tailed": {
    about: "24 prompts x 8 completions of 60 tokens in the mean, 384 at most",
    prompts: 24,
    group: 8,
    tokens: 384,
    ending: 1 / 60,
    topP: 1,
  },
  nucleus: {
    about: "2 prompts x 4 completions of 16 tokens, vocabulary of 151,936, nucleus 0.95",
    vocabulary: 151_936,
    prompts: 2,
    group: 4,
    tokens: 16,
    ending: 0,
    topP: 0.95,
  },
};

/** @param {Setting} setting */
function promptsOf({ prompts }) {
  return Array.from({ length: prompts }, (_, p) => ({
    chunks: [
      {
        kind: /** @type {const} */ ("text"),
        tokens: Array.from({ length: 32 }, (__, i) => (13 * p + 7 * i) % 200),
      },
    ],
  }));
}

/**
 * @param {Build} build
 * @param {Setting} setting
 */
async function open({ createLocalEngine, freshSmallModel }, { vocabulary }) {
  const fresh = freshSmallModel(0);
  const { text } = fresh.config;
  const config = { ...fresh.config, text: { ...text, vocabSize: vocabulary ?? text.vocabSize } };
  return createLocalEngine({ model: { ...fresh, config }, threads });
}

/** @type {[string, Build][]} */
const builds = [["after", after]];
if (options.before !== undefined) {
  builds.unshift(["before", await import(pathToFileURL(`${options.before}/dist/engine/index.js`).href)]);
}
const rows = [["setting", ...builds.map(([name]) => `${name}, tokens/s`), "times", "quartiles"]];
const results = [];
for (const name of options.settings.split(",")) {
  const setting = SETTINGS[name];
  if (setting === undefined) {
    process.stderr.write(`--settings: expected some of ${Object.keys(SETTINGS).join(", ")}, got ${name}\n`);
    process.exit(2);
  }
  const prompts = promptsOf(setting);
  const { text } = after.freshSmallModel(0).config;
  const ids = Array.from({ length: text.vocabSize }, (_, id) => id);
  // A random model is nearly even over its vocabulary.
  const stopTokens = ids.filter((id) => setting.ending > 0 && id % Math.round(1 / setting.ending) === 5);
  const engines = [];
  for (const [, build] of builds) engines.push(await open(build, setting));
  /** @param {(typeof engines)[number]} engine @param {number} seed */
  const speed = async (engine, seed) => {
    const start = performance.now();
    const sampled = await engine.sample({
      prompts,
      groupSize: setting.group,
      maxCompletionTokens: setting.tokens,
      temperature: 1,
      topP: setting.topP,
      topK: 0,
      stopTokens,
      seed,
    });
    const tokens = sampled.flat().reduce((sum, completion) => sum + completion.tokens.length, 0);
    return (1000 * tokens) / (performance.now() - start);
  };
  /** @type {number[][]} */
  const speeds = engines.map(() => []);
  // Programs are compiled in the first rounds.
  for (let round = -2; round < repetitions; round++) {
    const order = [...engines.keys()];
    for (const side of round % 2 === 0 ? order : order.reverse()) {
      const one = await speed(/** @type {(typeof engines)[number]} */ (engines[side]), Math.max(0, round));
      if (round >= 0) speeds[side]?.push(one);
    }
  }
  for (const engine of engines) await engine.close();
  const ratios = (speeds.at(-1) ?? []).map((one, i) => one / (speeds[0]?.[i] ?? Number.NaN));
  const ratio = spread(ratios);
  results.push({ setting: name, about: setting.about, speeds: speeds.map(spread), ratio });
  rows.push([
    `${name}: ${setting.about}`,
    ...speeds.map((side) => spread(side).median.toFixed(0)),
    ratio.median.toFixed(2),
    `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`,
  ]);
}
const where = { ...provenance(), threads, repetitions };
process.stdout.write(
  options.json ? `${JSON.stringify({ ...where, results })}\n` : `${JSON.stringify(where)}\n${table(rows)}\n`,
);
