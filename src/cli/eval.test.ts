import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, openFakeEngine, TINY_FLAGS } from "../testing/tiny-run.ts";
import type { CliContext } from "./context.ts";
import { runCommandLine } from "./program.ts";

const TINY = TINY_FLAGS.flatMap((flag) => ["--set", flag]);

async function fovea(words: readonly string[], overrides: Partial<CliContext> = {}) {
  const { context, stdout, stderr } = collectingContext({
    openEngine: async () => openFakeEngine(),
    ...overrides,
  });
  const status = await runCommandLine(words, context);
  const records = stdout()
    .trim()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status, stdout: stdout(), stderr: stderr(), records };
}

/** A benchmark of a user's own in a file: is the second square brighter? */
function ownBenchmark(): string {
  const path = join(temporaryDirectory(), "brighter.ts");
  writeFileSync(
    path,
    `import { accuracy, createVerdict, defineBenchmark, verdictSchema, z } from "fovea";
export const brighter = defineBenchmark({
  schema: z.strictObject({ size: z.int().default(6) }),
  create: ({ size }) => ({
    name: "brighter",
    source: {
      fingerprint: "brighter " + size,
      size,
      problem: (index) => ({
        id: "b" + index,
        images: [{ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3).fill(index) }],
        question: "Which is brighter, 1 or 2?",
        answers: [String(1 + (index % 2))],
        columns: {},
      }),
    },
    verdict: createVerdict(verdictSchema.parse({ kind: "exact" })),
    measures: (answers) => [accuracy(answers)],
  }),
});
`,
  );
  return path;
}

const eventOf = (path: string) =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("fovea eval", () => {
  test("evaluates a benchmark of a user module beside the task's own verdict and settings", async () => {
    const out = temporaryDirectory();
    const benchmark = JSON.stringify([{ module: ownBenchmark(), options: { size: 5 } }]);
    const words = [
      "eval",
      ...TINY,
      "--set",
      `evaluation.benchmarks=${benchmark}`,
      "--out",
      out,
      "--samples",
      "2",
    ];
    const { status, records, stderr } = await fovea([
      ...words,
      "--temperature",
      "1",
      "--max-tokens",
      "3",
      "--json",
    ]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(records).toHaveLength(2);
    expect(records[1]).toMatchObject({ event: "finished", benchmark: "brighter", problems: 5, samples: 2 });
    const [header, ...answers] = eventOf(join(out, "brighter", "answers.jsonl"));
    expect(header).toMatchObject({
      benchmark: "brighter",
      model: "small seed=0",
      protocol: { samples: 2, maxCompletionTokens: 3 },
    });
    expect(answers).toHaveLength(10);
    const report = JSON.parse(readFileSync(join(out, "brighter", "report.json"), "utf8"));
    expect(report).toMatchObject({
      main: "accuracy",
      passAt: { 1: expect.any(Number), 2: expect.any(Number) },
    });

    // The same command finds everything done.
    const again = await fovea([...words, "--temperature", "1", "--max-tokens", "3", "--json"], {
      openEngine: async () => ({
        ...openFakeEngine(),
        sample: async () => {
          throw new Error("nothing is left to sample");
        },
      }),
    });
    expect(again.records[1]).toMatchObject({ event: "finished", problems: 5 });
    const other = await fovea([...words, "--json"]);
    expect(other.status).toBe(1);
    expect(other.records.at(-1)).toMatchObject({
      message: expect.stringContaining("temperature: recorded 1, now 0"),
    });
    // Nor do answers to problems of other options get one file, for any files of problems.
    const smaller = words.map((word) => word.replace('"size":5', '"size":4'));
    const fewer = await fovea([...smaller, "--temperature", "1", "--max-tokens", "3", "--json"]);
    expect(fewer.records.at(-1)).toMatchObject({
      message: expect.stringContaining("option size of the benchmark: recorded 5, now 4"),
    });
  });

  test("rejects an unknown benchmark, and a benchmark without its files, with an error that names it", async () => {
    const unknown = await fovea(["eval", ...TINY, "--benchmark", "mathvist"]);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain("evaluation.benchmarks");
    const missing = await fovea(["eval", ...TINY, "--benchmark", "easy-vqa", "--data", temporaryDirectory()]);
    expect(missing.stderr).toContain("benchmark easy-vqa: ");
    const module = join(temporaryDirectory(), "none.ts");
    writeFileSync(module, "export const none = { create: () => ({ name: 'none' }) };\n");
    const none = await fovea(["eval", ...TINY, "--set", `evaluation.benchmarks=[{module: ${module}}]`]);
    expect(none.stderr).toContain('benchmark "none"');
  });
});

describe("fovea eval says", () => {
  test("flags that mean nothing together, before anything is asked", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    const own = ["--set", `evaluation.benchmarks=[{ module: ${ownBenchmark()} }]`];
    const said = async (...words: string[]) => (await fovea(["eval", ...TINY, ...words])).stderr;
    expect(await said("--benchmark", "pope", "--split", "test")).toContain(
      "--split: expected --split or --benchmark",
    );
    expect(await said(...own, "--out", file)).toContain(`--out: expected a directory, got the file ${file}`);
    expect(await said("--problems", "0")).toContain("expected a whole number from 1");
    expect(await said("--server", "http://127.0.0.1:1/v1")).toContain(
      "evaluation.server.model: expected string, got nothing",
    );
  });

  test("that weights are random, that samples are alike, and that answers were cut off", async () => {
    const { stderr, status } = await fovea([
      ...["eval", ...TINY, "--samples", "2", "--problems", "2", "--max-tokens", "2"],
      ...["--out", temporaryDirectory()],
    ]);
    expect(status).toBe(0);
    expect(stderr).toContain("its weights are random");
    expect(stderr).toContain("2 samples at temperature 0 are the same answer 2 times");
    expect(stderr).toMatch(/of the answers were cut off at 2 tokens; --max-tokens sets the limit/);
  });
});

test("draws the answers by --seed", async () => {
  const words = ["eval", ...TINY, "--problems", "2", "--temperature", "1"];
  const out = temporaryDirectory();
  await fovea([...words, "--seed", "3", "--out", out]);
  const [header] = eventOf(join(out, "digits-validation", "answers.jsonl"));
  expect(header).toMatchObject({ model: "small seed=3", protocol: { seed: 3 } });
  const other = await fovea([...words, "--seed", "4", "--set", "train.seed=3", "--out", out]);
  expect(other.stderr).toContain("seed: recorded 3, now 4");
});

test("refuses an answers file that another process writes, and a place that cannot be written", async () => {
  const out = temporaryDirectory();
  const path = join(out, "digits-validation", "answers.jsonl");
  mkdirSync(join(out, "digits-validation"));
  writeFileSync(`${path}.process.json`, JSON.stringify({ pid: 1, host: "elsewhere", everySeconds: 10 }));
  const { status, stderr } = await fovea(["eval", ...TINY, "--out", out]);
  expect(status).toBe(1);
  expect(stderr).toContain(`error: ${path}: process 1 on elsewhere is writing it`);
  const below = join(path, "below");
  writeFileSync(path, "");
  const openEngine = () => Promise.reject(new Error("no model is opened"));
  const refused = await fovea(["eval", ...TINY, "--out", below], { openEngine });
  expect(refused.stderr).toContain(`error: ${below}: cannot be written: ${path} is no directory`);
});

test("says that a report of fewer problems than before covers fewer, and keeps every answer", async () => {
  const out = temporaryDirectory();
  const words = ["eval", ...TINY, "--out", out];
  expect((await fovea([...words, "--problems", "3"])).stderr).not.toContain("this report covers");
  const { status, stderr } = await fovea([...words, "--problems", "2"]);
  expect(status).toBe(0);
  expect(stderr).toContain("this report covers 2 of the 3 problems");
  const lines = eventOf(join(out, "digits-validation", "answers.jsonl"));
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatchObject({ planned: 2 });
});

describe("fovea compare with directories", () => {
  test("pairs finished evaluations and writes the table", async () => {
    const [first, second] = [temporaryDirectory(), temporaryDirectory()];
    await fovea(["eval", ...TINY, "--problems", "4", "--out", first]);
    await fovea(["eval", ...TINY, "--problems", "3", "--out", second]);
    const out = join(temporaryDirectory(), "table");
    const { status, stdout } = await fovea(["compare", first, second, "--out", out]);
    expect(status).toBe(0);
    expect(stdout).toContain("compares the 3 problems that all have, of 4 and 3");
    expect(stdout).toContain("digits-validation, %");
    const table = JSON.parse(readFileSync(join(out, "comparison.json"), "utf8"));
    // The same weights gave the same answers.
    expect(table.rows[1].values["digits-validation"].difference).toMatchObject({
      estimate: 0,
      pValue: 1,
      pairs: 3,
    });
  });

  test("refuses one directory, and options of grids", async () => {
    const one = temporaryDirectory();
    const directory = await fovea(["compare", one]);
    expect(directory).toMatchObject({ status: 2 });
    expect(directory.stderr).toContain("expected a grid file, or two directories of evaluations");
    expect((await fovea(["compare", one, temporaryDirectory(), "--shard", "1/2"])).stderr).toContain(
      "--shard",
    );
    expect((await fovea(["compare", "grid.yaml"])).stderr).toContain("--out: a grid needs a directory");
  });
});

describe("fovea score", () => {
  test("judges recorded answers again without sampling, and says on how many the verdicts differ", async () => {
    const out = temporaryDirectory();
    await fovea(["eval", ...TINY, "--out", out]);
    const path = join(out, "digits-validation", "answers.jsonl");
    const rewritten = readFileSync(path, "utf8").replaceAll(
      /"completion":"[^"]*"(.*)"extracted":(null|"[^"]*"),"score":\d/g,
      '"completion":"<answer>7</answer>"$1"extracted":null,"score":0',
    );
    writeFileSync(path, rewritten);
    const judged = join(out, "judged.jsonl");
    const { status, records } = await fovea(["score", path, "--out", judged, "--json"]);
    expect(status).toBe(0);
    const right = eventOf(path).filter(({ answers }) =>
      (answers as string[] | undefined)?.includes("7"),
    ).length;
    expect(right).toBeGreaterThan(0);
    expect(records[0]).toMatchObject({
      event: "benchmark",
      benchmark: "digits-validation",
      problems: 8,
      verdict: "answer",
      changed: right,
      withoutAnswer: 0,
    });
    expect(eventOf(judged).filter(({ score }) => score === 1)).toHaveLength(right);
    // Before any answer is read or judged.
    expect((await fovea(["score", "none.jsonl", "--out", judged])).stderr).toContain(
      `--out ${judged}: expected a file that does not exist yet; recorded answers are not overwritten`,
    );
    expect((await fovea(["score", join(out, "none.jsonl")])).stderr).toContain("none.jsonl");
  });

  test("judges answers to a built-in benchmark by its defaults, without its files", async () => {
    const path = join(temporaryDirectory(), "answers.jsonl");
    const protocol = {
      samples: 1,
      temperature: 0,
      topP: 1,
      maxCompletionTokens: 8,
      promptTemplates: 1,
      seed: 0,
    };
    const header = {
      event: "evaluation",
      version: 1,
      benchmark: "mme",
      fingerprint: "",
      model: "m",
      verdict: "answer",
    };
    const answer = (index: number, truth: string, completion: string) => ({
      ...{
        problem: String(index),
        index,
        sample: 0,
        kind: "color",
        question: "Is it red?",
        answers: [truth],
      },
      columns: { pair: { name: "color 1.png", size: 2 } },
      ...{ completion, completionTokens: 1, stopReason: "stop", extracted: null, score: 0, reason: "" },
    });
    const lines = [{ ...header, protocol }, answer(0, "Yes", "Yes."), answer(1, "No", "no")];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const { stderr, records } = await fovea(["score", path, "--json"]);
    expect(stderr).not.toContain("error");
    expect(records[0]).toMatchObject({ benchmark: "mme", main: "score", problems: 2, changed: 2 });
    expect(records[0]?.["measures"]).toMatchObject({ score: { value: 200, of: 2, most: 200 } });
  });
});
