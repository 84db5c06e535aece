import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plainImage } from "../../testing/data-files.ts";
import { benchmarkFixture, openBenchmark, recordedAnswers } from "../../testing/recorded-answers.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";

const LINES = readFileSync(benchmarkFixture("geoqa", "geoqa_test_prompts.jsonl"), "utf8")
  .trimEnd()
  .split("\n");

/** The questions with their images in a folder. */
async function published(lines: readonly string[], images: number): Promise<string> {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, "geoqa_test_prompts.jsonl"), `${lines.join("\n")}\n`);
  const place = join(folder, "Geo170K/images/test");
  mkdirSync(place, { recursive: true });
  for (let i = 0; i < images; i++) writeFileSync(join(place, `${i}.png`), await plainImage(28, i));
  return folder;
}

/**
 * R1-V's script gives whole replies to Math-Verify, which reads no number next to a tag and no number before a degree
 * sign, √ or π. So the script misses right answers. The test states their number, and compares verdicts with the
 * answers from which the replies were made.
 */
test("verdicts follow the answers in the replies, where R1-V's script misses right answers", async () => {
  const benchmark = await openBenchmark("geoqa", await published(LINES, 32));
  const { texts, scorers } = recordedAnswers("geoqa");
  const made = scorers["as made"]!.scores;
  const byScript = scorers["r1-v"]!.scores;
  const differ: string[] = [];
  const missed = { byScript: 0, by: 0 };
  for (const [round, replies] of texts.entries()) {
    const answers = await Promise.all(
      replies.map(async (text, row) => {
        const problem = await benchmark.source.problem(row);
        return { problem, text, ...(await benchmark.verdict.judge(text, problem)) };
      }),
    );
    for (const [row, { problem, text, score }] of answers.entries()) {
      const right = made[round]![row]!;
      if (score !== right) differ.push(`${problem.answers.join()}: ${text}: ${score}`);
      if (right === 1 && byScript[round]![row] === 0) missed.byScript += 1;
      if (right === 0 && byScript[round]![row] === 1) missed.by += 1;
    }
    const right = answers.filter(({ score }) => score === 1).length;
    expect(benchmark.measures(answers)[0]).toMatchObject({ name: "accuracy", value: right / 64, of: 64 });
  }
  // An angle in centimetres.
  expect(differ).toEqual(["145°: It is 145° cm.: 0"]);
  expect(missed).toEqual({ byScript: 55, by: 0 });
});

test("the prompt is R1-V's", async () => {
  const { source } = await openBenchmark("geoqa", await published(LINES, 32));
  const problem = await source.problem(5);
  expect(problem.question).toBe(
    "As shown in the figure, find x, number 5. Output the thinking process in <think> </think> and final answer (number) in <answer> </answer> tags.",
  );
  expect(problem.images.map(({ width }) => width)).toEqual([28]);
});

test("an image that is not there, a question twice and another version are refused by line", async () => {
  const { source } = await openBenchmark("geoqa", await published(LINES, 3));
  await source.problem(5);
  await expect(source.problem(6)).rejects.toThrow(/geoqa_test_prompts\.jsonl line 7: .*3\.png/);
  await expect(openBenchmark("geoqa", await published([LINES[0]!, LINES[1]!, LINES[0]!], 3))).rejects.toThrow(
    /line 3: has the id .* of .*line 1/,
  );
  const other = LINES.map((line) => line.replace("ground_truth", "answer"));
  await expect(openBenchmark("geoqa", await published(other, 3))).rejects.toThrow(
    /lacks the columns ground_truth/,
  );
});
