import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { compareEvaluations } from "./evaluations.ts";
import { comparisonLatex } from "./formats/latex.ts";
import { comparisonMarkdown, comparisonText } from "./formats/text.ts";

type Scores = readonly (readonly (number | null)[])[];

/** Writes answers with these scores, `[problems][samples]`, as `fovea eval` does. */
function answersAt(folder: string, scores: Scores, header: object = {}): string {
  const line = (index: number, sample: number, score: number | null) => ({
    problem: `p${index}`,
    index,
    sample,
    question: "?",
    answers: ["1"],
    columns: {},
    completion: "text",
    completionTokens: 4,
    stopReason: "stop",
    extracted: null,
    score,
    reason: "",
  });
  const first = {
    event: "evaluation",
    version: 1,
    benchmark: "sums",
    fingerprint: "f",
    model: folder,
    verdict: "answer",
    protocol: { temperature: 0 },
    ...header,
  };
  const answers = scores.flatMap((own, index) => own.map((score, sample) => line(index, sample, score)));
  mkdirSync(folder, { recursive: true });
  const lines = [first, ...answers].map((one) => `${JSON.stringify(one)}\n`);
  writeFileSync(join(folder, "answers.jsonl"), lines.join(""));
  return folder;
}

/** A run directory with answers to one benchmark. */
function run(name: string, scores: Scores, header: object = {}): string {
  const directory = join(temporaryDirectory(), name);
  answersAt(join(directory, "evaluation", "sums"), scores, header);
  return directory;
}

const answersIn = (directory: string) => join(directory, "evaluation", "sums", "answers.jsonl");

describe("finished evaluations", () => {
  test("are paired by problem: 3 of 4 and 1 of 4 right, Newcombe's interval and McNemar's p", () => {
    const before = run("before", [[1], [0], [0], [0]]);
    const after = run("after", [[1], [1], [1], [0]]);
    const comparison = compareEvaluations([before, after]);
    expect(comparison.notes).toEqual([
      "brackets are 95 % intervals over 4 problems; p by McNemar's exact or the sign-flip test over 4 problems, Holm over the table; another training run may differ by more",
    ]);
    const [first, second] = comparison.rows.map(({ values }) => values["sums"]!);
    expect(first).toMatchObject({ mean: { estimate: 0.25 } });
    expect(first!.difference).toBeUndefined();
    expect(second!.mean.estimate).toBe(0.75);
    const { estimate, low, high, pValue, pairs, pairing } = second!.difference!;
    // By hand as in accuracyDifference's own example: 0.5, [−0.1355, 0.7891], p = 0.5.
    expect({ estimate, pValue, pairs, pairing }).toEqual({
      estimate: 0.5,
      pValue: expect.closeTo(0.5, 12),
      pairs: 4,
      pairing: "problems",
    });
    expect([low, high]).toEqual([expect.closeTo(-0.1355, 4), expect.closeTo(0.7891, 4)]);
  });

  test("have a table without seeds", () => {
    const comparison = compareEvaluations([run("a", [[1], [0]]), run("b", [[1], [1]])]);
    const text = comparisonText(comparison);
    expect(text).toMatch(/answers of +sums, % +over/);
    expect(text).not.toMatch(/seed/);
    expect(comparisonMarkdown(comparison)).toContain("100.0");
    // In bold the best value, not its difference.
    expect(comparisonLatex(comparison)).toMatch(/b & \\textbf\{100\.0 [^&]*\} & \$\+\$/);
  });

  test("pair a problem's mean over samples, and leave out what was not judged in either", () => {
    const two = run("two", [
      [1, 0],
      [1, null],
      [0, 0],
    ]);
    const one = run("one", [[0], [0], [0]]);
    const comparison = compareEvaluations([one, two]);
    expect(comparison.rows[1]!.values["sums"]!.difference).toMatchObject({ estimate: 0.25, pairs: 2 });
  });

  test("of different lengths share the problems that both have, and say so", () => {
    const long = run("long", [[1], [0], [1]]);
    const short = run("short", [[1], [1]], { protocol: { temperature: 0.5 }, verdict: "number" });
    const comparison = compareEvaluations([long, short]);
    expect(comparison.rows[0]!.values["sums"]!.mean.estimate).toBe(0.5);
    expect(comparison.notes.slice(1)).toEqual([
      "sums: compares the 2 problems that all have, of 3 and 2",
      'sums: verdict differs: "answer", "number"',
      "sums: temperature differs: 0, 0.5",
    ]);
    for (const table of [
      comparisonText(comparison),
      comparisonMarkdown(comparison),
      comparisonLatex(comparison),
    ])
      for (const note of comparison.notes) expect(table).toContain(note);
  });

  test("of several benchmarks make a column each, and one that some lack is left out by name", () => {
    const a = run("a", [[1], [0]]);
    answersAt(join(a, "evaluation", "shapes"), [[1]]);
    const b = run("b", [[0], [0]]);
    const c = run("c", [[1], [1]]);
    const comparison = compareEvaluations([a, b, c]);
    expect(comparison.columns.map(({ name }) => name)).toEqual(["sums"]);
    expect(comparison.rows.map(({ values }) => values["sums"]!.difference?.estimate)).toEqual([
      undefined,
      -0.5,
      0.5,
    ]);
    expect(comparison.notes.slice(1)).toEqual([
      "shapes: left out, since not all directories have answers to it",
    ]);
    answersAt(join(b, "evaluation", "shapes"), [[0]]);
    answersAt(join(c, "evaluation", "shapes"), [[1]]);
    expect(compareEvaluations([a, b, c]).columns.map(({ name }) => name)).toEqual([
      "shapes",
      "sums",
      "average",
    ]);
  });

  test("that are not finished say so, unless the missing rows gave no problem", () => {
    const planned = { planned: 4 };
    const cut = run("cut", [[1], [0]], planned);
    const whole = run("whole", [[1], [0], [1], [1]], planned);
    const notes = (...runs: string[]) => compareEvaluations(runs).notes.slice(1);
    expect(notes(whole, run("old", [[1], [0], [1], [1]]))).toEqual([]);
    expect(notes(whole, cut)).toEqual([
      "sums: compares the 2 problems that all have, of 4 and 2",
      `${answersIn(cut)}: 2 of 4 answers are missing; the evaluation is not finished`,
    ]);
    const skipped = [2, 3].map((index) => ({ event: "skipped", index, isBroken: true, message: "broken" }));
    appendFileSync(answersIn(cut), skipped.map((row) => `${JSON.stringify(row)}\n`).join(""));
    expect(notes(whole, cut)).toEqual(["sums: compares the 2 problems that all have, of 4 and 2"]);
  });

  test("are found in a run directory, in the directory of --out and in a benchmark's folder", () => {
    const scores = [[1], [0]];
    const out = temporaryDirectory();
    answersAt(join(out, "sums"), scores);
    const folder = answersAt(join(temporaryDirectory(), "any"), scores);
    const comparison = compareEvaluations([run("a", scores), out, folder]);
    expect(comparison.rows.map(({ values }) => values["sums"]!.mean.estimate)).toEqual([0.5, 0.5, 0.5]);
  });
});

describe("finished evaluations that cannot be compared", () => {
  const scores = [[1], [0]];

  test.each([
    ["one directory", () => ["a"], /expected two directories/],
    ["one directory twice", () => ["a", "a"], /each once, got a a/],
    [
      "one directory under two names",
      () => {
        const a = run("a", scores);
        return [a, `${a}/`];
      },
      /each once, got/,
    ],
    [
      "a directory and a link to it",
      () => {
        const a = run("a", scores);
        symlinkSync(a, `${a}-link`);
        return [a, `${a}-link`];
      },
      /each once, got/,
    ],
    ["no answers", () => [run("a", scores), temporaryDirectory()], /expected answers of an evaluation/],
    ["a missing directory", () => [run("a", scores), "nowhere"], /nowhere: expected answers/],
    [
      "other problems",
      () => [run("a", scores), run("b", scores, { fingerprint: "g" })],
      /expected answers to the problems of .*"fingerprint":"f".*"fingerprint":"g"/,
    ],
    ["no shared problem", () => [run("a", scores), run("b", [])], /no problem that all of them have/],
    [
      "no shared benchmark",
      () => {
        const b = run("b", scores);
        rmSync(join(b, "evaluation", "sums"), { recursive: true });
        answersAt(join(b, "evaluation", "shapes"), scores);
        return [run("a", scores), b];
      },
      /none: .* has sums; .* has shapes/,
    ],
  ])("%s", (_, directories, message) => {
    expect(() => compareEvaluations(directories())).toThrow(message);
  });
});

test("prompts and options of a benchmark that differ are named", () => {
  const boxed = run("boxed", [[1], [0]], { prompt: { kind: "boxed" }, options: { version: "mini" } });
  const tags = run("tags", [[1], [1]], { prompt: { kind: "tags" }, options: { version: "mini" } });
  expect(compareEvaluations([boxed, tags]).notes).toContain(
    'sums: prompt differs: {"kind":"boxed"}, {"kind":"tags"}',
  );
});

test("a file in place of a directory is a wrong command", () => {
  const file = join(temporaryDirectory(), "grid.yaml");
  writeFileSync(file, "axes: {}\n");
  expect(() => compareEvaluations([file, file.replace("grid", "other")])).toThrow(
    "grid.yaml: expected a directory of finished evaluations, got a file; a grid is compared alone",
  );
});
