import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSource } from "../../data/index.ts";
import { allProblems, changedTable, copiedFixture, openRecorded } from "../../testing/benchmark-rounds.ts";
import { plainImage } from "../../testing/data-files.ts";
import { benchmarkSchema, createBenchmark } from "../index.ts";

const TABLE = "VideoMMMU.tsv";
const open = (options: object = {}, file = TABLE) =>
  openRecorded("video-mmmu", { file, options: { ...options } });
const openAt = async (data: string, options: object = {}) => {
  const config = benchmarkSchema.parse({ kind: "video-mmmu", data, ...options });
  return openSource((await createBenchmark(config, { data: undefined, seed: 0 })).source);
};

describe("a row", () => {
  test("is the same problem in VLMEvalKit's table and in the folders of the repository", async () => {
    const [table, folders] = [await allProblems(await open()), await allProblems(await open({}, "parquet"))];
    const asked = ({ id, question, answers, options, kind }: (typeof table)[number]) => ({
      id,
      question,
      answers,
      options,
      kind,
    });
    expect(table.map(asked)).toEqual(folders.map(asked));
    expect(table[0]).toMatchObject({ id: "perception-dev_Biology_0", kind: "perception", images: [] });
    expect(table[0]?.columns["discipline"]).toBe("Science");
  });

  test("asks by its track", async () => {
    const [seen] = await allProblems(await open({ track: "perception" }));
    expect(seen?.question).toMatch(
      /^What follows from lecture 0\?\nA\. .*\nB\. .*\nPlease ignore the Quiz question in last frame of the video\.$/s,
    );
    const [choice, free, ...rest] = await allProblems(await open({ track: "adaptation" }));
    expect(rest).toHaveLength(20);
    expect(choice?.question).toMatch(
      /^You should watch and learn the video content\. Then apply what you learned to answer the following multi-choice question\. The image for this question is at the end of the video\.\nWhat follows from lecture 0\?\nA\. /,
    );
    expect(free?.question).toMatch(
      /answer the following open-ended question\. .*\nWhat follows from lecture 1\?$/,
    );
    expect(free?.options).toBeUndefined();
  });

  test("has its image too as VLMEvalKit asks, and a line for the answer", async () => {
    const data = await copiedFixture("video-mmmu", TABLE);
    await expect(
      (await openAt(data, { track: "adaptation", prompt: "vlmevalkit" })).problem(0),
    ).rejects.toThrow(/VideoMMMU.tsv line 44: .*images\/dev_Biology_0.png/);
    mkdirSync(join(dirname(data), "images"));
    writeFileSync(join(dirname(data), "images", "dev_Biology_0.png"), await plainImage(28, 9));
    const problem = await (await openAt(data, { track: "adaptation", prompt: "vlmevalkit" })).problem(0);
    expect(problem.images).toHaveLength(1);
    expect(problem.question).toMatch(
      /^<video><image>You should .*\nAdd `Answer: \{Your final answer\}` at the end of your reply\.$/s,
    );
  });
});

describe("an empty reply", () => {
  const free = { question: "?", answers: ["3"], columns: {} };
  const choice = { question: "?", answers: ["A"], options: ["x", "y"], columns: { options: ["x", "y"] } };
  test("is wrong, but tools leave it out", async () => {
    for (const [scorer, ofFree, ofChoice] of [
      ["fovea", 0, 0],
      ["lmms-eval", null, 0],
      ["vlmevalkit", null, null],
    ] as const) {
      const { verdict } = await open({ scorer });
      const scores = [await verdict.judge(" ", free), await verdict.judge("", choice)].map(
        ({ score }) => score,
      );
      expect([scorer, ...scores]).toEqual([scorer, ofFree, ofChoice]);
    }
  });
});

describe("bad files", () => {
  test.each([
    ["id", "dev_Alchemy_1", "expected SPLIT_SUBJECT_NUMBER with a subject of MMMU, got dev_Alchemy_1"],
    ["answer", "", "answer: is missing"],
    ["video", "videos/Art/none.mp4", "videos/Art/none.mp4"],
  ])("a wrong %s is named with its row", async (column, cell, message) => {
    const data = await changedTable("video-mmmu", TABLE, (lines) => {
      lines[3]![lines[0]!.indexOf(column)] = cell;
    });
    const source = await openAt(data);
    await expect(source.problem(2)).rejects.toThrow(new RegExp(`VideoMMMU.tsv line 4: .*${message}`));
  });

  test("an unknown category, a row twice and a missing column are found when the file is opened", async () => {
    const changed = async (change: (lines: string[][]) => void) =>
      openAt(await changedTable("video-mmmu", TABLE, change));
    const category = changed((lines) => {
      lines[3]![2] = "Recall";
    });
    await expect(category).rejects.toThrow(
      "line 4: category: expected Perception or Comprehension or Adaptation",
    );
    await expect(changed((lines) => lines.push(lines[1]!))).rejects.toThrow(
      /line 66: has the id Perception-dev_Biology_0 of .* line 2/,
    );
    const lacking = changed((lines) => {
      lines[0]![2] = "track";
    });
    await expect(lacking).rejects.toThrow("lacks the columns category; it has index, ");
  });

  test("a folder of another track is not taken for one", async () => {
    const root = await copiedFixture("video-mmmu", "parquet");
    await expect(openAt(join(root, "Adaptation"))).rejects.toThrow("expected it in a folder Perception");
    const whole = await openAt(join(root, "Adaptation"), { track: "adaptation" });
    expect(whole.size).toBe(22);
    cpSync(join(root, "Adaptation"), join(root, "elsewhere"), { recursive: true });
    await expect(openAt(join(root, "elsewhere"), { track: "adaptation" })).rejects.toThrow(
      "expected it in a folder Adaptation",
    );
  });
});
