import { expect, test } from "vitest";
import { openSource } from "../../data/index.ts";
import { allProblems, changedTable, judgedRound, openRecorded } from "../../testing/benchmark-rounds.ts";
import { benchmarkSchema, createBenchmark } from "../index.ts";

const TABLE = "ChartMimic_v2_direct.tsv";
const open = (options: object = {}) => openRecorded("chartmimic", { file: TABLE, options: { ...options } });

test("a row shows its figure after the words", async () => {
  const [problem] = await allProblems(await open());
  expect(problem?.question).toBe("You are an expert Python developer. Draw figure 0 again.<image>");
  expect(problem?.images).toHaveLength(1);
});

test("only replies without code have a score, and all that needs the code to run has none", async () => {
  const benchmark = await open();
  const problems = await allProblems(benchmark);
  const texts = [
    "```python\nx = 1\n```",
    "no",
    "<think>```python\nx = 1\n```</think>no",
    "<think>no</think>```python\nx = 1\n```",
  ];
  const answers = await judgedRound(benchmark, problems, texts);
  expect(answers.map(({ score }) => score)).toEqual([null, 0, 0, null]);
  const [code, ...others] = benchmark.measures(answers);
  expect(code).toMatchObject({ name: "code", value: 0.5, of: 4 });
  const refused = others.filter(({ name }) => !name.startsWith("code"));
  expect(refused.map(({ name }) => name)).toContain("execution");
  expect(refused.every(({ value }) => value === null)).toBe(true);
});

test("bad rows and files are named", async () => {
  const openChanged = async (change: (lines: string[][]) => void, subset = "v2_direct") => {
    const data = await changedTable("chartmimic", TABLE, change);
    const config = benchmarkSchema.parse({ kind: "chartmimic", data, subset });
    return openSource((await createBenchmark(config, { data: undefined, seed: 0 })).source);
  };
  const changed = (column: string, cell: string) =>
    openChanged((lines) => {
      lines[3]![lines[0]!.indexOf(column)] = cell;
    });
  for (const [column, cell, message] of [
    ["input_figure", "v2/none.png", "images/ChartMimic/v2/none.png"],
    ["input_figure", "../v2/none.png", "expected a path in images/ChartMimic"],
    ["task", "Redraw", "task: expected Direct Mimic or "],
    ["question", "", "question: is missing"],
  ] as const) {
    const source = await changed(column, cell);
    await expect(source.problem(2)).rejects.toThrow(new RegExp(`${TABLE} line 4: .*${message}`));
  }
  const twice = await openChanged((lines) => lines.push(lines[5]!));
  await twice.problem(4);
  await expect(twice.problem(64)).rejects.toThrow(/line 66: has the id 4 of .* line 6/);
  const lacking = openChanged((lines) => {
    lines[0]![lines[0]!.indexOf("task")] = "kind";
  });
  await expect(lacking).rejects.toThrow("lacks the columns task; it has index, ");
  await expect(openChanged(() => undefined, "v1_direct")).rejects.toThrow(
    "expected ChartMimic_v1_direct.tsv, got ChartMimic_v2_direct.tsv",
  );
});
