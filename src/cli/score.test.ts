import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const HEADER = {
  event: "evaluation",
  version: 1,
  benchmark: "mme",
  fingerprint: "",
  model: "m",
  verdict: "answer",
  protocol: {},
};

const answer = (index: number, more: object = {}) => ({
  problem: String(index),
  index,
  sample: 0,
  kind: "color",
  question: "Is it red?",
  answers: ["Yes"],
  columns: { pair: { name: "color 1.png", size: 2 } },
  completion: "Yes.",
  completionTokens: 1,
  stopReason: "stop",
  extracted: null,
  score: 0,
  reason: "",
  ...more,
});

function fileOf(lines: readonly object[]): string {
  const path = join(temporaryDirectory(), "answers.jsonl");
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

async function scored(path: string, ...words: string[]) {
  const { context, stdout, stderr } = collectingContext();
  const status = await runCommandLine(["score", path, ...words, "--json"], context);
  const [line = "{}"] = stdout().split("\n");
  return { status, stderr: stderr(), stdout: stdout(), report: JSON.parse(line) as Record<string, unknown> };
}

test("an option that the benchmark does not have is an error that names file and option", async () => {
  const path = fileOf([{ ...HEADER, options: { colour: "red" } }, answer(0)]);
  const { status, stdout } = await scored(path);
  expect(status).toBe(1);
  expect(stdout).toContain(`${path} line 1: option colour: is not an option of the benchmark mme`);
});

test("a value that an option does not have is an error that names file, option and value", async () => {
  const path = fileOf([{ ...HEADER, benchmark: "pope", options: { category: "rare" } }, answer(0)]);
  const { status, stdout } = await scored(path);
  expect(status).toBe(1);
  expect(stdout).toContain(`${path} line 1: option category of the benchmark pope: expected one of`);
  expect(stdout).toContain("rare");
});

test("a problem whose first sample is missing is left out", async () => {
  const path = fileOf([
    HEADER,
    answer(0),
    answer(0, { sample: 1 }),
    answer(1, { sample: 1 }),
    answer(2),
    answer(2, { sample: 1 }),
  ]);
  const { status, report } = await scored(path);
  expect({ status, report }).toMatchObject({ status: 0, report: { problems: 2, samples: 2 } });
});

test("a whole last line without a line end is kept", async () => {
  const path = fileOf([HEADER, answer(0), answer(1)]);
  writeFileSync(path, readFileSync(path, "utf8").trimEnd());
  const { stderr, report } = await scored(path);
  expect(stderr).not.toContain("incomplete");
  expect(report).toMatchObject({ problems: 2 });
});

test("answers without a verdict are judged", async () => {
  const pending = { score: null, reason: "not judged yet", isJudged: false };
  const path = fileOf([HEADER, answer(0, pending), answer(1, pending)]);
  const out = join(temporaryDirectory(), "judged.jsonl");
  const { report } = await scored(path, "--out", out);
  expect(report).toMatchObject({ problems: 2, unscorable: 0 });
  expect(readFileSync(out, "utf8")).not.toContain("isJudged");
});

test("a run directory is answered with the answers files below it", async () => {
  const run = temporaryDirectory();
  expect((await scored(run)).stderr).toContain(
    `${run}: expected a folder with answers.jsonl, got none in it; fovea eval writes one for each benchmark`,
  );
  const path = join(run, "evaluation", "mme", "answers.jsonl");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  const { status, stderr } = await scored(run);
  expect(status).toBe(1);
  expect(stderr).toContain(
    `${run}: expected a folder with answers.jsonl, got none in it; below it are ${path}`,
  );
  expect(stderr).not.toContain("ENOENT");
});
