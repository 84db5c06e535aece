import { cpSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSource } from "../../data/index.ts";
import { allProblems, changedTable, copiedFixture, openRecorded } from "../../testing/benchmark-rounds.ts";
import { benchmarkSchema, createBenchmark } from "../index.ts";

const TABLE = "VSI-Bench.tsv";
const open = (options: object = {}) => openRecorded("vsi-bench", { file: TABLE, options: { ...options } });

describe("the score by hand", () => {
  /** Task, accepted answer, given answer. */
  const ANSWERS = [
    ["object_counting", "4", "4"], // 1
    ["object_counting", "10", "13"], // 30 % off: θ of 0.50 to 0.70, five of ten
    ["object_abs_distance", "10", "8.1"], // 19 % off: θ of 0.50 to 0.80, seven of ten
    ["object_size_estimation", "120", "I cannot tell"], // 0
    ["room_size_estimation", "20", "20.5"], // 2.5 % off: all ten
    ["object_rel_distance", "A", "A"],
    ["object_rel_direction_easy", "B", "B"],
    ["object_rel_direction_medium", "B", "C"],
    ["object_rel_direction_hard", "B", "A"],
    ["route_planning", "C", "A"],
    ["obj_appearance_order", "B", "B."],
    ["obj_appearance_order", "D", "C"],
  ] as const;

  test("is the mean of eight tasks, the three levels of directions one of them", async () => {
    const benchmark = await open();
    const { verdict } = benchmark;
    const answers = await Promise.all(
      ANSWERS.map(async ([kind, right, text], i) => {
        const options = /^[A-D]$/.test(right) ? { options: ["w", "x", "y", "z"] } : {};
        const problem = { id: String(i), question: "?", answers: [right], columns: {}, kind, ...options };
        return { problem, text, ...(await verdict.judge(text, problem)) };
      }),
    );
    const byName = Object.fromEntries(benchmark.measures(answers).map(({ name, value }) => [name, value]));
    const tasks = {
      object_counting: 0.75,
      object_abs_distance: 0.7,
      object_size_estimation: 0,
      room_size_estimation: 1,
      object_rel_distance: 1,
      object_rel_direction: 1 / 3,
      route_planning: 0,
      obj_appearance_order: 0.5,
    };
    for (const [name, value] of Object.entries(tasks)) expect(byName[name], name).toBeCloseTo(value, 12);
    expect(byName["overall"]).toBeCloseTo((0.75 + 0.7 + 0 + 1 + 1 + 1 / 3 + 0 + 0.5) / 8, 12);
  });

  test("has no value for a task without answers, which counts in no mean", async () => {
    const benchmark = await open();
    const { verdict } = benchmark;
    const problem = { id: "1", question: "?", answers: ["2"], columns: {}, kind: "object_counting" };
    const [overall, counting, distance] = benchmark.measures([
      { problem, text: "2", ...(await verdict.judge("2", problem)) },
    ]);
    expect(overall).toMatchObject({ name: "overall", value: 1, of: 1 });
    expect(counting?.value).toBe(1);
    expect(distance).toMatchObject({ name: "object_abs_distance", value: null, of: 0 });
  });
});

describe("an answer", () => {
  const number = { question: "?", answers: ["3"], columns: {} };
  const choice = { question: "?", answers: ["B"], options: ["left", "right"], columns: {} };
  test.each([
    ["<think>4 or 3</think><answer>3</answer>", number, { authors: 1, "lmms-eval": 1, vlmevalkit: 1 }],
    ["There are three.", number, { authors: 0, "lmms-eval": 1, vlmevalkit: 1 }],
    ["one table, 3 chairs", number, { authors: 0, "lmms-eval": 0, vlmevalkit: 1 }],
    ["[3 m]", number, { authors: 0, "lmms-eval": 1, vlmevalkit: 0 }],
    ["", number, { authors: 0, "lmms-eval": 0, vlmevalkit: 0 }],
    ["The answer is (B)", choice, { authors: 0, "lmms-eval": 0, vlmevalkit: 1 }],
    ["B. right", choice, { authors: 1, "lmms-eval": 1, vlmevalkit: 1 }],
    ["\\boxed{B}", choice, { authors: 1, "lmms-eval": 0, vlmevalkit: 1 }],
    ["right", choice, { authors: 0, "lmms-eval": 0, vlmevalkit: 0 }],
  ])("%s is read by each scorer in its own way", async (text, problem, expected) => {
    for (const [scorer, score] of Object.entries(expected)) {
      const { verdict } = await open({ scorer });
      expect([scorer, (await verdict.judge(text, problem)).score]).toEqual([scorer, score]);
    }
  });
});

describe("a row", () => {
  test("shows a video, and asks in the authors' words or in VLMEvalKit's", async () => {
    const [count, , , , nearest] = await allProblems(await open());
    expect(count?.videos).toHaveLength(1);
    expect(count?.images).toEqual([]);
    expect(count?.question).toBe(
      "These are frames of a video.\nQuestion 0?\nPlease answer the question using a single word or phrase.",
    );
    expect(nearest?.question).toMatch(
      /^These are frames of a video\.\nQuestion 4\?\nOptions:\nA\. .*\nB\. .*\nAnswer with the option's letter from the given choices directly\.$/s,
    );
    const [other] = await allProblems(await open({ prompt: "vlmevalkit" }));
    expect(other?.question).toContain("Answer briefly and directly in one float number.");
  });

  test("of one scene is in one cluster with the others", async () => {
    const benchmark = await open();
    const problems = await allProblems(benchmark);
    expect(benchmark.cluster?.(problems[0]!)).toBe(benchmark.cluster?.(problems[4]!));
    expect(benchmark.cluster?.(problems[0]!)).not.toBe(benchmark.cluster?.(problems[1]!));
  });
});

describe("bad files", () => {
  const openChanged = async (change: (lines: string[][]) => void) => {
    const data = await changedTable("vsi-bench", TABLE, change);
    const config = benchmarkSchema.parse({ kind: "vsi-bench", data });
    return openSource((await createBenchmark(config, { data: undefined, seed: 0 })).source);
  };

  test.each([
    ["question_type", "object_colour", "question_type: expected one of object_counting, "],
    ["video", "arkitscenes/9.mp4", "arkitscenes/9.mp4"],
    ["answer", "", "answer: is missing"],
  ])("a wrong %s is named with its row", async (column, cell, message) => {
    const source = await openChanged((lines) => {
      lines[3]![lines[0]!.indexOf(column)] = cell;
    });
    await expect(source.problem(2)).rejects.toThrow(new RegExp(`VSI-Bench.tsv line 4: .*${message}`));
  });

  test("another subset's file is not taken", async () => {
    const { source } = await open({ subset: "debiased" });
    await expect(openSource(source)).rejects.toThrow(
      "expected VSI-Bench-Debiased.tsv or test_debiased.parquet, got VSI-Bench.tsv",
    );
  });

  test("one part of the authors' two is not the whole", async () => {
    const path = await copiedFixture("vsi-bench", "test-00000-of-00001.parquet");
    const openPart = async (subset: string) => {
      const config = benchmarkSchema.parse({ kind: "vsi-bench", data: dirname(path), subset });
      return openSource((await createBenchmark(config, { data: undefined, seed: 0 })).source);
    };
    renameSync(path, join(dirname(path), "test_debiased.parquet"));
    expect((await openPart("debiased")).size).toBe(64);
    await expect(openPart("full")).rejects.toThrow("with test_pruned.parquet, got no test_pruned.parquet");
    cpSync(join(dirname(path), "test_debiased.parquet"), join(dirname(path), "test_pruned.parquet"));
    expect((await openPart("full")).size).toBe(128);
  });

  test("a row twice is named, and a missing column", async () => {
    const source = await openChanged((lines) => lines.push(lines[5]!));
    await source.problem(4);
    await expect(source.problem(64)).rejects.toThrow(/line 66: has the id 4 of .* line 6/);
    const lacking = openChanged((lines) => {
      lines[0]![lines[0]!.indexOf("candidates")] = "options";
    });
    await expect(lacking).rejects.toThrow("lacks the columns candidates; it has index, ");
  });
});
