/**
 * @module
 * EMMA (arXiv:2501.05444): mathematics, physics, chemistry and code that no text without its images can solve.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { literalIn, type ProblemSource, type Row } from "../../data/index.ts";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { type Benchmark, defineBenchmark } from "../benchmark.ts";
import { oneOf, requiredText, textIn } from "../cells.ts";
import { acceptedChoice, choicesOf, columnOptions } from "../choices.ts";
import { withImagePlaces } from "../image-places.ts";
import { joinedSources } from "../joined-sources.ts";
import { accuracyByColumns, textsIn } from "../lists.ts";
import { accuracy } from "../measures.ts";
import { openPublished, type ProblemOfRow, publishedSource } from "../published-rows.ts";
import { emmaRule } from "../rules/emma.ts";
import { type ReadingRule, ruleParts } from "../rules/reading.ts";
import { vlmEvalKitLetter } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

const FORMS = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^EMMA\.tsv$/,
    published: "EMMA.tsv",
    columns: ["index", "image", "context", "question", "type", "A", "answer"],
  },
  {
    name: "authors",
    format: "parquet",
    file: /^test-.*\.parquet$/,
    published: "test-….parquet of a subject",
    columns: ["pid", "question", "options", "answer", "image_1", "subject", "category", "type", "context"],
  },
] as const;
type Form = (typeof FORMS)[number]["name"];

const INSTRUCTIONS = {
  cot: "Please solve the problem step by step.",
  direct:
    "Please ensure that your output only contains the final answer without any additional content (such as intermediate reasoning steps).",
} as const;
type Instruction = keyof typeof INSTRUCTIONS;

const IMAGES = [1, 2, 3, 4, 5].map((number) => `image_${number}`);

const SUBJECTS = ["Chemistry", "Coding", "Math", "Physics"];

/** The folders of the subjects in a folder, else the place itself. */
function placesOf(data: string | undefined): readonly (string | undefined)[] {
  if (data === undefined) return [undefined];
  const folders = SUBJECTS.map((subject) => join(data, subject)).filter((path) => existsSync(path));
  return folders.length > 0 ? folders : [data];
}

function idOf(row: Row, form: Form): string {
  return requiredText(row, form === "authors" ? "pid" : "index");
}

/** The authors' prompt; a line of context where there is one. */
function promptOf(row: Row, options: readonly string[], instruction: Instruction): string {
  const context = textIn(row, "context");
  const listed = choicesOf(options).map(({ letter, text }) => `${letter}: ${text}\n`);
  const request =
    options.length === 0
      ? 'Answer the question using a single word or phrase and put the answer in one "\\boxed{}". '
      : `Answer with the option's letter from the given choices and put the letter in one "\\boxed{}". `;
  const parts = [context, requiredText(row, "question"), ...(listed.length === 0 ? [] : [listed.join("")])];
  return `${[...parts, request].filter((part) => part !== undefined).join("\n")}${INSTRUCTIONS[instruction]}`;
}

function imagesIn(row: Row, form: Form): readonly unknown[] {
  if (form === "authors")
    return IMAGES.map((column) => row[column]).filter((cell) => cell !== undefined && cell !== null);
  const list = typeof row["image"] === "string" ? literalIn(row["image"]) : undefined;
  const cells = Array.isArray(list) ? (list as readonly unknown[]) : [row["image"]];
  return cells.filter((cell) => cell !== "" && cell !== null && cell !== undefined);
}

function problemOf(row: Row, form: Form, instruction: Instruction): ProblemOfRow {
  const isChoice = form === "authors" ? isChoiceType(row) : textIn(row, "type") === "MCQ";
  const options = !isChoice ? [] : form === "authors" ? textsIn(row, "options") : columnOptions(row);
  const answer = requiredText(row, "answer").trim();
  const prompt = promptOf(row, options, instruction).replaceAll(/<image_(\d+)>/g, "<image $1>");
  return {
    id: idOf(row, form),
    ...withImagePlaces(prompt, imagesIn(row, form)),
    answers: isChoice ? acceptedChoice(answer.toUpperCase(), options) : [answer],
    ...(isChoice && { options }),
    kind: textIn(row, "subject") ?? "none",
  };
}

function isChoiceType(row: Row): boolean {
  return oneOf(row, "type", ["Multiple Choice", "Open-ended"]) === "Multiple Choice";
}

/** VLMEvalKit: the letter that it infers, else one that its judge reads; open answers are its judge's, and wrong without one. */
const vlmEvalKit: ReadingRule = (reply, { answers, options }) => {
  if (options === undefined) return { isRight: false, asksJudge: true };
  const extracted = vlmEvalKitLetter(reply, choicesOf(options));
  return { extracted, isRight: extracted === answers[0], asksJudge: extracted === undefined };
};

const SCORERS = ["fovea", "vlmevalkit", "lmms-eval"] as const;

function scored(scorer: (typeof SCORERS)[number]): Pick<Benchmark, "verdict" | "asksJudge" | "judgeRead"> {
  if (scorer === "vlmevalkit") return ruleParts(scorer, vlmEvalKit);
  if (scorer === "lmms-eval") return ruleParts(scorer, emmaRule);
  return { verdict: createVerdict(verdictSchema.parse({ kind: "answer" })) };
}

/** EMMA. */
export const emma = defineBenchmark({
  facts: {
    title: "EMMA",
    task: "mathematics, physics, chemistry and code on several images: multiple choice and free answers",
    size: "2,788, 400 mini",
    metric: "accuracy",
    files: [
      "EMMA.tsv (VLMEvalKit)",
      "Chemistry, Coding, Math and Physics/test-….parquet, or one of them (luckychao/EMMA, EMMA-mini; lmms-lab-encoder, lmms-eval)",
    ],
    source: "arXiv:2501.05444",
    licence: "MIT",
  },
  schema: z
    .strictObject({
      kind: z.literal("emma"),
      data: dataOption,
      prompt: z
        .enum(["cot", "direct"])
        .default("cot")
        .describe("The authors' instruction: steps, or the answer alone."),
      scorer: z
        .enum(SCORERS)
        .default("fovea")
        .describe(
          "Whose rule decides: fovea's verdict answer; VLMEvalKit's; lmms-eval's, which is the authors' without a judge.",
        ),
    })
    .describe("EMMA: problems that need their images."),
  create: ({ data, prompt, scorer }, context) => ({
    name: "emma",
    async source() {
      const sources: ProblemSource[] = [];
      for (const place of placesOf(data ?? context.data)) {
        const published = await openPublished("emma", place, FORMS);
        await surveyRows("emma", published, (row, { form }) => ({ id: idOf(row, form) }));
        sources.push(publishedSource(published, (row, { form }) => problemOf(row, form, prompt)));
      }
      return joinedSources(sources);
    },
    ...scored(scorer),
    measures: (answers) => [accuracy(answers), ...accuracyByColumns(answers, ["subject", "category"])],
  }),
});
