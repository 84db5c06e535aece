/**
 * @module
 * MathVision (MATH-Vision, arXiv:2402.14804): problems of mathematics competitions with a figure.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { boxedAnswer, createVerdict, pythonFloat, verdictSchema } from "../../verify/index.ts";
import { type Benchmark, defineBenchmark } from "../benchmark.ts";
import { requiredText, textIn } from "../cells.ts";
import { acceptedChoice, choicesOf } from "../choices.ts";
import { accuracyByColumns, textsIn } from "../lists.ts";
import { accuracy } from "../measures.ts";
import { openPublished, type ProblemOfRow, type PublishedForm, publishedSource } from "../published-rows.ts";
import { latexNumber } from "../rules/latex-number.ts";
import { mathVisionRule } from "../rules/math-vision.ts";
import { type ReadingRule, ruleParts } from "../rules/reading.ts";
import { vlmEvalKitLetter } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

type Form = "vlmevalkit" | "authors";

function formsOf(split: "test" | "testmini"): readonly PublishedForm<Form>[] {
  const table = split === "test" ? "MathVision.tsv" : "MathVision_MINI.tsv";
  return [
    {
      name: "vlmevalkit",
      format: "tsv",
      file: new RegExp(`^${table.replace(".", "\\.")}$`),
      published: table,
      columns: ["index", "image", "question", "choices", "answer", "category"],
    },
    {
      name: "authors",
      format: "parquet",
      file: new RegExp(`^${split}-.*\\.parquet$`),
      published: `${split}-….parquet`,
      columns: ["id", "question", "options", "decoded_image", "answer", "level", "subject"],
    },
  ];
}

function idOf(row: Row, form: Form): string {
  return requiredText(row, form === "authors" ? "id" : "index");
}

const REQUEST =
  'Please solve the problem and put your answer in one "\\boxed{}". If it is a multiple choice question, only one letter is ' +
  'allowed in the "\\boxed{}".';

/** The authors' prompt; options that are the letters of a figure's parts are not listed. */
function authorsPrompt(question: string, options: readonly string[]): string {
  const listed = options.join("") === "ABCDE" ? [] : choicesOf(options);
  return `${REQUEST}\n${question}\n${listed.map(({ letter, text }) => `(${letter}) ${text}\n`).join("")}`;
}

function problemOf(row: Row, form: Form): ProblemOfRow {
  const options = textsIn(row, form === "authors" ? "options" : "choices");
  const question = requiredText(row, "question");
  const answer = requiredText(row, "answer");
  return {
    id: idOf(row, form),
    question: form === "authors" ? authorsPrompt(question, options) : question,
    answers: options.length === 0 ? [answer] : acceptedChoice(answer.trim(), options),
    ...(options.length > 0 && { options }),
    kind: textIn(row, form === "authors" ? "subject" : "category") ?? "none",
    ...(form === "authors" && { images: row["decoded_image"] ?? [] }),
  };
}

/**
 * The value of a text as Python's, else as LaTeX: what a box in it holds, or all of it between its dollars. VLMEvalKit evaluates
 * without roots and π.
 */
function evaluated(text: string): number | undefined {
  const [top, bottom = 1, ...rest] = text.split("/").map(pythonFloat);
  if (top !== undefined && rest.length === 0 && !text.endsWith("/")) return top / bottom;
  const latex = boxedAnswer(text) ?? text.replace(/^(?:\$|\\\[)(.*?)(?:\$|\\\])$/, "$1");
  return latex.endsWith(".") || /\\(?:sqrt|pi)/.test(latex) ? undefined : latexNumber(latex);
}

/**
 * VLMEvalKit: the letter that it infers, or a reply that is only the accepted answer, as a text or a number. Its
 * judge reads the answer out of any other reply.
 */
const vlmEvalKit: ReadingRule = (reply, { answers, options }) => {
  if (options !== undefined) {
    const extracted = vlmEvalKitLetter(reply, choicesOf(options));
    return { extracted, isRight: extracted === answers[0], asksJudge: extracted === undefined };
  }
  const [given, accepted] = [reply, answers[0] ?? ""].map((text) => text.toLowerCase().trim());
  const [x, y] = [given!, accepted!].map(evaluated);
  const isRight = given === accepted || (x !== undefined && y !== undefined && Math.abs(x - y) < 1e-6);
  return { extracted: isRight ? reply : undefined, isRight, asksJudge: !isRight };
};

const SCORERS = ["fovea", "vlmevalkit", "lmms-eval"] as const;

function scored(scorer: (typeof SCORERS)[number]): Pick<Benchmark, "verdict" | "asksJudge" | "judgeRead"> {
  if (scorer === "vlmevalkit") return ruleParts(scorer, vlmEvalKit);
  if (scorer === "lmms-eval") return ruleParts(scorer, mathVisionRule);
  return { verdict: createVerdict(verdictSchema.parse({ kind: "answer" })) };
}

/** MathVision. */
export const mathVision = defineBenchmark({
  facts: {
    title: "MathVision",
    task: "problems of mathematics competitions: multiple choice and free answers",
    size: "3,040 test, 304 testmini",
    metric: "accuracy",
    files: [
      "MathVision.tsv, MathVision_MINI.tsv (VLMEvalKit)",
      "test-….parquet, testmini-….parquet (MathLLMs/MathVision, lmms-eval)",
    ],
    source: "arXiv:2402.14804",
    licence: "MIT",
  },
  schema: z
    .strictObject({
      kind: z.literal("mathvision"),
      data: dataOption,
      split: z.enum(["test", "testmini"]).default("test").describe("Which of the two published splits."),
      scorer: z
        .enum(SCORERS)
        .default("fovea")
        .describe(
          "Whose rule decides: fovea's verdict answer, VLMEvalKit's, or lmms-eval's, which is the authors'.",
        ),
    })
    .describe("MathVision: problems of mathematics competitions."),
  create: ({ data, split, scorer }, context) => {
    const source = async () => {
      const published = await openPublished("mathvision", data ?? context.data, formsOf(split));
      await surveyRows("mathvision", published, (row, { form }) => ({ id: idOf(row, form) }));
      return publishedSource(published, (row, { form }) => problemOf(row, form));
    };
    return {
      name: "mathvision",
      source,
      judge: "mathvista" as const,
      ...scored(scorer),
      measures: (answers) => [
        accuracy(answers),
        ...accuracyByColumns(answers, ["subject", "category", "level"]),
      ],
    };
  },
});
