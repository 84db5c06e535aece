/**
 * @module
 * A made-up run directory, whole or broken in one place, for tests of code that reads runs.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./temporary-directory.ts";
import { tinyConfig } from "./tiny-run.ts";

export interface MadeRun {
  readonly iterations?: number;
  /** Completions of each group of each iteration. */
  readonly completions?: readonly (readonly string[])[];
  readonly flags?: readonly string[];
  readonly path?: string;
}

/** A completion's line; right where its text ends in "1". */
export function rolloutLine(problem: number, completion: string): string {
  const tokens = Array.from(completion);
  const accuracy = completion.endsWith("1") ? 1 : 0;
  return JSON.stringify({
    problem: `made-${problem}`,
    index: problem,
    kind: "largest",
    question: "What is the largest digit?",
    answers: ["1"],
    completion,
    reward: accuracy + 0.1,
    rewardParts: { accuracy, format: 1 },
    stopReason: "stop",
    tokens: tokens.map((_, t) => t),
    tokenTexts: tokens,
    logprobs: tokens.map((_, t) => -0.1 * t),
    entropy: tokens.map(() => 0.5),
    weights: tokens.map((_, t) => 1 + t),
    roles: tokens.map((_, t) => (t % 2 === 0 ? "visual" : "text")),
    alignment: tokens.map(() => 0.25),
  });
}

/** Line of metrics.jsonl. */
export function metricsLine(iteration: number): string {
  return JSON.stringify({
    event: "iteration",
    iteration,
    reward: iteration / 10,
    roles: { visual: 0.5, text: 0.25, neutral: 0.25 },
    timing: { sampleSeconds: 2, updateSeconds: 1, totalSeconds: 3.5 },
  });
}

/** Writes a run and returns its path. */
export function madeRun({
  iterations = 3,
  completions = [["a1", "b2"]],
  flags = [],
  path,
}: MadeRun = {}): string {
  const run = path ?? join(temporaryDirectory(), "made");
  mkdirSync(join(run, "rollouts"), { recursive: true });
  const record = { version: 1, kind: "train", config: tinyConfig(...flags), data: {} };
  writeFileSync(join(run, "config.json"), JSON.stringify(record));
  writeFileSync(
    join(run, "environment.json"),
    JSON.stringify({ version: 1, startedAt: "2026-01-01T00:00:00.000Z" }),
  );
  const numbers = Array.from({ length: iterations }, (_, i) => i + 1);
  writeFileSync(join(run, "metrics.jsonl"), numbers.map((number) => `${metricsLine(number)}\n`).join(""));
  for (const number of numbers) {
    const lines = completions.flatMap((group, problem) =>
      group.map((text) => `${rolloutLine(problem, text)}\n`),
    );
    writeFileSync(join(run, "rollouts", `${String(number).padStart(6, "0")}.jsonl`), lines.join(""));
  }
  return run;
}
