import { expect, test } from "vitest";
import * as z from "zod";
import { judgeFields } from "../../judge/index.ts";
import { startChatServer } from "../../testing/chat-server.ts";
import {
  agreementWith,
  benchmarkFixture,
  measured,
  nearly,
  openBenchmark,
  problemsOf,
  recordedAnswers,
} from "../../testing/recorded-answers.ts";
import { refusesBadFiles } from "../../testing/refuses-bad-files.ts";
import type { ScoredAnswer } from "../benchmark.ts";
import { judgedVerdict } from "../judged-verdict.ts";

const TABLE = benchmarkFixture("mathverse", "MathVerse_MINIV.tsv");
const PARQUET = benchmarkFixture("mathverse", "testmini-00000-of-00001.parquet");

test.each([
  ["exact", 0],
  ["lmms-eval-reasoning", 2],
])("verdicts and measures match %s, except for %i verdicts", async (scorer, differ) => {
  const { answers, known, differences, theirs, ours } = await agreementWith("mathverse", scorer);
  expect([answers, known, differences]).toEqual([280, differ, []]);
  expect(ours).toEqual(nearly(theirs));
});

test("with a judge that reads the answer out and one that compares, verdicts and measures are VLMEvalKit's", async () => {
  const { texts, scorers } = recordedAnswers("mathverse");
  const { replies, scores, measures } = scorers["vlmevalkit with a judge"]!;
  let said: readonly string[] = [];
  const server = await startChatServer(({ messages }) =>
    messages.some(({ content }) => content.includes("<extracted>")) ? said[1]! : said[0]!,
  );
  const benchmark = await openBenchmark("mathverse", TABLE, { scorer: "exact" });
  const options = z.object(judgeFields()).parse({ url: server.url, model: "judge", prompt: benchmark.judge });
  const problems = await problemsOf(benchmark);
  try {
    for (const [round, replied] of texts.slice(0, 2).entries()) {
      const answers: ScoredAnswer[] = [];
      for (const [row, text] of replied.entries()) {
        said = replies![round]![row]!.split("\n");
        const judgement = await judgedVerdict(benchmark, options).judge(text, problems[row]!);
        // Fovea's judge is not asked about a reply that is empty; VLMEvalKit's here reads an answer out of it.
        const score = text === "" ? scores[round]![row]! : judgement.score;
        expect([row, text, said, score]).toEqual([row, text, said, scores[round]![row]]);
        answers.push({ problem: problems[row]!, text, ...judgement, score });
      }
      expect(measured(benchmark.measures(answers))).toMatchObject(nearly(measures)[round]!);
    }
  } finally {
    await server.close();
  }
});

test("both published forms have the same options, answers and fields; versions of one problem are one cluster", async () => {
  const [table, parquet] = await Promise.all(
    [TABLE, PARQUET].map((file) => openBenchmark("mathverse", file)),
  );
  const [a, b] = await Promise.all([problemsOf(table!), problemsOf(parquet!)]);
  const facts = (problems: typeof a) =>
    problems.map(({ question, options, answers, kind, columns }) => [
      ...[question, options, answers, kind],
      ...[columns["subject"], columns["subfield"]],
    ]);
  expect(facts(a)).toEqual(facts(b));
  expect(a.find(({ options }) => options)?.options).toHaveLength(4);
  expect(new Set(a.map((problem) => table!.cluster!(problem))).size).toBe(14);
});

test("Text Only counts in its own measure and not in the accuracy", async () => {
  const benchmark = await openBenchmark("mathverse", TABLE);
  const of = (version: string, score: number): ScoredAnswer => ({
    problem: {
      id: version,
      question: "?",
      answers: ["A"],
      columns: { problem_version: version, subject: "Functions", subfield: "Coordinate" },
    },
    text: "",
    extracted: null,
    score,
    reason: "",
  });
  expect(
    measured(benchmark.measures([of("Text Only", 1), of("Vision Only", 0), of("Text Lite", 1)])),
  ).toEqual({
    accuracy: 1 / 2,
    "Text Only": 1,
    "Text Lite": 1,
    "Vision Only": 0,
    "subject: Functions": 1 / 2,
    "subfield: Coordinate": 1 / 2,
    "Text Only, Functions": 1,
    "Text Lite, Functions": 1,
    "Vision Only, Functions": 0,
  });
});

test("the request for steps is the authors'", async () => {
  const { source } = await openBenchmark("mathverse", PARQUET, { query: "cot" });
  expect((await source.problem(0)).question).toMatch(/^Please first conduct reasoning\.\n/);
});

refusesBadFiles("mathverse", TABLE, { column: "problem_version", id: "index" });
