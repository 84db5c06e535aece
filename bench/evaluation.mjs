/**
 * @module
 * Problems a second of a whole evaluation: `fovea eval` and lmms-eval with transformers, on the same checkpoint, the same
 * questions about the same charts, greedy, in float32 on both sides, each in the arrangement that is fastest here. Before
 * anything is timed both must have been asked the same tokens; answers that differ are counted and shown.
 *
 *     npm run --silent build && node bench/evaluation.mjs --python PATH [--problems N] [--tokens T] [--rounds N] [--check] [--json]
 *
 * `--check` compares the answers and times nothing.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareAnswers } from "./evaluation-answers.mjs";
import { arrangements, evaluateSide, prepare } from "./evaluation-sides.mjs";
import { provenance, spread, table } from "./statistics.mjs";
import { CONFIG, writeCheckpoint } from "./true-size-checkpoint.mjs";

/** @import { Arrangement, Setting, SideName } from "./evaluation-sides.mjs" */
/** @import { Spread } from "./statistics.mjs" */
/** @typedef {{ fovea: Spread, lmmsEval: Spread, ratio: Spread }} Rates problems a second, and Fovea's over lmms-eval's */

/** Some 50 million parameters, most of them the embedding of the published vocabulary. */
const SMALL = {
  ...CONFIG,
  text: {
    ...CONFIG.text,
    hiddenSize: 256,
    layers: 8,
    heads: 8,
    kvHeads: 2,
    headDim: 32,
    intermediateSize: 1024,
    mropeSection: [4, 6, 6],
  },
  vision: {
    ...CONFIG.vision,
    depth: 6,
    hiddenSize: 192,
    heads: 6,
    intermediateSize: 512,
    outHiddenSize: 256,
    fullAttentionBlocks: [2, 5],
  },
};
/**
 * Matrices that neither shrink nor swamp what goes through them, so that answers depend on question and chart: with the
 * usual 0.02 a model of this width says one token for ever.
 *
 * @param {readonly number[]} shape
 */
const deviation = ([rows = 1, ...columns]) =>
  rows === SMALL.text.vocabSize ? 0.1 : 1.5 / Math.sqrt(columns.reduce((product, size) => product * size, 1));

const SIDES = /** @type {const} */ (["fovea", "lmms-eval"]);
const TARGET = 3;

/** @param {string} text */
const note = (text) => process.stderr.write(`${text}\n`);

/**
 * The fastest arrangement of a side, by the whole time of a small evaluation.
 *
 * @param {SideName} side
 * @param {Setting} setting
 * @returns {Promise<Arrangement>}
 */
async function fastest(side, setting) {
  let best = { seconds: Infinity, arrangement: /** @type {Arrangement | undefined} */ (undefined) };
  for (const arrangement of arrangements(side, setting.threads)) {
    const seconds = await evaluateSide(side, arrangement, setting);
    note(`${side}, ${arrangement.name}: ${setting.problems} problems in ${seconds.toFixed(1)} s`);
    if (seconds < best.seconds) best = { seconds, arrangement };
  }
  if (best.arrangement === undefined) throw new Error(`${side} has no arrangement`);
  return best.arrangement;
}

/**
 * Both sides in turn, on all problems and on a quarter of them: the difference is time in which nothing starts.
 *
 * @param {Setting} setting
 * @param {number} rounds
 */
async function timed(setting, rounds) {
  const { problems } = setting;
  const few = { ...setting, problems: Math.max(1, Math.floor(problems / 4)) };
  const chosen = { fovea: await fastest("fovea", few), "lmms-eval": await fastest("lmms-eval", few) };
  /** @type {Record<SideName, { whole: number[], running: number[] }>} */
  const rates = { fovea: { whole: [], running: [] }, "lmms-eval": { whole: [], running: [] } };
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
      const short = await evaluateSide(side, chosen[side], few);
      const long = await evaluateSide(side, chosen[side], setting);
      rates[side].whole.push(problems / long);
      rates[side].running.push((problems - few.problems) / (long - short));
      note(
        `round ${round + 1}, ${side}: ${few.problems} in ${short.toFixed(1)} s, ${problems} in ${long.toFixed(1)} s`,
      );
    }
  }
  /** @param {"whole" | "running"} part @returns {Rates} */
  const of = (part) => {
    const [ours, theirs] = [rates.fovea[part], rates["lmms-eval"][part]];
    return {
      fovea: spread(ours),
      lmmsEval: spread(theirs),
      ratio: spread(ours.map((rate, i) => rate / (theirs[i] ?? Number.NaN))),
    };
  };
  const names = { fovea: chosen.fovea.name, "lmms-eval": chosen["lmms-eval"].name };
  return { arrangements: names, endToEnd: of("whole"), running: of("running"), target: TARGET };
}

/** @param {string} name @param {Rates} rates */
function row(name, { fovea, lmmsEval, ratio }) {
  const quartiles = `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`;
  return [name, fovea.median.toFixed(2), lmmsEval.median.toFixed(2), ratio.median.toFixed(2), quartiles];
}

async function main() {
  const { values: options } = parseArgs({
    options: {
      python: { type: "string", default: "python3" },
      problems: { type: "string", default: "192" },
      tokens: { type: "string", default: "32" },
      rounds: { type: "string", default: "3" },
      threads: { type: "string", default: "2" },
      check: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "fovea-evaluation-"));
  try {
    const checkpoint = join(folder, "model");
    mkdirSync(checkpoint);
    writeCheckpoint(checkpoint, { config: SMALL, dtype: "F32", deviation });
    const [problems, tokens, threads] = [options.problems, options.tokens, options.threads].map(Number);
    /** @type {Setting} */
    const unprepared = { folder, checkpoint, python: options.python, problems, tokens, threads, data: "" };
    const setting = { ...unprepared, data: await prepare(unprepared) };
    const answers = await compareAnswers(setting);
    note(
      `${answers.problems} prompts of the same tokens; of the answers ${answers.same} are the same token for token, ` +
        `${answers.differing.length} differ${answers.differing.map(({ problem, from }) => `; problem ${problem} from token ${from}`).join("")}`,
    );
    const about = { ...provenance(), problems, tokens, threads, answers };
    if (options.check) {
      process.stdout.write(`${JSON.stringify(about)}\n`);
      return;
    }
    const result = { ...about, ...(await timed(setting, Number(options.rounds))) };
    const text = table([
      ["problems a second", "Fovea", "lmms-eval", "ratio", "quartiles"],
      row("end to end", result.endToEnd),
      row("without starting", result.running),
    ]);
    const { fovea, "lmms-eval": theirs } = result.arrangements;
    const whole = `${text}\nFovea: ${fovea}; lmms-eval: ${theirs}; load before ${about.load}, target ${TARGET}\n`;
    if (options.json) note(whole);
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : whole);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
