/**
 * @module
 * easy-VQA: shapes and colours, in the files of the PyPI package `easy-vqa`.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { DataError } from "../../errors/index.ts";
import { decodeImage } from "../../model/index.ts";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { accuracy, accuracyBy } from "../measures.ts";

const FILE = "questions.json";
const questionsSchema = z.array(z.tuple([z.string().min(1), z.string().min(1), z.int().min(0)])).min(1);

/** The folder of the test split: the one that is given, or in it. */
function folderOf(data: string | undefined): string {
  if (data === undefined) {
    throw new DataError(
      `benchmark easy-vqa: expected the folder data/test of the package easy-vqa (--data, or its option data)`,
    );
  }
  const folders = [
    data,
    join(data, "test"),
    join(data, "data", "test"),
    join(data, "easy_vqa", "data", "test"),
  ];
  const found = folders.find((folder) => statSync(join(folder, FILE), { throwIfNoEntry: false })?.isFile());
  if (found === undefined)
    throw new DataError(`benchmark easy-vqa: ${data}: expected test/${FILE}, got none`);
  return found;
}

function readQuestions(path: string): {
  readonly rows: z.output<typeof questionsSchema>;
  readonly hash: string;
} {
  // A byte order mark, which JSON does not have, is left out.
  const text = new TextDecoder().decode(readFileSync(path));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${path}: expected JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = questionsSchema.safeParse(json);
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0]!;
    throw new DataError(`${path}: expected [question, answer, image] at ${place.join(".")}: ${message}`);
  }
  return { rows: parsed.data, hash: createHash("sha256").update(text).digest("hex") };
}

const COLOUR = /\bcolou?r\b/;

/** Yes-or-no questions, questions for the colour, and questions for the shape. */
function kindOf(question: string, answer: string): string {
  if (answer === "yes" || answer === "no") return "yes or no";
  return COLOUR.test(question) ? "colour" : "shape";
}

/** easy-VQA. */
export const easyVqa = defineBenchmark({
  facts: {
    title: "easy-VQA",
    task: "shape, colour, yes or no, of one shape on an image of 64 pixels",
    size: "9,673 test",
    metric: "accuracy",
    files: ["data/test/questions.json and data/test/images of the PyPI package easy-vqa"],
    source: "https://victorzhou.com/blog/easy-vqa/",
    licence: "MIT",
  },
  schema: z
    .strictObject({
      kind: z.literal("easy-vqa"),
      data: z.string().min(1).optional().describe("Folder of the package, or its data/test."),
    })
    .describe("easy-VQA: shapes and colours."),
  create: ({ data }, context) => {
    const source = () => {
      const folder = folderOf(data ?? context.data);
      const { rows, hash } = readQuestions(join(folder, FILE));
      return {
        fingerprint: `easy-vqa rows=${rows.length} content=${hash}`,
        size: rows.length,
        async problem(index: number) {
          const row = rows[index];
          if (row === undefined)
            throw new DataError(`easy-vqa: expected an index below ${rows.length}, got ${index}`);
          const [question, answer, image] = row;
          const path = join(folder, "images", `${image}.png`);
          const kind = kindOf(question, answer);
          const images = [await decodeImage(path, { where: `${FILE} row ${index + 1}: ${path}` })];
          return { id: `test-${index}`, images, question, answers: [answer], kind, columns: { image } };
        },
      };
    };
    return {
      name: "easy-vqa",
      source,
      verdict: createVerdict(verdictSchema.parse({ kind: "exact" })),
      measures: (answers) => [accuracy(answers), ...accuracyBy(answers, ({ kind }) => kind)],
      cluster: ({ columns }) => `image ${String(columns["image"])}`,
    };
  },
});
