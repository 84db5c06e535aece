import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { openSource } from "../../data/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { benchmarkSchema, createBenchmark } from "../registry.ts";

/** The package's folder with these questions and one image. */
async function folderWith(questions: unknown): Promise<string> {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, "test", "images"), { recursive: true });
  writeFileSync(join(folder, "test", "questions.json"), JSON.stringify(questions));
  const image = { width: 64, height: 64, channels: 3, background: "red" } as const;
  await sharp({ create: image })
    .png()
    .toFile(join(folder, "test", "images", "0.png"));
  return folder;
}

test("a byte order mark before the questions is no fault", async () => {
  const folder = await folderWith([["is there a circle?", "yes", 0]]);
  const path = join(folder, "test", "questions.json");
  writeFileSync(path, `\ufeff${readFileSync(path, "utf8")}`);
  expect(await openSource((await open(folder)).source)).toMatchObject({ size: 1 });
});

const open = (data: string) =>
  createBenchmark(benchmarkSchema.parse({ kind: "easy-vqa" }), { data, seed: 0 });

test("easy-VQA reads questions, answers and images, and measures by kind", async () => {
  const folder = await folderWith([
    ["what color is the circle?", "red", 0],
    ["is there a circle?", "yes", 0],
    ["what shape is in the image?", "circle", 7],
  ]);
  const benchmark = await open(folder);
  const problems = await openSource(benchmark.source);
  const first = await problems.problem(0);
  expect(first).toMatchObject({
    id: "test-0",
    question: "what color is the circle?",
    answers: ["red"],
    kind: "colour",
  });
  expect([...first.images[0]!.data.subarray(0, 3)]).toEqual([255, 0, 0]);
  expect(benchmark.cluster!(first)).toBe("image 0");
  const answers = [first, await problems.problem(1)].map((problem) => ({
    problem,
    text: "Red",
    extracted: "Red",
    score: problem.id === "test-0" ? 1 : 0,
    reason: "",
  }));
  expect(benchmark.measures(answers).map(({ name, value }) => [name, value])).toEqual([
    ["accuracy", 0.5],
    ["colour", 1],
    ["yes or no", 0],
  ]);
  expect(await benchmark.verdict.judge("Red", first)).toMatchObject({ score: 1 });
  await expect(async () => problems.problem(2)).rejects.toThrow(/questions\.json row 3: .*7\.png/);
});

test("easy-VQA refuses other files by name", async () => {
  const folder = await folderWith([{ question: "?" }]);
  await expect((async () => openSource((await open(folder)).source))()).rejects.toThrow(
    "expected [question, answer, image] at 0",
  );
  await expect((async () => openSource((await open(temporaryDirectory())).source))()).rejects.toThrow(
    "expected test/questions.json, got none",
  );
});
