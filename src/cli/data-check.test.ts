import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesSchema, openFileSource, probeReferences, type ReferenceVerdict } from "../data/index.ts";
import { oneRow } from "../testing/one-row.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

async function check(path: string, ...words: string[]) {
  const { context, stdout } = collectingContext();
  const status = await runCommandLine(["data", "check", path, ...words], context);
  return { status, text: stdout() };
}

async function checkedRecord(path: string, ...words: string[]) {
  const { text } = await check(path, ...words, "--json");
  const records = text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return records.find(({ event }) => event === "checked")!;
}

const verl = {
  data_source: "shapes",
  prompt: [{ role: "user", content: "<image>Which colour?" }],
  images: [{ image: "a.png" }],
  reward_model: { ground_truth: "red", style: "rule" },
  ability: "vision",
  extra_info: { index: 7, split: "train" },
};

describe("fovea data check", () => {
  test("shows problems as the model and the verdict see them, and which columns they are made of", async () => {
    const { status, text } = await check(oneRow(verl));
    expect(status).toBe(0);
    expect(text).toContain("question from prompt; answer from reward_model.ground_truth; image from images");
    expect(text).toMatch(/ignored columns +ability\n/);
    expect(text).toContain("  | <image>Which colour?\n  images     28 x 28 pixels\n");
    expect(text).toContain('  reference  "red"\n  extracted  "red" out of the reference itself: right');
  });

  test.each([
    ["data: { path: ./rows.jsonl }", /; its data\.path is \S+rows\.jsonl: fovea data check \S+rows\.jsonl$/],
    ["data: digits", /; its data\.kind is "digits", which has no rows in files$/],
    ["data: { path: a.jsonl, kinds: 3 }", /; name the file or folder of rows$/],
  ])("names the rows of a run's configuration file, which has none: %s", async (text, message) => {
    const path = join(temporaryDirectory(), "run.yaml");
    writeFileSync(path, text);
    const { context, stderr } = collectingContext();
    expect(await runCommandLine(["data", "check", path], context)).toBe(2);
    expect(stderr()).toContain(`${path}: expected the file or folder of rows, got a run's configuration`);
    expect(stderr().trim()).toMatch(message);
  });

  test("shows the whole prompt of a model, its images in their places", async () => {
    const { text } = await check(oneRow(verl), "--model", "small");
    expect(text).toContain("[image 28 x 28]Which colour?");
    expect(text).toMatch(/prompt tokens +\d+ to/);
  });

  test("counts the tokens of solutions, and those longer than a completion may be", async () => {
    const path = oneRow({ question: "Which?", answer: "blue", solution: "It is blue. ".repeat(12) });
    const { text } = await check(path, "--model", "small", "--set", "sampling.maxCompletionTokens=20");
    expect(text).toMatch(/solution tokens +\d+ to \d+/);
    expect(text).toMatch(
      /solutions +1 rows have a completion for a warm start, 1 of them of more tokens than sampling\.maxCompletionTokens \(20\)/,
    );
    const record = await checkedRecord(path, "--model", "small", "--set", "sampling.maxCompletionTokens=400");
    expect(record).toMatchObject({ longSolutions: 0, solutionTokens: { least: expect.any(Number) } });
    expect((await check(path)).text).not.toContain("solution tokens");
  });

  test("says the same as one object", async () => {
    const path = oneRow({
      question: "Which?",
      choices: ["red", "blue"],
      answer: 1,
      solution: "It is blue.",
      note: 3,
    });
    const record = await checkedRecord(path);
    expect(record).toMatchObject({
      references: { judged: 1, unreachable: 0 },
      solutions: 1,
      answersOutsideOptions: 0,
      columns: {
        used: { answer: ["answer"], options: ["choices"], solution: ["solution"] },
        ignored: ["note"],
      },
    });
    expect(record["shown"]).toMatchObject([
      {
        id: `${path} line 1`,
        prompt: "Which?\nOptions:\nA. red\nB. blue",
        answers: ["B", "blue"],
        solution: "It is blue.",
      },
    ]);
  });

  test("reports system messages, which are not used", async () => {
    const prompt = [{ role: "system", content: "Be brief." }, ...verl.prompt];
    expect((await check(oneRow({ ...verl, prompt }))).text).toMatch(
      /system messages +1 rows have one, which Fovea ignores; the first is "Be brief\."/,
    );
    expect((await checkedRecord(oneRow({ ...verl, system: "Be kind." })))["systemText"]).toBe("Be kind.");
    expect((await check(oneRow(verl))).text).not.toContain("system messages");
  });

  test("reports answers outside the options, and long references that an answer would have to repeat", async () => {
    const words = "Because the air scatters blue light far more than it scatters red light";
    const long = await check(oneRow({ question: "Why?", answer: words }));
    expect(long.text).toMatch(/long references +1 of more than 12 words/);
    const beside = await check(oneRow({ question: "Which?", options: ["red", "blue"], answer: "green" }));
    expect(beside.text).toMatch(/answers +1 are not among their question's options/);
  });

  test("names references that no answer can match", async () => {
    const path = oneRow({ question: "?", answer: "up</answer>down" });
    const { text } = await check(path);
    expect(text).toMatch(/^reference {2}.*one\.jsonl line 1: no answer can match/m);
    expect(text).toMatch(/references +1 of 1 \(100 %\) that no answer can match/);
  });
});

describe("a probe of the first rows", () => {
  const never: ReferenceVerdict = {
    name: "never",
    judge: (text) => ({ extracted: text, score: 0, reason: "wrong answer" }),
  };

  test("counts references that the verdict does not accept, and names the first", async () => {
    const path = oneRow(
      `${JSON.stringify({ question: "?", answer: "1" })}\nbroken\n{"question": "?", "answer": "2"}\n`,
    );
    const source = await openFileSource(filesSchema.parse({ path }), "train");
    expect(await probeReferences(source, never)).toEqual({
      judged: 2,
      unreachable: 2,
      example: { place: `${path} line 1`, reference: "1", reason: "wrong answer" },
    });
    expect(
      await probeReferences(source, { ...never, judge: () => ({ extracted: "1", score: 1, reason: "" }) }, 1),
    ).toEqual({
      judged: 1,
      unreachable: 0,
    });
  });
});
