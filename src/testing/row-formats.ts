/**
 * @module
 * The same small problems as rows of the conventions that published sets and other trainers use.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { SmallProblem } from "./data-files.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });

/** A row of each convention; its image is `path`, or in the row. */
const CONVENTIONS: Readonly<Record<string, (problem: SmallProblem, path: string) => object>> = {
  "TRL's messages": ({ question, answer }, path) => ({
    images: [path],
    prompt: [user([{ type: "image" }, { type: "text", text: question }])],
    completion: [assistant([{ type: "text", text: `<answer>${answer}</answer>` }])],
  }),
  "messages with images in base64": ({ question, answer, image }) => ({
    messages: [
      user([
        { type: "image_url", image_url: { url: `data:image/png;base64,${base64(image)}` } },
        { type: "text", text: question },
      ]),
      assistant(answer),
    ],
  }),
  "verl's rows": ({ question, answer }, path) => ({
    data_source: "small",
    prompt: [user(`<image>${question}`)],
    images: [{ image: path }],
    reward_model: { style: "rule", ground_truth: answer },
    extra_info: { split: "train", index: 12345678901234567n.toString() },
  }),
  "ms-swift's query and response": ({ question, answer }, path) => ({
    query: `<image>${question}`,
    response: `We add, so it is \\boxed{${answer}}.`,
    images: [{ image: path }],
    history: [],
  }),
  "accepted answers": ({ question, answer, image }) => ({
    question,
    answers: [{ answer }, { answer: `${answer}.0` }],
    image: base64(image),
  }),
  "a choice with options as Python's list": ({ question, answer, image }) => ({
    question,
    options: "['7', \"8\", '9']",
    answer,
    image_1: { bytes: base64(image), path: null },
  }),
  "a choice with options by letter": ({ question, answer }, path) => ({
    question,
    choices: { A: "7", B: "8", C: "9" },
    answer_index: Number(answer) - 7,
    image_path: path,
  }),
};

/** Names of the conventions. */
export const ROW_CONVENTIONS: readonly string[] = Object.keys(CONVENTIONS);

/** JSON lines of one convention. */
export function writeConvention(name: string, problems: readonly SmallProblem[]): string {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, "images"));
  for (const { id, image } of problems) writeFileSync(join(folder, "images", `${id}.png`), image);
  const rows = problems.map((problem) => CONVENTIONS[name]!(problem, `images/${problem.id}.png`));
  const path = join(folder, "train.jsonl");
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return path;
}

/** verl's parquet: nested structs, and images as bytes. */
export function writeVerlParquet(problems: readonly SmallProblem[]): string {
  const text = (name: string) =>
    ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }) as const;
  const group = (name: string, children: number) =>
    ({ name, num_children: children, repetition_type: "OPTIONAL" }) as const;
  const list = (name: string) => [
    { name, num_children: 1, converted_type: "LIST", repetition_type: "OPTIONAL" } as const,
    { name: "list", num_children: 1, repetition_type: "REPEATED" } as const,
  ];
  const buffer = parquetWriteBuffer({
    schema: [
      { name: "schema", num_children: 4 },
      text("data_source"),
      ...list("prompt"),
      group("element", 2),
      text("role"),
      text("content"),
      ...list("images"),
      group("element", 2),
      { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
      text("path"),
      group("reward_model", 2),
      text("style"),
      text("ground_truth"),
    ],
    columnData: [
      { name: "data_source", data: problems.map(() => "small") },
      { name: "prompt", data: problems.map(({ question }) => [user(`<image>${question}`)]) },
      { name: "images", data: problems.map(({ image, id }) => [{ bytes: image, path: `${id}.png` }]) },
      { name: "reward_model", data: problems.map(({ answer }) => ({ style: "rule", ground_truth: answer })) },
    ],
    rowGroupSize: 4,
  });
  const path = join(temporaryDirectory(), "train.parquet");
  writeFileSync(path, new Uint8Array(buffer));
  return path;
}
