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
import { type AnsweredProblem, openSource } from "../data/index.ts";
import { plainImage } from "./data-files.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A row before its image is put in. */
export type MadeRow = Readonly<Record<string, unknown>>;

/** Bytes of the image that every made-up row has. */
export const MADE_IMAGE: Promise<Uint8Array> = plainImage(28, 90);

/** A recorded fixture of `fixtures/benchmarks`. */
export function recordedScores<Content>(name: string): Content {
  const url = new URL(`../../fixtures/benchmarks/${name}/scores.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(url)).toString("utf8")) as Content;
}

function field(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  const text = String(cell);
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

/** The elements of a column by what its first cell is: text, whole number, list of texts or an image. */
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

/** A parquet file as the datasets library writes it; rows without an image get the made-up one, but for null. */
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

/** All problems of a benchmark. */
export async function problemsOf(benchmark: Benchmark): Promise<AnsweredProblem[]> {
  const source = await openSource(benchmark.source);
  const problems: AnsweredProblem[] = [];
  for (let index = 0; index < source.size; index++) problems.push(await source.problem(index));
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

/** Faults of our measures against those of another tool, by its own names; none where all agree to 12 digits. */
export function disagreements(
  ours: readonly Measure[],
  theirs: Readonly<Record<string, number>>,
  ownName: (name: string) => string = (name) => name,
  unit = 1,
): string[] {
  return Object.entries(theirs).flatMap(([name, value]) => {
    const found = ours.find((measure) => measure.name === ownName(name))?.value;
    const isSame = typeof found === "number" && Math.abs(found * unit - value) <= 1e-12 * Math.max(1, unit);
    return isSame ? [] : [`${name}: expected ${value}, got ${found}`];
  });
}

/** The values of measures by name. */
export function measured(measures: readonly Measure[]): Record<string, number | null> {
  return Object.fromEntries(measures.map(({ name, value }) => [name, value]));
}
