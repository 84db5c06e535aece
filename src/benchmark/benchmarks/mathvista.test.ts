import { describe, expect, test } from "vitest";
import * as z from "zod";
import { judgeFields } from "../../judge/index.ts";
import { startChatServer } from "../../testing/chat-server.ts";
import { editedTable } from "../../testing/edited-table.ts";
import {
  agreementWith,
  benchmarkFixture,
  nearly,
  openBenchmark,
  problemsOf,
  recordedAnswers,
} from "../../testing/recorded-answers.ts";
import { refusesBadFiles } from "../../testing/refuses-bad-files.ts";
import { judgedVerdict } from "../judged-verdict.ts";

const TABLE = benchmarkFixture("mathvista", "MathVista_MINI.tsv");
const PARQUET = benchmarkFixture("mathvista", "testmini-00000-of-00001.parquet");

test.each([
  ["vlmevalkit", 0],
  ["vlmevalkit with a judge", 0],
  ["lmms-eval", 0],
  ["lmms-eval with a judge", 0],
  ["lmms-eval-reasoning", 1],
])("verdicts and measures match %s, except for %i verdicts", async (scorer, differ) => {
  const { answers, known, differences, theirs, ours } = await agreementWith("mathvista", scorer);
  expect([answers, known, differences]).toEqual([256, differ, []]);
  // lmms-eval rounds to hundredths of a percent.
  expect(ours).toEqual(nearly(theirs, scorer.startsWith("lmms-eval") ? 3 : 10));
});

test.each([
  ["five", "5", 1],
  ["There are five.", "5", 1],
  ["<answer>twenty-one</answer>", "21", 1],
  ["There are six.", "5", 0],
  ["5.9", "5", 1],
  ["There are five or six.", "5", 0],
])("fovea's verdict on %j for the integer %s is %d", async (text, answer, score) => {
  const { verdict } = await openBenchmark("mathvista", TABLE);
  const problem = { question: "How many?", answers: [answer], columns: { answer_type: "integer" } };
  expect((await verdict.judge(text, problem)).score).toBe(score);
});

test("both published forms state the same problems", async () => {
  const [table, parquet] = await Promise.all([
    openBenchmark("mathvista", TABLE),
    openBenchmark("mathvista", PARQUET),
  ]);
  for (let i = 0; i < table.source.size; i++) {
    const [a, b] = await Promise.all([table.source.problem(i), parquet.source.problem(i)]);
    const facts = ({ question, answers, options, images, columns }: typeof a) => [
      question,
      answers,
      options,
      images.length,
      ...["skills", "task", "answer_type"].map((name) => columns[name]),
    ];
    expect(facts(a)).toEqual(facts(b));
  }
});

test("a judge is asked where VLMEvalKit's protocol asks it, and its answers are compared as VLMEvalKit does", async () => {
  const { texts, scorers } = recordedAnswers("mathvista");
  const { replies, scores } = scorers["vlmevalkit with a judge"]!;
  let reply = "";
  const server = await startChatServer(() => reply);
  const benchmark = await openBenchmark("mathvista", TABLE, { scorer: "vlmevalkit" });
  const options = z.object(judgeFields()).parse({ url: server.url, model: "judge", prompt: benchmark.judge });
  const problems = await problemsOf(benchmark);
  try {
    for (const [row, text] of texts[0]!.entries()) {
      reply = replies![0]![row]!;
      const verdict = judgedVerdict(benchmark, options);
      const { score } = await verdict.judge(text, problems[row]!);
      // A judge that says "none" has read no answer: wrong, in both.
      expect([row, text, reply, score]).toEqual([row, text, reply, scores[0]![row]]);
    }
    const asked = texts[0]!.filter((text, row) => benchmark.asksJudge!(text, problems[row]!));
    expect(server.calls.length).toBeGreaterThan(10);
    expect(server.calls.length).toBeLessThanOrEqual(asked.length);
  } finally {
    await server.close();
  }
});

describe("by fovea's own verdicts", () => {
  test.each([
    ["The answer is (B).", { options: ["3", "4"], answers: ["B", "4"] }, 1],
    ["It is 4.", { options: ["3", "4"], answers: ["B", "4"] }, 1],
    ["The area is 12.30 cm.", { answers: ["12.3"], columns: { answer_type: "float", precision: 1 } }, 1],
    ["So we get \\boxed{14}", { answers: ["14"], columns: { answer_type: "integer" } }, 1],
    ["[1, 4]", { answers: ["[1, 4]"], columns: { answer_type: "list" } }, 1],
    ["4", { answers: ["[1, 4]"], columns: { answer_type: "list" } }, 0],
    ["", { answers: ["14"], columns: { answer_type: "integer" } }, 0],
  ])("%s", async (text, problem, score) => {
    const { verdict } = await openBenchmark("mathvista", TABLE);
    const judged = await verdict.judge(text, { question: "?", columns: {}, ...problem });
    expect(judged.score).toBe(score);
  });
});

refusesBadFiles("mathvista", TABLE, { column: "choices", id: "index" });

test("an answer that is no option is refused", async () => {
  const path = editedTable(TABLE, (row, i) => (i === 3 ? { ...row, answer_option: "H" } : row));
  const { source } = await openBenchmark("mathvista", path);
  await expect(source.problem(3)).rejects.toThrow(
    /MathVista_MINI\.tsv line \d+: answer: expected one of A, B/,
  );
});
