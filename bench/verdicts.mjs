/**
 * Verdicts a second, ours beside Math-Verify's on the same pairs, and the slowest answers of many lengths.
 *
 *   node bench/verdicts.mjs [--python PYTHON] [--rounds 5]
 *   node bench/verdicts.mjs --peak                              # memory alone, in a process of its own
 *
 * PYTHON is an interpreter with math-verify 0.9.0; without one only ours is timed. Pairs are the rows of
 * fixtures/verify/answers-peers.jsonl whose mode is `equivalent`, but for one of 100,000 digits. Both parse both sides of
 * every pair in every round, in one process, after one round that is not counted.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { answerVerdict, equivalent, extractAnswer } from "fovea/verify";

const { values } = parseArgs({
  options: {
    python: { type: "string" },
    rounds: { type: "string", default: "5" },
    peak: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const rows = readFileSync(here("../fixtures/verify/answers-peers.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line))
  .filter(({ mode, gold }) => mode === "equivalent" && gold.length < 10_000);

/** The value in the middle. */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Microseconds of each pair, the median over the rounds. */
function ours() {
  const times = rows.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { given, gold }] of rows.entries()) {
      const start = process.hrtime.bigint();
      equivalent(given, gold);
      if (round > 0) times[i].push(Number(process.hrtime.bigint() - start) / 1000);
    }
  }
  return times.map(median);
}

/** The same for Math-Verify. */
function mathVerify(python) {
  const path = join(mkdtempSync(join(tmpdir(), "verdicts-")), "pairs.json");
  writeFileSync(path, JSON.stringify(rows.map(({ given, gold }) => [given, gold])));
  return JSON.parse(execFileSync(python, [here("verdicts.py"), path, String(rounds)], { encoding: "utf8" }));
}

function report(name, times) {
  const total = times.reduce((sum, time) => sum + time, 0);
  const sorted = times.toSorted((a, b) => a - b);
  console.log(
    `${name}: ${Math.round((1e6 * times.length) / total)} verdicts a second; microseconds: ` +
      `median ${median(times).toFixed(1)}, 99 % ${sorted[Math.floor(0.99 * sorted.length)].toFixed(1)}, most ${sorted.at(-1).toFixed(1)}`,
  );
  return { rate: times.length / total, median: median(times) };
}

const PIECES =
  "1|1,|1 |\\boxed{1} |\\boxed{|<answer>|{|(A) |A or |$1$ |\\(1\\)|**|^|9^|5!|\\frac12|\\sqrt{|(|1±|x+|<think></think>|The answer is 5. |Answer: A\n|答案：5。|页|1 or |5 cm |5%|(1,2),|{1,2},|\\sin|a_|f(|word |1/|∓x|\\sin x=|\\p{|final |\\(|1:|x=1 |5 ..... # ".split(
    "|",
  );

/** The slowest of texts of one piece over and over, one answer, the median of five runs each, in milliseconds. */
function slowest(size) {
  let most = { time: 0, piece: "" };
  for (const piece of PIECES) {
    const text = piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
    const problem = { question: "", answers: ["B"], options: ["one", "two"], columns: {} };
    for (const answer of [
      () => extractAnswer(text),
      () => answerVerdict().judge(text, problem),
      () => equivalent(text, `${text.slice(0, -1)}7`),
    ]) {
      const runs = [0, 1, 2, 3, 4].map(() => {
        const start = performance.now();
        answer();
        return performance.now() - start;
      });
      if (median(runs) > most.time) most = { time: median(runs), piece };
    }
  }
  return most;
}

/** The largest resident memory of this process so far, in MiB. */
const peak = () => process.resourceUsage().maxRSS / 1024;

if (values.peak) {
  const judge = (text) => answerVerdict().judge(text, { question: "", answers: ["5"], columns: {} });
  for (const piece of PIECES) judge(piece.repeat(1000));
  const before = peak();
  for (const piece of PIECES) judge(piece.repeat(1e6 / piece.length));
  console.log(
    `memory while ${PIECES.length} completions of 1 MB are judged: at most ${peak().toFixed(0)} MiB resident, ` +
      `${(peak() - before).toFixed(0)} MiB more than for texts of 1,000 pieces`,
  );
  process.exit();
}

console.log(
  `${cpus()[0]?.model ?? "unknown processor"}, load ${loadavg()[0].toFixed(1)}, ${rows.length} pairs`,
);
const mine = report("fovea", ours());
if (values.python !== undefined) {
  const theirs = report("Math-Verify 0.9.0", mathVerify(values.python));
  console.log(
    `fovea over Math-Verify: ${(mine.rate / theirs.rate).toFixed(0)} times as many a second, ` +
      `${(theirs.median / mine.median).toFixed(0)} times at the median`,
  );
}

for (const size of [1000, 2000, 10_000, 1_000_000]) {
  const { time, piece } = slowest(size);
  console.log(
    `${size} characters: at most ${time.toFixed(1)} ms, for ${JSON.stringify(piece)} over and over`,
  );
}
process.stdout.write(execFileSync(process.execPath, [here("verdicts.mjs"), "--peak"], { encoding: "utf8" }));
