import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  MADE_IMAGE,
  type MadeRow,
  measured,
  openBenchmark,
  openProblems,
  problemsOf,
  type RecordedScores,
  recordedScores,
  scoredBy,
  scoreFaults,
  writeTable,
} from "../../testing/benchmark-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";

interface Recorded {
  readonly rows: readonly MadeRow[];
  readonly rounds: readonly {
    readonly predictions: readonly string[];
    readonly vlmevalkit: RecordedScores;
  }[];
}

const { rows, rounds } = recordedScores<Recorded>("tally-qa");

test("scores match VLMEvalKit", async () => {
  const data = await writeTable("TallyQA.tsv", rows);
  const benchmark = await openBenchmark({ kind: "tally-qa", data, scorer: "vlmevalkit" });
  const problems = await problemsOf(benchmark);
  expect(problems.length * rounds.length).toBeGreaterThanOrEqual(260);
  for (const { predictions, vlmevalkit } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, vlmevalkit)).toEqual([]);
  }
});

const question = {
  answer: 4,
  data_source: "imported_genome",
  image: "VG_100K_2/1.png",
  image_id: 92410408,
  issimple: false,
  question: "How many wheels does the cart have?",
  question_id: 30095774,
};

async function write(questions: readonly MadeRow[]): Promise<string> {
  const data = temporaryDirectory();
  mkdirSync(join(data, "VG_100K_2"));
  writeFileSync(join(data, "VG_100K_2", "1.png"), await MADE_IMAGE);
  writeFileSync(join(data, "test.json"), JSON.stringify(questions));
  return data;
}

test("by hand: the authors' file, its images beside it, simple and complex questions apart", async () => {
  const data = await write([question, { ...question, question_id: 7, issimple: true, answer: 2 }]);
  const benchmark = await openBenchmark({ kind: "tally-qa", data });
  const problems = await problemsOf(benchmark);
  expect(problems[0]).toMatchObject({
    id: "30095774",
    question: "How many wheels does the cart have?\nAnswer the question using a single number.",
    answers: ["4"],
    kind: "complex",
  });
  const scored = await scoredBy(benchmark, problems, ["There are 4 wheels.", "3"]);
  expect(measured(benchmark.measures(scored))).toEqual({ accuracy: 1 / 2, complex: 1, simple: 0 });
  expect(benchmark.cluster?.(problems[0]!)).toBe("92410408");
});

test("an answer that is no count, a question twice and a missing image are named", async () => {
  const uncounted = await write([{ ...question, answer: "many" }]);
  await expect(openBenchmark({ kind: "tally-qa", data: uncounted }).then(problemsOf)).rejects.toThrow(
    'row 1 (line 1): answer: expected a count, got "many"',
  );
  const twice = await write([question, question]);
  await expect(openProblems({ kind: "tally-qa", data: twice })).rejects.toThrow("has the id 30095774 of");
  const unseen = await write([question, { ...question, question_id: 8, image: "VG_100K/2.png" }]);
  await expect(openBenchmark({ kind: "tally-qa", data: unseen }).then(problemsOf)).rejects.toThrow(
    /test\.json row 2 \(line 1\): image "VG_100K\/2\.png"/,
  );
});
