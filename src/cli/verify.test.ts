import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext({});
  return { status: await runCommandLine(["verify", ...words], context), stdout: stdout(), stderr: stderr() };
}

function file(...rows: (object | string)[]): string {
  const path = join(temporaryDirectory(), "answers.jsonl");
  writeFileSync(path, rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row))).join("\n"));
  return path;
}

test("judges completions and answers, and prints what disagrees", async () => {
  const path = file(
    { completion: "<think>8</think><answer>8</answer>", answers: ["8"], expected: true },
    { completion: "It is Paris.", gold: "B", options: ["Rome", "Paris"], expected: true },
    "",
    { given: "0.5", reference: "1/2", expected: false },
    { given: "so \\boxed{3}", mode: "completion", answer: 4, expected: true },
  );
  const { status, stdout } = await fovea(path);
  expect(status).toBe(0);
  expect(stdout).toContain("line 4: expected 0, got 1 (right answer)\n  given      0.5\n");
  expect(stdout).toContain(
    "line 5: expected 1, got 0 (wrong answer)\n  given      so \\boxed{3}\n  extracted  3\n",
  );
  expect(stdout).toContain(
    "agreement 2 of 4, 50.00 %: 1 accepted that should not be, 1 rejected that should not be",
  );
});

test("reads a file that begins with a byte order mark", async () => {
  const { status, stdout } = await fovea(file(`\ufeff${JSON.stringify({ given: "8", gold: "8" })}`));
  expect(status).toBe(0);
  expect(stdout).toContain("1 rows judged by answer, mean score 1.0000");
});

test("counts an answer that cannot be judged neither as accepted nor as rejected", async () => {
  const path = file({ given: "8", gold: "many", expected: 0 }, { given: "8", gold: "many", expected: 1 });
  const { stdout } = await fovea(path, "--verdict", "vqa");
  expect(stdout).toContain("2 cannot be judged");
  expect(stdout).toContain("agreement 0 of 2, 0.00 %: 0 accepted that should not be, 0 rejected");
});

test("takes any verdict with its options, and prints JSON", async () => {
  const path = file({ given: "104", gold: "100", expected: 1 }, { given: "111", gold: "100", expected: 0 });
  const { stdout } = await fovea(path, "--verdict", "relaxed", "--set", "tolerance=0.1", "--json");
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events).toEqual([
    { event: "row", line: 1, extracted: "104", score: 1, reason: "right answer", expected: 1, agrees: true },
    { event: "row", line: 2, extracted: "111", score: 0, reason: "wrong answer", expected: 0, agrees: true },
    expect.objectContaining({ event: "finished", verdict: "relaxed", mean: 0.5, rows: 2, agreed: 2 }),
  ]);
});

test("agrees with at least 98 % of other tools' cases in the repository", async () => {
  const path = fileURLToPath(new URL("../../fixtures/verify/reports.jsonl", import.meta.url));
  const { stdout } = await fovea(path);
  expect(stdout).toContain("agreement 36 of 36, 100.00 %");
});

test("names bad rows by file and line, and judges the others", async () => {
  const path = file(
    { completion: "Blue", question: "What colour?" },
    { given: "8", gold: "8" },
    "{",
    { given: "9", gold: "8" },
    { completion: "Blue" },
  );
  const { status, stdout, stderr } = await fovea(path);
  expect(status).toBe(1);
  expect(stderr).toContain(
    `error: ${path}:1: expected answers, answer, reference or gold, got completion, question\n` +
      `error: ${path}:3: expected a JSON object, got "{"\n` +
      `error: ${path}:5: expected answers, answer, reference or gold, got completion\n`,
  );
  expect(stderr).toContain(`error: ${path}: expected only rows, got 3 invalid of 5 lines`);
  expect(stdout).toContain("2 rows judged by answer, mean score 0.5000\n3 invalid lines skipped\n");
  const few = await fovea(path, "--show", "1", "--json");
  expect(few.status).toBe(1);
  expect(few.stderr).toContain("and 2 more bad rows; --show all prints them");
  expect(few.stderr).not.toContain(`${path}:3`);
  expect(few.stdout).toContain('{"event":"bad-row","line":3,');
  expect(few.stdout).toContain('"rows":2,"bad":3');
});

test("warns once of a column whose name is near one that is read", async () => {
  const row = { given: "8", gold: "8", expectd: true, source: "x", model: "y", position: 1 };
  const { status, stderr } = await fovea(file(row, row));
  expect(status).toBe(0);
  expect(stderr.match(/warning: .*answers\.jsonl:1: the column "expectd" .* "expected"\?/g)).toHaveLength(1);
  expect(stderr.match(/warning:/g)).toHaveLength(1);
  expect((await fovea(file({ ...row, expected: true, options: ["8"] }))).stderr).toBe("");
});

test.each<[string, (object | string)[], string[], number, string]>([
  ["a broken line", ["{"], [], 1, 'answers.jsonl:1: expected a JSON object, got "{"'],
  [
    "a line without an answer",
    [{ given: "1" }],
    [],
    1,
    "expected answers, answer, reference or gold, got given",
  ],
  ["a line with nothing to judge", [{ gold: "1" }], [], 1, "expected completion or given, got gold"],
  ["options that are no list", [{ given: "1", gold: "1", options: "A" }], [], 1, "answers.jsonl:1: options"],
  ["an empty file", [], [], 1, "expected at least one row, got none"],
  ["an unknown verdict", [], ["--verdict", "anser"], 2, "--verdict: expected one of answer, exact"],
  ["an unknown option", [], ["--set", "form=mark"], 2, "--set: answer"],
  ["an option without a value", [], ["--set", "from"], 2, '--set: expected key=value, got "from"'],
])("refuses %s", async (_, rows, flags, expected, message) => {
  const { status, stderr } = await fovea(file(...rows), ...flags);
  expect(status).toBe(expected);
  expect(stderr).toContain(message);
});

test("says which file is missing", async () => {
  const { status, stderr } = await fovea("/no/such/answers.jsonl");
  expect(status).toBe(1);
  expect(stderr).toContain("/no/such/answers.jsonl: expected a file of JSON lines");
});
