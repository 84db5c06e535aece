/**
 * Whole verdicts, answer found and compared, beside those of an earlier commit.
 *
 *   git worktree add --detach before 02caeee && (cd before && npm ci && npx tsc -b)
 *   node bench/verdicts-before.mjs before [--rounds 8]
 *
 * Both judge the same texts in turn in one process: the least of the rounds for each text, each round the mean of 20
 * calls. A text's problem is new in every call, and so is a group's, so that nothing is remembered between calls. The
 * earlier commit's verdict is its `extractAnswer` and its `equivalent`.
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { answerVerdict } from "fovea/verify";

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "8" } },
  allowPositionals: true,
});
const [checkout] = positionals;
if (checkout === undefined) throw new Error("usage: node bench/verdicts-before.mjs CHECKOUT [--rounds 8]");
const build = await import(resolve(checkout, "dist/verify/index.js"));
const CALLS = 20;
const GROUP = 8;

/** @param {string} name */
const cases = (name) =>
  readFileSync(new URL(`../fixtures/verify/${name}.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ gold, given }) => gold.length < 1000 && given.length < 10_000);

const peers = cases("answers-peers");
const completions = peers.filter(({ mode }) => mode === "completion");
const boxes = peers
  .filter(({ mode }) => mode === "equivalent")
  .map((row) => ({ ...row, given: `\\boxed{${row.given}}` }));
const replies = cases("options-mmmu").filter((_, i) => i % 3 === 0);

/** One problem with its texts: alone, or as many as a group has. */
const alone = (rows) => rows.map(({ given, gold }) => ({ texts: [given], gold }));
const grouped = (rows) =>
  Array.from({ length: Math.floor(rows.length / GROUP) }, (_, i) => {
    const group = rows.slice(i * GROUP, (i + 1) * GROUP);
    return { texts: group.map(({ given }) => given), gold: group[0].gold };
  });

const verdict = answerVerdict();
const now = ({ texts, gold }) => {
  const problem = { question: "", answers: [gold], columns: {} };
  for (const text of texts) verdict.judge(text, problem);
};
const earlier = ({ texts, gold }) => {
  for (const text of texts) {
    const answer = build.extractAnswer(text);
    if (answer !== null) build.equivalent(answer, gold);
  }
};

/** Microseconds of a call. */
function time(judge, item) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < CALLS; i++) judge(item);
  return Number(process.hrtime.bigint() - start) / 1000 / CALLS;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

console.log(`${cpus()[0]?.model ?? "unknown processor"}, load ${loadavg()[0].toFixed(1)}`);
for (const [name, items] of [
  ["completions of peers' tests", alone(completions)],
  ["pairs of peers' tests in a box", alone(boxes)],
  ["MMMU replies", alone(replies)],
  ["completions, groups of eight", grouped(completions)],
  ["boxes, groups of eight", grouped(boxes)],
]) {
  const least = items.map(() => ({ before: Infinity, now: Infinity }));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [i, item] of items.entries()) {
      const order = round % 2 === 0 ? [earlier, now] : [now, earlier];
      for (const judge of order) {
        const side = judge === now ? "now" : "before";
        least[i][side] = Math.min(least[i][side], time(judge, item));
      }
    }
  }
  const [a, b] = [median(least.map(({ before }) => before)), median(least.map(({ now }) => now))];
  console.log(
    `${name} (${items.length}): ${a.toFixed(2)} µs before, ${b.toFixed(2)} now, ${(a / b).toFixed(2)} times as fast`,
  );
}
