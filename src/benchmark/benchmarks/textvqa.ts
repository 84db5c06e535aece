/**
 * @module
 * TextVQA (arXiv:1904.08920): questions that are answered by reading text in a photograph.
 */
import * as z from "zod";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { acceptedAnswers } from "../accepted-answers.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { accuracy, textColumn } from "../measures.ts";
import { asScored, dataOption, scorerOption, sourceOf } from "../scorer.ts";
import { openShortAnswers, shortPromptOption } from "../short-answers.ts";

/** As Python's `capitalize` writes a text. */
function capitalized(text: string): string {
  const [first = "", ...rest] = text;
  return first.toUpperCase() + rest.join("").toLowerCase();
}

/** TextVQA. */
export const textVqa = defineBenchmark({
  facts: {
    title: "TextVQA",
    task: "questions about text in photographs, with the answers of ten people",
    size: "5,000 validation; the answers of the 5,734 test questions are held back",
    metric: "VQA accuracy",
    files: ["VLMEvalKit: TextVQA_VAL.tsv", "lmms-eval: lmms-lab/textvqa, data/validation-*.parquet"],
    source: "arXiv:1904.08920",
    licence: "CC BY 4.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("textvqa"),
      data: dataOption,
      scorer: scorerOption(["authors", "vlmevalkit", "lmms-eval"]),
      prompt: shortPromptOption,
    })
    .describe("TextVQA: questions about text in photographs."),
  create: ({ data, scorer, prompt }, context) => {
    const source = () =>
      openShortAnswers(
        {
          name: "textvqa",
          data: data ?? context.data,
          prompt,
          question: (row) => {
            const question = requiredText(row, "question");
            return prompt === "lmms-eval" ? capitalized(question) : question;
          },
          forms: [
            {
              name: "vlmevalkit",
              format: "tsv",
              file: /^TextVQA_VAL(?:_local)?\.tsv$/,
              published: "TextVQA_VAL.tsv",
              columns: ["index", "question", "answer"],
            },
            {
              name: "lmms-eval",
              format: "parquet",
              file: /^validation-.*\.parquet$/,
              published: "validation-*.parquet",
              columns: ["question_id", "question", "answers", "image"],
            },
          ],
        },
        (row, { form }) => {
          const isTable = form === "vlmevalkit";
          return {
            id: requiredText(row, isTable ? "index" : "question_id"),
            answers: acceptedAnswers(row, isTable ? "answer" : "answers"),
          };
        },
      );
    const spelling = scorer === "vlmevalkit" ? "vlmevalkit" : "evalai";
    const verdict = createVerdict(verdictSchema.parse({ kind: "vqa", from: sourceOf(scorer), spelling }));
    return {
      name: "textvqa",
      source,
      verdict: asScored(scorer, verdict),
      measures: (answers) => [accuracy(answers)],
      cluster: (problem) => textColumn("image_id")(problem) ?? problem.id,
    };
  },
});
