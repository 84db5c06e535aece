import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ScoredAnswer } from "../../benchmark/index.ts";
import { openSource, type Task } from "../../data/index.ts";
import { ConfigError, PartError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { resolveConfig } from "../resolve-config.ts";
import { openEvaluation } from "./open-evaluation.ts";
import { openTask } from "./open-task.ts";

const PROBLEM = '({ id: "1", images: [], question: "?", answers: ["1"], columns: {} })';
const source = (size: string) => `{ fingerprint: "f", size: ${size}, problem: () => ${PROBLEM} }`;

function moduleFile(part: string): string {
  const file = join(temporaryDirectory(), "own.ts");
  writeFileSync(file, `export const own = { create: () => (${part}) };`);
  return file;
}

async function opened(members: string, evaluation: object = {}) {
  const file = moduleFile(`{ name: "sums", source: ${source("2")}, verdict: { judge() {} }, ${members} }`);
  const config = resolveConfig({ file: { evaluation: { ...evaluation, benchmarks: [{ module: file }] } } });
  return (await openEvaluation(config)).benchmarks[0]!;
}

const answers: readonly ScoredAnswer[] = [1, 0].map((score) => ({
  problem: { id: `p${score}`, question: "?", answers: ["1"], columns: {} },
  text: "",
  extracted: null,
  score,
  reason: "",
}));

describe("a name that is a path", () => {
  test.each(['"../../evil"', '".."', '"a/b"', '"a\\\\b"', '""', "3"])(
    "%s of a benchmark is refused",
    async (name) => {
      const opening = opened(`measures() {}, name: ${name}`);
      await expect(opening).rejects.toThrow(ConfigError);
      await expect(opening).rejects.toThrow(/^benchmark \(.+own\.ts own\): name: expected a text without \//);
    },
  );

  test("of a task is refused", async () => {
    const file = moduleFile(`{ name: "../../evil", train: ${source("2")} }`);
    const opening: Promise<Task> = openTask(resolveConfig({ file: { task: { module: file } } }));
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(/^task \(.+own\.ts own\): name: .+got "\.\.\/\.\.\/evil"/);
  });
});

describe("measures of a benchmark", () => {
  const measure = (more = "") => `{ name: "accuracy", value: 0.5, of: 2, ${more} }`;

  test.each([
    ["one measure", measure(), "expected a list of measures, got an object with name, value, of"],
    ["nothing", "undefined", "expected a list of measures, got undefined"],
    ["a promise", "Promise.reject(new Error('late'))", "expected a list of measures, got a promise"],
    [
      "no name",
      "[{ value: 1, of: 2 }]",
      "measures[0]: expected { name, value, of }, got an object with value, of",
    ],
    ["one name twice", `[${measure()}, ${measure()}]`, 'expected distinct names, got "accuracy" twice'],
    [
      "a share above 1",
      `[${measure("value: 50")}]`,
      "accuracy: value: expected a share in [0, 1]; points say by most",
    ],
    ["a share below 0", `[${measure("value: -1")}]`, "accuracy: value: expected a share in [0, 1]"],
    [
      "more points than most",
      `[${measure("value: 9, most: 8")}]`,
      "accuracy: value: expected at most 8, got 9",
    ],
    ["most as a text", `[${measure('most: "8"')}]`, 'accuracy: most: expected a number above 0, got "8"'],
  ])("that are %s are refused with file and export", async (_, found, message) => {
    const benchmark = await opened(`measures: () => (${found})`);
    expect(() => benchmark.measures(answers)).toThrow(PartError);
    expect(() => benchmark.measures(answers)).toThrow(/^benchmark "sums" \(.+own\.ts own\): measures/);
    expect(() => benchmark.measures(answers)).toThrow(message);
  });

  test("that are shares, points or unknown pass, and cannot change the answers", async () => {
    const benchmark = await opened(
      `measures(answers) {
        answers.sort((a, b) => a.score - b.score);
        return [${measure("value: 1 + 1e-12")}, { name: "points", value: 1500, most: 2000, of: 2 }, { name: "none", value: null, of: 0 }];
      }`,
    );
    expect(benchmark.measures(answers)).toHaveLength(3);
    expect(answers.map(({ score }) => score)).toEqual([1, 0]);
    const changing = await opened("measures: (answers) => { answers[0].score = 0; return []; }");
    expect(() => changing.measures(answers)).toThrow("measures: Cannot assign to read only property 'score'");
  });
});

describe("a benchmark without an end", () => {
  const endless = `measures() {}, source: ${source("Infinity")}`;

  test("needs a number of problems", async () => {
    const { source: opening } = await opened(endless);
    await expect(openSource(opening)).rejects.toThrow(ConfigError);
    await expect(openSource(opening)).rejects.toThrow(
      "evaluation.benchmarkProblems: expected a number of problems, got none; benchmark sums has no end",
    );
  });

  test("is evaluated on as many as are asked for", async () => {
    const { source: opening } = await opened(endless, { benchmarkProblems: 3 });
    expect((await openSource(opening)).size).toBe(Infinity);
  });
});
