/**
 * @module
 * Benchmarks over made-up rows: files as they are published, recorded scores of other tools, and the scoring of texts.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import {
  type Benchmark,
  benchmarkSchema,
  createBenchmark,
  type Measure,
  type ScoredAnswer,
} from "../benchmark/index.ts";
import { type AnsweredProblem, openSource, type Problem, type ProblemSource } from "../data/index.ts";
import { plainImage } from "./data-files.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A row before its image is put in. */
export type MadeRow = Readonly<Record<string, unknown>>;

/** A row without some of its columns. */
export function without(row: MadeRow, ...columns: readonly string[]): MadeRow {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column)));
}

/** Bytes of the image that every made-up row has. */
export const MADE_IMAGE: Promise<Uint8Array> = plainImage(28, 90);

/** A recorded fixture of `fixtures/benchmarks`. */
export function recordedScores<Content>(name: string): Content {
  const url = new URL(`../../fixtures/benchmarks/${name}/scores.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(url)).toString("utf8")) as Content;
}

function field(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  const text = typeof cell === "object" ? JSON.stringify(cell) : `${cell as string | number}`;
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table of VLMEvalKit in a folder of its own; rows without an image get the made-up one. */
export async function writeTable(
  name: string,
  rows: readonly MadeRow[],
  folder: string = temporaryDirectory(),
): Promise<string> {
  const image = Buffer.from(await MADE_IMAGE).toString("base64");
  const whole = rows.map((row) => ({ image, ...row }));
  const columns = Object.keys(whole[0] ?? {});
  const lines = whole.map((row: MadeRow) => columns.map((column) => field(row[column])).join("\t"));
  writeFileSync(join(folder, name), `${[columns.join("\t"), ...lines].join("\n")}\n`);
  return folder;
}

/** The elements of a column by the type of its first cell: text, whole number, list of texts or an image. */
function elementsOf(name: string, cells: readonly unknown[]): SchemaElement[] {
  const sample = cells.find((cell) => cell !== null && cell !== undefined);
  const text = (of: string): SchemaElement => ({
    name: of,
    type: "BYTE_ARRAY",
    converted_type: "UTF8",
    repetition_type: "OPTIONAL",
  });
  if (typeof sample === "number") return [{ name, type: "DOUBLE", repetition_type: "OPTIONAL" }];
  if (typeof sample === "boolean") return [{ name, type: "BOOLEAN", repetition_type: "OPTIONAL" }];
  if (Array.isArray(sample)) {
    return [
      { name, num_children: 1, converted_type: "LIST", repetition_type: "OPTIONAL" },
      { name: "list", num_children: 1, repetition_type: "REPEATED" },
      text("element"),
    ];
  }
  if (typeof sample === "object") {
    const bytes: SchemaElement = { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" };
    return [{ name, num_children: 2, repetition_type: "OPTIONAL" }, bytes, text("path")];
  }
  return [text(name)];
}

/** A parquet file as the datasets library writes it; rows without an image get the made-up image, except for null. */
export async function writeRows(
  name: string,
  rows: readonly MadeRow[],
  folder: string = temporaryDirectory(),
): Promise<string> {
  const image = { bytes: await MADE_IMAGE, path: "image.png" };
  const whole = rows.map((row) => ({ image, ...row }));
  const columns = [...new Set(whole.flatMap((row) => Object.keys(row)))];
  const columnData = columns.map((column) => ({
    name: column,
    data: whole.map((row: MadeRow) => row[column] ?? null),
  }));
  const schema: SchemaElement[] = [
    { name: "schema", num_children: columns.length },
    ...columnData.flatMap(({ name: column, data }) => elementsOf(column, data)),
  ];
  writeFileSync(join(folder, name), new Uint8Array(parquetWriteBuffer({ schema, columnData })));
  return folder;
}

/** A benchmark by its options. */
export function openBenchmark(options: Readonly<Record<string, unknown>>): Promise<Benchmark> {
  return createBenchmark(benchmarkSchema.parse(options), { data: undefined, seed: 0 });
}

/** The problems of a benchmark by its options, its files open. */
export async function openProblems(options: Readonly<Record<string, unknown>>): Promise<ProblemSource> {
  const { source } = await openBenchmark(options);
  return openSource(source);
}

/** All problems of a benchmark. */
export async function problemsOf({ source }: Benchmark): Promise<Problem[]> {
  const opened = await openSource(source);
  const problems: Problem[] = [];
  for (let index = 0; index < opened.size; index++) problems.push(await opened.problem(index));
  return problems;
}

/** A text for each problem, judged by the benchmark's verdict. */
export async function scoredBy(
  { verdict }: Benchmark,
  problems: readonly AnsweredProblem[],
  texts: readonly string[],
): Promise<ScoredAnswer[]> {
  const scored: ScoredAnswer[] = [];
  for (const [i, problem] of problems.entries()) {
    const text = texts[i] ?? "";
    scored.push({ ...(await verdict.judge(text, problem)), problem, text });
  }
  return scored;
}

/** As `scoredBy`, with a judge's reply wherever the protocol asks a judge. */
export async function judgedBy(
  benchmark: Benchmark,
  problems: readonly AnsweredProblem[],
  texts: readonly string[],
  replies: readonly string[],
): Promise<ScoredAnswer[]> {
  const scored = await scoredBy(benchmark, problems, texts);
  return scored.map((answer, i) => {
    const { problem, text } = answer;
    const isAsked = benchmark.asksJudge?.(text, problem) === true;
    return isAsked ? { ...answer, ...benchmark.judgeRead?.(replies[i]!, problem, text) } : answer;
  });
}

/** Another tool's scores of one reply to each problem. */
export interface RecordedScores {
  /** The answer that it read in each reply; null for none. */
  readonly answers?: readonly (string | null)[];
  /** 1 for each reply that it counted as right. */
  readonly right?: readonly number[];
  readonly measures: Readonly<Record<string, number>>;
}

/** How another tool says its measures. */
export interface RecordedNames {
  readonly ownName?: (name: string) => string;
  /** 100 for measures in percent, for all of them or by our name. */
  readonly unit?: number;
  /** Half of the last place of a measure that is rounded. */
  readonly rounding?: number;
}

/** Differences between our measures and another tool's; none where all agree to 12 digits, or to its own rounding. */
function measureFaults(
  ours: readonly Measure[],
  theirs: RecordedScores["measures"],
  { ownName = (name) => name, unit = 1, rounding = 0 }: RecordedNames,
): string[] {
  return Object.entries(theirs).flatMap(([name, value]) => {
    const found = ours.find((measure) => measure.name === ownName(name))?.value;
    const isSame =
      typeof found === "number" &&
      Math.abs(found * unit - value) <= rounding + 1e-12 * Math.max(1, Math.abs(value));
    return isSame ? [] : [`${name}: expected ${value}, got ${found}`];
  });
}

/** Differences from another tool's answers and measures on the same replies; none where all are the same. */
export function scoreFaults(
  benchmark: Benchmark,
  scored: readonly ScoredAnswer[],
  { answers, right, measures }: RecordedScores,
  names: RecordedNames = {},
): string[] {
  const faults = scored.flatMap(({ text, extracted, score }, i) => {
    const read = answers === undefined || answers[i] === extracted;
    const judged = right === undefined || right[i] === score;
    const theirs = `${answers?.[i] ?? ""} ${right?.[i] ?? ""}`.trim();
    return read && judged ? [] : [`${JSON.stringify(text)}: expected ${theirs}, got ${extracted} ${score}`];
  });
  const expected = answers ?? right ?? scored;
  const counted =
    expected.length === scored.length ? [] : [`${expected.length} answers, got ${scored.length}`];
  return [...counted, ...faults, ...measureFaults(benchmark.measures(scored), measures, names)];
}

/** The values of measures by name. */
export function measured(measures: readonly Measure[]): Record<string, number | null> {
  return Object.fromEntries(measures.map(({ name, value }) => [name, value]));
}
