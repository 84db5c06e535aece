import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type OpenEngine, openEngine } from "../config/index.ts";
import { plainImage } from "../testing/data-files.ts";
import { trainReal } from "../testing/real-run.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, freshPath, openFakeEngine } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const FAST = ["--resamples", "20", "--lambda", "2", "--candidates", "5"];
const DOCS = readFileSync(new URL("../../docs/diagnosis.md", import.meta.url), "utf8");

async function diagnoseWith(open: OpenEngine, words: readonly string[]) {
  const { context, stdout, stderr } = collectingContext({ openEngine: open });
  const status = await runCommandLine(["diagnose", ...words], context);
  return { status, stdout: stdout(), stderr: stderr() };
}

const diagnose = (...words: readonly string[]) => diagnoseWith(async () => openFakeEngine(), words);

interface Line {
  readonly problem: string;
  readonly completion: string;
  readonly spans: unknown;
}

const linesOf = (path: string) =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

function writeLines(lines: readonly object[], path = join(temporaryDirectory(), "labels.jsonl")): string {
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

const readRecord = (out: string) =>
  JSON.parse(readFileSync(join(out, "diagnosis.json"), "utf8")) as Readonly<Record<string, unknown>> & {
    readonly models: readonly {
      readonly completions: number;
      readonly correlation: readonly { readonly classes: readonly { name: string; tokens: number }[] }[];
      readonly agreement: readonly { readonly annotators: readonly string[]; readonly role: number }[];
    }[];
  };

describe("the example of docs/diagnosis.md", () => {
  const folder = temporaryDirectory();
  const files = [...DOCS.matchAll(/`([a-z]+\.jsonl)`[^`]*```jsonl\n([\s\S]*?)\n *```/g)];
  const commands = [...DOCS.matchAll(/^ *fovea (diagnose Qwen.*)$/gm)].map(([, words = ""]) => words);

  /** A documented command in this folder, with the built-in model in place of a large one. */
  const run = (command: string) => {
    const [, ...words] = command.split(" ");
    const own = words.map((word) => (/\.jsonl$|^report$/.test(word) ? join(folder, word) : word));
    return diagnose(
      ...own.map((word) => (word.startsWith("Qwen/") ? "small" : word)),
      ...(command.includes("export-spans") ? [] : FAST),
    );
  };

  beforeAll(async () => {
    for (const [, name = "", text = ""] of files)
      writeFileSync(join(folder, name), `${text.replaceAll(/^ +/gm, "")}\n`);
    for (const name of ["cubes-1", "cubes-2"]) {
      writeFileSync(join(folder, `${name}.png`), await plainImage(56, 90));
    }
  });

  test("has its files and commands", () => {
    expect(files.map(([, name]) => name)).toEqual(["problems.jsonl", "completions.jsonl", "labels.jsonl"]);
    expect(commands.map((command) => command.split(" ")[2])).toEqual(["export-spans", "labels"]);
  });

  test("writes a template of the completions, which is not taken for annotations", async () => {
    const { status, stdout } = await run(commands[0]!);
    expect([status, stdout]).toEqual([0, `2 completions written to ${join(folder, "template.jsonl")}\n`]);
    expect(linesOf(join(folder, "template.jsonl"))).toEqual(
      linesOf(join(folder, "completions.jsonl")).map((line) => ({ ...line, spans: null })),
    );
    const again = await run(commands[0]!);
    expect([again.status, again.stderr]).toEqual([
      2,
      expect.stringContaining("annotations are not overwritten"),
    ]);
    const unfilled = await run(commands[1]!.replace("labels.jsonl", "template.jsonl"));
    expect(unfilled.stderr).toContain("template.jsonl line 1: spans: expected a list of spans, got null");
  });

  test("diagnoses by the annotations, and reports how well the annotators agree", async () => {
    const { status, stdout, stderr } = await run(commands[1]!);
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
    expect(stdout).toContain("AGREEMENT OF ANNOTATORS");
    expect(stdout).toContain("ROLE ACCURACY");
    const [model] = readRecord(join(folder, "report")).models;
    const { classes } = model!.correlation[0]!;
    const tokens = Object.fromEntries(classes.map(({ name, tokens: count }) => [name, count]));
    // Both call the "2" of the one and the first result "3" of the other wrong; they disagree on the last "3".
    expect([tokens["P^e"], tokens["R^e"]]).toEqual([1, 1]);
    expect(model!.completions).toBe(2);
    expect(model!.agreement).toHaveLength(1);
    expect(model!.agreement[0]).toMatchObject({ annotators: ["ada", "ben"] });
    expect(model!.agreement[0]!.role).toBeGreaterThan(0.8);
    expect(model!.agreement[0]!.role).toBeLessThan(1);
  });
});

describe("rollouts of a run", () => {
  const run = freshPath();
  const COUNT = 5;
  let template = "";

  beforeAll(async () => {
    await trainReal(run, 1);
    template = (await diagnose(run, "export-spans", "--problems", String(COUNT))).stdout;
  });

  const lines = () =>
    template
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);

  /** Everything is one right reading. */
  const filled = () =>
    lines().map((line) => {
      const end = Array.from(line.completion).length;
      return { ...line, spans: [{ start: 0, end, role: "image", correct: true }] };
    });

  test("are exported as an even sample of distinct completions, with what an annotator needs", () => {
    expect(lines()).toHaveLength(COUNT);
    const distinct = new Set(lines().map(({ problem, completion }) => `${problem} ${completion}`));
    expect(distinct.size).toBe(COUNT);
    expect(lines()[0]).toMatchObject({
      problem: expect.any(String),
      index: expect.any(Number),
      question: expect.stringContaining("What is the"),
      answers: [expect.any(String)],
      spans: null,
    });
  });

  test("are diagnosed with the run's model and data, those without a line left alone", async () => {
    const out = freshPath();
    const words = [run, "labels", "--labels", writeLines(filled()), ...FAST, "--out", out];
    const { status, stderr } = await diagnoseWith(openEngine, words);
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
    const record = readRecord(out);
    expect(record).toMatchObject({ data: "labels", split: "train", recorded: COUNT });
    const [model] = record.models;
    expect(model!.completions).toBe(COUNT);
    const [right, ...others] = model!.correlation[0]!.classes.map(({ tokens }) => tokens);
    expect(right).toBeGreaterThan(COUNT);
    expect(others).toEqual([0, 0, 0]);
  });

  test("may be read by another model, with --completions", async () => {
    const labels = writeLines(filled());
    const { status, stderr } = await diagnose(
      ...["small", "labels", "--completions", run, "--labels", labels, ...FAST, "--out", freshPath()],
    );
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
  });

  test.each<[string, (labels: string) => readonly string[], RegExp]>([
    ["no annotations", () => [run, "labels"], /--labels: expected a file of annotations/],
    [
      "a template of completions without text",
      () => ["small", "export-spans", "--completions", writeLines([{ problem: "p", completion: "" }])],
      /expected completions with text, got none/,
    ],
    [
      "a missing file",
      () => [run, "labels", "--labels", "/nowhere.jsonl"],
      /\/nowhere\.jsonl: cannot be read/,
    ],
    [
      "a model without completions",
      (labels) => ["small", "labels", "--labels", labels],
      /--completions: expected a file or a run directory, since small is not a run directory/,
    ],
    [
      "a file of completions without problems",
      (labels) => ["small", "labels", "--labels", labels, "--completions", labels],
      /--data: expected the problems of .*labels\.jsonl/,
    ],
    [
      "a run without rollouts",
      (labels) => [bareRun(), "labels", "--labels", labels],
      /rollouts: expected rollouts of at least one iteration, got none/,
    ],
    [
      "another split than rollouts have",
      (labels) => [run, "labels", "--labels", labels, "--split", "test"],
      /--split test: rollouts of a run answer problems of its split train/,
    ],
    [
      "a number of problems",
      (labels) => [run, "labels", "--labels", labels, "--problems", "3"],
      /--problems: does not apply to labels/,
    ],
    [
      "labels of sampled completions",
      (labels) => ["small", "digits", "--labels", labels],
      /--labels: applies to/,
    ],
    [
      "an endless source and no index",
      (labels) => [
        "small",
        "labels",
        "--labels",
        labels,
        "--completions",
        withoutIndex(),
        "--data",
        "digits",
      ],
      /line 1: expected the index of the problem in its source, which has no end/,
    ],
    [
      "the index of another problem",
      (labels) => [
        "small",
        "labels",
        "--labels",
        labels,
        "--completions",
        withoutIndex(7),
        "--data",
        "digits",
      ],
      /line 1: expected problem \S+ at index 7 of its source, got \S+/,
    ],
    [
      "a completion that was not recorded",
      () => [run, "labels", "--labels", writeLines([{ problem: "p", completion: "never", spans: [] }])],
      /line 1: expected a completion of problem p that was recorded/,
    ],
  ])("refuse %s", async (_, words, message) => {
    const { status, stderr } = await diagnose(...words(writeLines(filled())), "--out", freshPath());
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
  });

  function bareRun(): string {
    const path = temporaryDirectory();
    for (const name of ["config.json", "environment.json"]) copyFileSync(join(run, name), join(path, name));
    expect(existsSync(join(path, "rollouts"))).toBe(false);
    return path;
  }

  function withoutIndex(index?: number): string {
    return writeLines(
      lines().map(({ problem, completion }) => ({ problem, completion, ...(index && { index }) })),
    );
  }
});
