/**
 * @module
 * Predictions for benchmarks as other tools scored them, recorded in `fixtures/benchmarks/NAME/TOOL.json` beside the made-up
 * files that the predictions are to.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Benchmark, benchmarkSchema, createBenchmark, type ScoredAnswer } from "../benchmark/index.ts";
import { openSource } from "../data/index.ts";

/** One prediction to each row, the tool's score of each, and its measures, as shares. */
export interface Round {
  readonly predictions: readonly string[];
  readonly scores: readonly number[];
  readonly measures: Readonly<Record<string, number>>;
}

/** Rounds that one tool scored. */
export interface Rounds {
  readonly by: string;
  readonly file: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rounds: readonly Round[];
}

const FOLDER = new URL("../../fixtures/benchmarks/", import.meta.url);

/** A file of a benchmark's fixtures. */
export function benchmarkFixture(name: string, file: string): string {
  return fileURLToPath(new URL(`${name}/${file}`, FOLDER));
}

/** The recordings of a benchmark. */
export function recordedRounds(name: string): Rounds[] {
  return readdirSync(new URL(name, FOLDER))
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(benchmarkFixture(name, file), "utf8")) as Rounds);
}

/** A benchmark opened on a file of its fixtures. */
export function openRecorded(
  kind: string,
  { file, options }: Pick<Rounds, "file" | "options">,
): Promise<Benchmark> {
  const config = benchmarkSchema.parse({ kind, data: benchmarkFixture(kind, file), ...options });
  return createBenchmark(config, { data: undefined, seed: 0 });
}

/** The answers of one round with our verdicts, in the order of the rows. */
export async function judgedRound(
  { source, verdict }: Benchmark,
  predictions: readonly string[],
): Promise<ScoredAnswer[]> {
  const problems = await openSource(source);
  const answers: ScoredAnswer[] = [];
  for (const [i, text] of predictions.entries()) {
    const problem = await problems.problem(i);
    answers.push({ problem, text, ...(await verdict.judge(text, problem)) });
  }
  return answers;
}
