/**
 * @module
 * ChartQA (arXiv:2203.10244): questions about charts, asked by people or made of captions.
 */
import * as z from "zod";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { acceptedAnswers } from "../accepted-answers.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText, textIn } from "../cells.ts";
import { accuracy, accuracyBy } from "../measures.ts";
import { asScored, dataOption, scorerOption, sourceOf } from "../scorer.ts";
import { openShortAnswers, SHORT_PROMPTS, shortPromptOption } from "../short-answers.ts";

const PROMPTS = { ...SHORT_PROMPTS, "lmms-eval": "\nAnswer the question with a single word." };

/** "human" or "augmented", of the names that files give to the halves. */
function halfOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : name.replace(/^test_|_test$/, "");
}

/** ChartQA. */
export const chartQa = defineBenchmark({
  facts: {
    title: "ChartQA",
    task: "questions about charts, with a number, a word or a phrase",
    size: "2,500 test: 1,250 human, 1,250 augmented",
    metric: "relaxed accuracy: numbers within 5 %",
    files: ["VLMEvalKit: ChartQA_TEST.tsv", "lmms-eval: lmms-lab/ChartQA, data/test-*.parquet"],
    source: "arXiv:2203.10244",
    licence: "GPL-3.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("chartqa"),
      data: dataOption,
      scorer: scorerOption(["authors", "vlmevalkit", "lmms-eval"]),
      prompt: shortPromptOption,
    })
    .describe("ChartQA: questions about charts."),
  create: ({ data, scorer, prompt }, context) => {
    const source = () =>
      openShortAnswers(
        {
          name: "chartqa",
          data: data ?? context.data,
          prompt,
          prompts: PROMPTS,
          forms: [
            {
              name: "vlmevalkit",
              format: "tsv",
              file: /^ChartQA_TEST(?:_local)?\.tsv$/,
              published: "ChartQA_TEST.tsv",
              columns: ["index", "question", "answer"],
            },
            {
              name: "lmms-eval",
              format: "parquet",
              file: /^test-.*\.parquet$/,
              published: "test-*.parquet",
              columns: ["type", "question", "answer", "image"],
            },
          ],
        },
        (row, { form, index }) => {
          const isTable = form === "vlmevalkit";
          return {
            id: isTable ? requiredText(row, "index") : `test-${index}`,
            // One text in the parquet files; a list in a text is a list for VLMEvalKit alone.
            answers: isTable ? acceptedAnswers(row, "answer") : [requiredText(row, "answer")],
            kind: halfOf(isTable ? textIn(row, "split") : requiredText(row, "type")),
          };
        },
      );
    const verdict = createVerdict(verdictSchema.parse({ kind: "relaxed", from: sourceOf(scorer) }));
    return {
      name: "chartqa",
      source,
      verdict: asScored(scorer, verdict),
      measures: (answers) => [accuracy(answers), ...accuracyBy(answers, ({ kind }) => kind)],
    };
  },
});
