import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readAnswers } from "../eval/index.ts";
import { Rng } from "../math/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const KILLS = 20;

/** The words of an evaluation of the built-in model, from random weights, at temperature 1. */
const words = (out: string) => [
  "eval",
  "--problems",
  "600",
  "--samples",
  "2",
  "--temperature",
  "1",
  "--max-tokens",
  "12",
  "--set",
  "evaluation.batchSize=8",
  "--out",
  out,
];

/** Starts an evaluation and kills it while it answers; true when it ended before. */
async function killed(out: string, path: string, rng: Rng): Promise<boolean> {
  const size = () => (existsSync(path) ? readFileSync(path).length : 0);
  const before = size();
  const child = spawn(process.execPath, [PROGRAM, ...words(out)], { stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => child.once("exit", (status) => resolve(status)));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && size() === before) await wait(5);
  await wait(rng.uniform(0, 150));
  child.kill("SIGKILL");
  return (await ended) !== null;
}

test(`an evaluation killed ${KILLS} times loses no answer and samples none twice`, {
  timeout: 900_000,
}, async () => {
  const whole = join(temporaryDirectory(), "whole");
  const out = join(temporaryDirectory(), "out");
  const path = join(out, "digits-validation", "answers.jsonl");
  const rng = new Rng(5);
  let kills = 0;
  const kept: number[] = [];
  for (; kills < KILLS; kills++) {
    const isOver = await killed(out, path, rng);
    expect(isOver, `over after ${kills} kills: raise the number of problems`).toBe(false);
    kept.push(readAnswers(path).answers.length);
  }
  // Nothing that was recorded once is gone later.
  expect(kept).toEqual([...kept].sort((a, b) => a - b));
  for (const directory of [out, whole]) {
    const child = spawn(process.execPath, [PROGRAM, ...words(directory)], { stdio: "ignore" });
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
  }
  const { answers } = readAnswers(path);
  expect(new Set(answers.map(({ index, sample }) => `${index} ${sample}`)).size).toBe(1200);
  expect(answers).toHaveLength(1200);
  const order = (file: string) => readFileSync(file, "utf8").trimEnd().split("\n").slice(1).sort();
  expect(order(path)).toEqual(order(join(whole, "digits-validation", "answers.jsonl")));
});
