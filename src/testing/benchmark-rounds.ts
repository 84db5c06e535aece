/**
 * @module
 * Predictions for benchmarks as other tools scored them, recorded in `fixtures/benchmarks/NAME/TOOL.json` beside the made-up
 * files that the predictions are to.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Benchmark, benchmarkSchema, createBenchmark, type ScoredAnswer } from "../benchmark/index.ts";
import { openSource, type Problem } from "../data/index.ts";
import { plainImage } from "./data-files.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** One prediction to each row, the tool's score of each, and its measures, as shares. */
export interface Round {
  readonly predictions: readonly string[];
  /** Null for an answer that the tool leaves out. */
  readonly scores: readonly (number | null)[];
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
    .filter((file) => /^(?:authors|vlmevalkit|lmms-eval)\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(benchmarkFixture(name, file), "utf8")) as Rounds);
}

const LECTURES = [
  "Science/dev_Biology",
  "Engineering/dev_Energy_and_Power",
  "Art/dev_Art_Theory",
  "Medicine/dev_Public_Health",
];

/** Videos that rows of fixtures name, from the folder of their file. */
const VIDEOS: Readonly<Record<string, readonly string[]>> = {
  "vsi-bench": [0, 1, 2, 3].map((i) => `arkitscenes/${41069020 + i}.mp4`),
  mmvu: [
    "Biology",
    "Modern_Physics",
    "Civil_Engineering",
    "Computer_Science",
    "Pharmacy",
    "Art",
    "Law",
    "Thermodynamics",
  ].map((subject, i) => `videos/${subject}/${i % 4}.mp4`),
  "video-mmmu": LECTURES.flatMap((lecture) =>
    [0, 1, 2, 3, 4, 5].flatMap((i) => ["videos", "parquet"].map((root) => `${root}/${lecture}_${i}.mp4`)),
  ),
};

/** Images that rows of fixtures name. */
const FIGURES: Readonly<Record<string, readonly string[]>> = {
  chartmimic: [0, 1, 2, 3].map((i) => `images/ChartMimic/v2/direct_1800/bar_${i}.png`),
  "mega-bench": ["data/example.png", "data/query.png"],
};

/** A copy of a fixture's file, with folders of frames beside it in place of the videos that it names. */
export async function copiedFixture(kind: string, file: string): Promise<string> {
  const folder = temporaryDirectory();
  cpSync(benchmarkFixture(kind, file), join(folder, file), { recursive: true });
  const frame = await plainImage(28, 100);
  for (const figure of FIGURES[kind] ?? []) {
    mkdirSync(dirname(join(folder, figure)), { recursive: true });
    writeFileSync(join(folder, figure), frame);
  }
  for (const video of VIDEOS[kind] ?? []) {
    mkdirSync(join(folder, video), { recursive: true });
    for (const i of [0, 1]) writeFileSync(join(folder, video, `${i}.png`), frame);
  }
  return join(folder, file);
}

/** A benchmark opened on a file of its fixtures. */
export async function openRecorded(
  kind: string,
  { file, options }: Pick<Rounds, "file" | "options">,
): Promise<Benchmark> {
  const config = benchmarkSchema.parse({ kind, data: await copiedFixture(kind, file), ...options });
  return createBenchmark(config, { data: undefined, seed: 0 });
}

/** The path of a copy of a fixture's table whose lines are changed; the first is the header. */
export async function changedTable(
  kind: string,
  file: string,
  change: (lines: string[][]) => void,
): Promise<string> {
  const data = await copiedFixture(kind, file);
  const lines = readFileSync(data, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  change(lines);
  writeFileSync(data, `${lines.map((cells) => cells.join("\t")).join("\n")}\n`);
  return data;
}

/** All problems of a benchmark. */
export async function allProblems(benchmark: Benchmark): Promise<Problem[]> {
  const source = await openSource(benchmark.source);
  return Promise.all(Array.from({ length: source.size }, async (_, i) => source.problem(i)));
}

/** Texts to problems, one each, with our verdicts. */
export function judgedRound(
  { verdict }: Benchmark,
  problems: readonly Problem[],
  predictions: readonly string[],
): Promise<ScoredAnswer[]> {
  return Promise.all(
    predictions.map(async (text, i) => {
      const problem = problems[i]!;
      return { problem, text, ...(await verdict.judge(text, problem)) };
    }),
  );
}
