/**
 * Verdicts a second, ours beside Math-Verify's on the same pairs, and the slowest answers of many lengths.
 *
 *   node bench/verdicts.mjs [--python PYTHON] [--rounds 5]
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
  options: { python: { type: "string" }, rounds: { type: "string", default: "5" } },
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

const PIECES =
  "1|1,|1 |\\boxed{1} |\\boxed{|<answer>|{|(A) |A or |$1$ |\\(1\\)|**|^|9^|5!|\\frac12|\\sqrt{|(|1±|x+|<think></think>|The answer is 5. |Answer: A\n|答案：5。|页|1 or |5 cm |5%|(1,2),|{1,2},|\\sin|a_|f(|word |1/".split(
    "|",
  );

/** The slowest of texts of one piece over and over, the median of three runs each, in milliseconds. */
function slowest(size) {
  let most = { time: 0, piece: "" };
  for (const piece of PIECES) {
    const text = piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
    const problem = { question: "", answers: ["B"], options: ["one", "two"], columns: {} };
    const runs = [0, 1, 2].map(() => {
      const start = performance.now();
      extractAnswer(text);
      answerVerdict().judge(text, problem);
      equivalent(text, `${text.slice(0, -1)}7`);
      return performance.now() - start;
    });
    if (median(runs) > most.time) most = { time: median(runs), piece };
  }
  return most;
}

for (const size of [1000, 2000, 10_000, 1_000_000]) {
  const { time, piece } = slowest(size);
  console.log(
    `${size} characters: at most ${time.toFixed(1)} ms, for ${JSON.stringify(piece)} over and over`,
  );
}
const before = process.memoryUsage.rss();
for (const piece of PIECES)
  answerVerdict().judge(piece.repeat(1e6 / piece.length), { question: "", answers: ["5"], columns: {} });
console.log(
  `memory after ${PIECES.length} completions of 1 MB: ${((process.memoryUsage.rss() - before) / 2 ** 20).toFixed(0)} MiB more`,
);
