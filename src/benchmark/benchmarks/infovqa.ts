/**
 * @module
 * InfographicVQA (arXiv:2104.12756): questions about infographics.
 */
import * as z from "zod";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { acceptedAnswers } from "../accepted-answers.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { accuracy, textColumn } from "../measures.ts";
import { asScored, dataOption, scorerOption, sourceOf } from "../scorer.ts";
import { openShortAnswers, shortPromptOption } from "../short-answers.ts";

/** InfographicVQA. */
export const infoVqa = defineBenchmark({
  facts: {
    title: "InfographicVQA",
    task: "questions about infographics, answered in their words or by a count",
    size: "2,801 validation; the answers of the 3,288 test questions are held back",
    metric: "ANLS, threshold 0.5",
    files: ["VLMEvalKit: InfoVQA_VAL.tsv", "lmms-eval: lmms-lab/DocVQA, InfographicVQA/validation-*.parquet"],
    source: "arXiv:2104.12756",
    licence: "terms of the Robust Reading Competition, rrc.cvc.uab.es",
  },
  schema: z
    .strictObject({
      kind: z.literal("infovqa"),
      data: dataOption,
      scorer: scorerOption(["authors", "vlmevalkit", "lmms-eval"]),
      prompt: shortPromptOption,
    })
    .describe("InfographicVQA: questions about infographics, answered in their words or by a count."),
  create: ({ data, scorer, prompt }, context) => {
    const source = () =>
      openShortAnswers(
        {
          name: "infovqa",
          data: data ?? context.data,
          prompt,
          forms: [
            {
              name: "vlmevalkit",
              format: "tsv",
              file: /^InfoVQA_VAL(?:_local)?\.tsv$/,
              published: "InfoVQA_VAL.tsv",
              columns: ["index", "question", "answer"],
            },
            {
              name: "lmms-eval",
              format: "parquet",
              file: /^validation-.*\.parquet$/,
              published: "InfographicVQA/validation-*.parquet",
              folder: "InfographicVQA",
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
      name: "infovqa",
      source,
      verdict: asScored(scorer, verdict),
      measures: (answers) => [accuracy(answers, "anls")],
      cluster: (problem) => textColumn("image_url")(problem) ?? problem.id,
    };
  },
});
