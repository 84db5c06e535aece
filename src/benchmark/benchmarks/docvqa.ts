/**
 * @module
 * DocVQA (arXiv:2007.00398): questions about scanned documents.
 */
import * as z from "zod";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { acceptedAnswers } from "../accepted-answers.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { accuracy, textColumn } from "../measures.ts";
import { asScored, dataOption, scorerOption, sourceOf } from "../scorer.ts";
import { openShortAnswers, shortPromptOption } from "../short-answers.ts";

/** DocVQA. */
export const docVqa = defineBenchmark({
  facts: {
    title: "DocVQA",
    task: "questions about scanned documents, answered in their words",
    size: "5,349 validation; the answers of the 5,188 test questions are held back",
    metric: "ANLS, threshold 0.5",
    files: ["VLMEvalKit: DocVQA_VAL.tsv", "lmms-eval: lmms-lab/DocVQA, DocVQA/validation-*.parquet"],
    source: "arXiv:2007.00398",
    licence: "terms of the Robust Reading Competition, rrc.cvc.uab.es",
  },
  schema: z
    .strictObject({
      kind: z.literal("docvqa"),
      data: dataOption,
      scorer: scorerOption(["authors", "vlmevalkit", "lmms-eval"]),
      prompt: shortPromptOption,
    })
    .describe("DocVQA: questions about scanned documents, answered in their words."),
  create: ({ data, scorer, prompt }, context) => {
    const source = () =>
      openShortAnswers(
        {
          name: "docvqa",
          data: data ?? context.data,
          prompt,
          forms: [
            {
              name: "vlmevalkit",
              format: "tsv",
              file: /^DocVQA_VAL(?:_local)?\.tsv$/,
              published: "DocVQA_VAL.tsv",
              columns: ["index", "question", "answer"],
            },
            {
              name: "lmms-eval",
              format: "parquet",
              file: /^validation-.*\.parquet$/,
              published: "DocVQA/validation-*.parquet",
              folder: "DocVQA",
              columns: ["questionId", "question", "answers", "image"],
            },
          ],
        },
        (row, { form }) => {
          const isTable = form === "vlmevalkit";
          return {
            id: requiredText(row, isTable ? "index" : "questionId"),
            answers: acceptedAnswers(row, isTable ? "answer" : "answers"),
          };
        },
      );
    const verdict = createVerdict(verdictSchema.parse({ kind: "anls", from: sourceOf(scorer) }));
    return {
      name: "docvqa",
      source,
      verdict: asScored(scorer, verdict),
      measures: (answers) => [accuracy(answers, "anls")],
      cluster: (problem) => textColumn("docId")(problem) ?? problem.id,
    };
  },
});
