import { cpSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSource, type Problem } from "../../data/index.ts";
import { allProblems, copiedFixture, judgedRound, openRecorded } from "../../testing/benchmark-rounds.ts";
import { benchmarkSchema, createBenchmark } from "../index.ts";

const FILE = "test-00000-of-00001.parquet";
const open = (options: object = {}) => openRecorded("mega-bench", { file: FILE, options: { ...options } });

/** The score of a reply to a question of one task. */
async function score(
  text: string,
  metrics: Record<string, string>,
  answer: Record<string, string>,
  { reading = "answer_string", aggregate = "mean", weights = {}, context = {}, scorer = "authors" } = {},
) {
  const { verdict } = await open({ scorer });
  const info = {
    field_score_function: metrics,
    aggregation: { function: aggregate, field_weights: weights },
    response_parse_function: reading,
  };
  const columns = {
    metric_info: JSON.stringify(info),
    answer: JSON.stringify(answer),
    eval_context: JSON.stringify(context),
  };
  return verdict.judge(text, { question: "?", answers: ["?"], columns });
}

describe("a score by hand", () => {
  test.each([
    ["Answer: (B) because", "exact_str_match", "B", 1],
    ["So.\nAnswer: C", "exact_str_match", "B", 0],
    ["Answer: two way street.", "simple_str_match", "Two-way street", 1],
    ["Answer: auto", "multi_ref_phrase", "['car', 'auto']", 1],
    ["Answer: 3, 1, 2", "set_equality", "[1, 2, 3]", 1],
    ["Answer: 3, 1, 2", "sequence_equality", "[1, 2, 3]", 0],
    ["Answer: peru, Chile, X", "sequence_accuracy_case_insensitive", "Peru,Chile,Brazil", 2 / 3],
    ["Answer: 100.9", "general_single_numerical_match", "100", 1],
    ["Answer: 101.1", "general_single_numerical_match", "100", 0],
    ["Answer: \\frac{1}{2}", "general_single_numerical_match", "0.5", 1],
    ["Answer: 0.53", "normalized_rmse", "0.5", 0.7],
    ["Answer: 8", "number_rel_diff_ratio", "10", 0.8],
    ["Answer: [1, 2, 3]", "jaccard_index", "[2, 3, 4]", 0.5],
    ["Answer: {'a': 'x', 'b': 'y'}", "dict_precision", "{'a': 'x', 'b': 'z'}", 0.5],
    ["Answer: (0, 0, 0.5, 1)", "nbbox_iou_single", "(0, 0, 1, 1)", 0.5],
    ["Answer: <point>0.3, 0.4</point>", "xml_norm_point_distance", "<point>0.0, 0.0</point>", 0.5],
    ["Answer: [[0.5, 0.5]]", "sequence_coords_similarity", "[[0.5, 0.6]]", Math.exp(-1 / Math.SQRT2)],
    ["Answer: 60, 63, 60", "angle_seq_float_rmse", "60, 60, 60", 0.9],
    ["Answer: acb", "normalized_similarity_damerau_levenshtein", "abc", 2 / 3],
    ["<think>Answer: C</think><answer>B</answer>", "exact_str_match", "B", 1],
  ])("%s by %s of %s", async (text, metric, right, expected) => {
    expect((await score(text, { a: metric }, { a: right })).score).toBeCloseTo(expected, 12);
  });

  test("is the mean of the fields by their weights, or the least of them", async () => {
    const metrics = { a: "exact_str_match", b: "exact_str_match" };
    const reply = 'Answer: {"a": "x", "b": "n"}';
    const right = { a: "x", b: "y" };
    const options = { reading: "json", weights: { a: 3, b: 1 } };
    expect((await score(reply, metrics, right, options)).score).toBe(0.75);
    expect((await score(reply, metrics, right, { ...options, aggregate: "min" })).score).toBe(0);
  });

  test("leaves out counts of which neither is positive, which VLMEvalKit takes for -1", async () => {
    const metrics = { a: "positive_int_match", b: "positive_int_match", c: "positive_int_match" };
    const right = { a: "2", b: "3", c: "0" };
    const reply = '{"a": "2", "b": "3", "c": "0"}';
    expect((await score(reply, metrics, right, { reading: "json" })).score).toBe(1);
    const { score: theirs } = await score(reply, metrics, right, { reading: "json", scorer: "vlmevalkit" });
    expect(theirs).toBeCloseTo(1 / 3, 12);
  });

  test("finds a point in one of the boxes of the context", async () => {
    const context = { bounding_boxes: ["(0.4, 0.9, 0.6, 1.0)"] };
    const by = async (point: string) =>
      (
        await score(
          `Answer: <point>${point}</point>`,
          { a: "xml_norm_point_in_bbox" },
          { a: "?" },
          { context },
        )
      ).score;
    expect(await by("0.5, 0.95")).toBe(1);
    expect(await by("0.5, 0.5")).toBe(0);
  });

  test("reads the last answer, VLMEvalKit the first", async () => {
    const reply = "Answer: A or so.\nAnswer: B";
    expect((await score(reply, { a: "exact_str_match" }, { a: "B" })).score).toBe(1);
    expect((await score(reply, { a: "exact_str_match" }, { a: "B" }, { scorer: "vlmevalkit" })).score).toBe(
      0,
    );
  });

  test("is not available for a task that asks a judge, and says so", async () => {
    const { score: none, reason } = await score("Answer: x", { a: "gpt_4o_as_judge" }, { a: "x" });
    expect(none).toBeNull();
    expect(reason).toBe("refused: gpt_4o_as_judge asks GPT-4o");
  });
});

test("measures are means over tasks, and count what is refused", async () => {
  const benchmark = await open();
  const problems = await allProblems(benchmark);
  const chosen = problems.filter(({ kind }) =>
    ["exact_choice", "order", "judged", "poem"].includes(kind ?? ""),
  );
  const right = (kind: string | undefined, i: number) =>
    kind === "exact_choice" && i === 0 ? "Answer: A" : "no";
  const answers = await judgedRound(
    benchmark,
    chosen,
    chosen.map(({ kind }, i) => right(kind, i)),
  );
  const measures = benchmark.measures(answers);
  expect(measures.map(({ name, value, of }) => [name, value, of])).toEqual([
    ["macro", 0.1, 2],
    ["micro", 1 / 8, 8],
    ["refused: constrained_generation", null, 1],
    ["refused: gpt_4o_as_judge", null, 1],
  ]);
});

describe("a problem", () => {
  test("is the task, its example and the question, with the images of each", async () => {
    const [first] = await allProblems(await open());
    expect(first?.question).toBe(
      "The task exact_choice.\nExample 1: <image>\nAnswer: x\n<image>\nWhat is it?",
    );
    expect(first?.images).toHaveLength(2);
    expect(first?.id).toBe("0");
  });

  test("has the kinds of its task where the authors' file says them", async () => {
    const data = await copiedFixture("mega-bench", FILE);
    const kinds = {
      app: "Coding",
      input_format: "Photographs",
      output_format: "number",
      num_input: "1-image",
    };
    const tasks = join(dirname(data), "all_task_meta.json");
    writeFileSync(tasks, JSON.stringify({ exact_choice: { ...kinds, skills: ["Planning", "Counting"] } }));
    const benchmark = await createBenchmark(benchmarkSchema.parse({ kind: "mega-bench", data }), {
      data: undefined,
      seed: 0,
    });
    const problems = (await allProblems(benchmark)).slice(0, 5);
    const answers = await judgedRound(benchmark, problems, ["Answer: A", "", "", "", ""]);
    const named = benchmark.measures(answers).filter(({ name }) => name.includes(":"));
    expect(named.map(({ name, value }) => [name, value])).toEqual([
      ["app: Coding", 0.2],
      ["input_format: Photographs", 0.2],
      ["output_format: number", 0.2],
      ["num_input: 1-image", 0.2],
      ["skills: Counting", 0.2],
      ["skills: Planning", 0.2],
    ]);
    writeFileSync(tasks, '{"exact_choice": {"app": 1}}');
    const again = await createBenchmark(benchmarkSchema.parse({ kind: "mega-bench", data }), {
      data: undefined,
      seed: 0,
    });
    await expect(openSource(again.source)).rejects.toThrow("is no all_task_meta.json");
  });
});

describe("VLMEvalKit's table", () => {
  const HEADER =
    "index task_name task_description global_media example_text example_media question query_media answer metric_info eval_context";
  const INFO =
    "{'field_score_function': {'a': 'exact_str_match'}, 'aggregation': {'function': 'mean', 'field_weights': {'a': 1}}, 'response_parse_function': 'answer_string'}";
  const ROW = ["7", "t", "Task.", "[]", "", "[]", "What?", "['data/query.png']", "{'a': 'x'}", INFO, "{}"];

  async function problems(...rows: string[][]): Promise<Problem[]> {
    const folder = dirname(await copiedFixture("mega-bench", FILE));
    const data = join(folder, "MEGABench_core.tsv");
    writeFileSync(data, `${[HEADER.split(" "), ...rows].map((cells) => cells.join("\t")).join("\n")}\n`);
    cpSync(join(folder, "data"), join(folder, "media"), { recursive: true });
    const config = benchmarkSchema.parse({ kind: "mega-bench", data });
    return allProblems(await createBenchmark(config, { data: undefined, seed: 0 }));
  }

  test("is read", async () => {
    const [problem] = await problems(ROW);
    expect(problem).toMatchObject({
      id: "7",
      question: "Task.\n\nWhat?",
      answers: ["{'a': 'x'}"],
      kind: "t",
    });
  });

  test.each([
    [8, "x", "answer: expected a dict, got x"],
    [8, "{'a': 'x', 'b': 'y'}", "answer: expected one field, got 2"],
    [9, "{}", "metric_info: has no field_score_function"],
    [9, INFO.replace("exact_str_match", "guess"), "field a: expected a metric of MEGA-Bench, got guess"],
    [9, INFO.replace("'mean'", "'mode'"), "aggregation: expected mean or min, got mode"],
    [7, "data/query.png", "query_media: expected a list of files"],
    [6, "<image> <image>", "query_media: expected a file for each of 2 places, got 1"],
    [7, "['data/other.png']", "other.png"],
  ])("names a row whose cell %i is %s", async (cell, text, message) => {
    const row = ROW.with(cell, text);
    await expect(problems(row)).rejects.toThrow(new RegExp(`MEGABench_core.tsv line 2: .*${message}`));
  });

  test("names a row that is there twice", async () => {
    await expect(problems(ROW, ROW)).rejects.toThrow(/line 3: has the id 7 of .* line 2/);
  });
});
