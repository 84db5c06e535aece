/**
 * @module
 * Small data sets in every format that files are read from, written for each test. All of them hold the same
 * problems: a plain square, and the question for its colour.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import sharp from "sharp";
import { temporaryDirectory } from "./temporary-directory.ts";
import { writeZip, type ZipOptions } from "./zip-files.ts";

/** One problem of the small data sets. */
export interface SmallProblem {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly image: Uint8Array;
}

/** A PNG of one colour. */
export async function plainImage(side: number, grey: number): Promise<Uint8Array> {
  const background = { r: grey, g: 255 - grey, b: grey };
  const create = { width: side, height: side, channels: 3 as const, background };
  return new Uint8Array(await sharp({ create }).png().toBuffer());
}

/** Problems whose answers are 7, 8 and 9 in turn. */
export function smallProblems(count: number): Promise<SmallProblem[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => ({
      id: `p${i}`,
      question: "What is the sum?",
      answer: String(7 + (i % 3)),
      image: await plainImage(28 + 28 * (i % 2), 20 * (i % 10)),
    })),
  );
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

function writeImages(folder: string, problems: readonly SmallProblem[]): void {
  mkdirSync(join(folder, "images"), { recursive: true });
  for (const { id, image } of problems) writeFileSync(join(folder, "images", `${id}.png`), image);
}

/** LLaVA's form: conversations, and images at paths. */
function llavaRows(problems: readonly SmallProblem[]): object[] {
  return problems.map(({ id, question, answer }) => ({
    id,
    image: `images/${id}.png`,
    conversations: [
      { from: "human", value: `<image>${question}` },
      { from: "gpt", value: `<think>I see.</think><answer>${answer}</answer>` },
    ],
  }));
}

/** LLaVA's form, an object a line. */
export function writeJsonl(problems: readonly SmallProblem[], folder = temporaryDirectory()): string {
  writeImages(folder, problems);
  const path = join(folder, "train.jsonl");
  writeFileSync(
    path,
    llavaRows(problems)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(""),
  );
  return path;
}

/** LLaVA's form, an object a line, its images packed in the archive that is returned beside it. */
export function writePackedJsonl(
  problems: readonly SmallProblem[],
  options: ZipOptions = {},
): { path: string; zip: string } {
  const folder = temporaryDirectory();
  const path = join(folder, "train.jsonl");
  writeFileSync(
    path,
    llavaRows(problems)
      .map((row) => JSON.stringify(row))
      .join("\n"),
  );
  const members = problems.map(({ id, image }, i) => ({
    name: `images/${id}.png`,
    content: image,
    method: i % 2 === 0 ? 8 : 0,
  }));
  return { path, zip: writeZip(join(folder, "images.zip"), members, options) };
}

/**
 * The layout of TIGER-Lab/ViRL39K: a parquet file whose `image` is a list of paths, and images.zip beside it. Every third
 * problem has no image, and of the others every second one no place for it in its text.
 */
export function writeVirl(problems: readonly SmallProblem[], folder: string = temporaryDirectory()): string {
  const hasImage = (i: number) => i % 3 !== 2;
  const pathOf = ({ id }: SmallProblem) => `images/Geometry3K-${id}.png`;
  const schema: SchemaElement[] = [
    { name: "schema", num_children: 6 },
    text("answer"),
    { name: "PassRate_32BTrained", type: "DOUBLE", repetition_type: "OPTIONAL" },
    text("category"),
    text("qid"),
    { name: "image", num_children: 1, converted_type: "LIST", repetition_type: "OPTIONAL" },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    text("element"),
    text("question"),
  ];
  const columnData = [
    { name: "answer", data: problems.map(({ answer }) => `\\boxed{${answer}}`) },
    { name: "PassRate_32BTrained", data: problems.map((_, i) => i / problems.length) },
    { name: "category", data: problems.map(() => "(GradeSchool) Geometric") },
    { name: "qid", data: problems.map(({ id }) => id) },
    {
      name: "image",
      data: problems.map((problem, i) => (hasImage(i) ? [pathOf(problem)] : i % 2 === 0 ? [""] : [])),
    },
    {
      name: "question",
      data: problems.map(({ question }, i) => (hasImage(i) && i % 2 === 0 ? `<image>${question}` : question)),
    },
  ];
  const members = problems.filter((_, i) => hasImage(i));
  writeZip(
    join(folder, "images.zip"),
    members.map((problem) => ({ name: pathOf(problem), content: problem.image })),
  );
  writeFileSync(
    join(folder, "39Krelease.parquet"),
    new Uint8Array(parquetWriteBuffer({ schema, columnData })),
  );
  return folder;
}

/** LLaVA's form, one list. */
export function writeJson(problems: readonly SmallProblem[], folder = temporaryDirectory()): string {
  writeImages(folder, problems);
  const path = join(folder, "train.json");
  writeFileSync(path, JSON.stringify(llavaRows(problems), null, 2));
  return path;
}

/** VLMEvalKit's form: base64 in the table; every second row takes the image of the row before. */
export function writeTsv(problems: readonly SmallProblem[], folder = temporaryDirectory()): string {
  const lines = problems.map(({ question, answer, image }, i) =>
    [String(i), i % 2 === 0 ? base64(image) : String(i - 1), question, answer, "colours"].join("\t"),
  );
  const path = join(folder, "train.tsv");
  writeFileSync(path, `${["index\timage\tquestion\tanswer\tcategory", ...lines].join("\n")}\n`);
  return path;
}

/** A folder of images with a table of their content. */
export function writeFolder(problems: readonly SmallProblem[], folder = temporaryDirectory()): string {
  writeImages(folder, problems);
  const lines = problems.map(({ id, question, answer }) => `images/${id}.png,"${question}",${answer}`);
  writeFileSync(join(folder, "metadata.csv"), `${["file_name,question,answer", ...lines].join("\n")}\n`);
  return folder;
}

const text = (name: string): SchemaElement => ({
  name,
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  repetition_type: "OPTIONAL",
});

/** Columns as the Hugging Face datasets library writes them: images are structs of bytes and path, or lists of such. */
export function parquetSchema(isList: boolean): SchemaElement[] {
  const fields: SchemaElement[] = [
    { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
    text("path"),
  ];
  const struct = (name: string): SchemaElement => ({ name, num_children: 2, repetition_type: "OPTIONAL" });
  const images: SchemaElement[] = isList
    ? [
        { name: "images", num_children: 1, converted_type: "LIST", repetition_type: "OPTIONAL" },
        { name: "list", num_children: 1, repetition_type: "REPEATED" },
        struct("element"),
        ...fields,
      ]
    : [struct("image"), ...fields];
  return [{ name: "schema", num_children: 4 }, text("id"), text("problem"), text("answer"), ...images];
}

/** A parquet file in row groups of four. */
export function writeParquet(
  problems: readonly SmallProblem[],
  { folder = temporaryDirectory(), isList = true }: { folder?: string; isList?: boolean } = {},
): string {
  const image = ({ image: bytes, id }: SmallProblem) => ({ bytes, path: `${id}.png` });
  const buffer = parquetWriteBuffer({
    schema: parquetSchema(isList),
    columnData: [
      { name: "id", data: problems.map(({ id }) => id) },
      { name: "problem", data: problems.map(({ question }) => `<image>${question}`) },
      { name: "answer", data: problems.map(({ answer }) => answer) },
      isList
        ? { name: "images", data: problems.map((problem) => [image(problem)]) }
        : { name: "image", data: problems.map(image) },
    ],
    rowGroupSize: 4,
  });
  const path = join(folder, "train-00000-of-00001.parquet");
  writeFileSync(path, new Uint8Array(buffer));
  return path;
}
