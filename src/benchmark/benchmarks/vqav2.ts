/**
 * @module
 * VQA v2 (arXiv:1612.00837): open questions about photographs.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { shownValue } from "../../parts/index.ts";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { accuracy, accuracyBy, textColumn } from "../measures.ts";
import { asScored, dataOption, scorerOption, sourceOf } from "../scorer.ts";
import { openShortAnswers } from "../short-answers.ts";

const answersSchema = z.array(z.looseObject({ answer: z.string() })).min(1);

/** The answers of ten people. */
function peoplesAnswers({ answers }: Row): readonly string[] {
  const parsed = answersSchema.safeParse(answers);
  if (!parsed.success)
    throw new DataError(`answers: expected a list of structs with answer, got ${shownValue(answers)}`);
  return parsed.data.map(({ answer }) => answer);
}

/** VQA v2. */
export const vqaV2 = defineBenchmark({
  facts: {
    title: "VQA v2",
    task: "open questions about photographs, with the answers of ten people",
    size: "214,354 validation; the answers of the 447,793 test questions are held back",
    metric: "VQA accuracy",
    files: ["lmms-eval: lmms-lab/VQAv2, data/validation-*.parquet"],
    source: "arXiv:1612.00837",
    licence: "CC BY 4.0; images of COCO under their owners' terms",
  },
  schema: z
    .strictObject({
      kind: z.literal("vqav2"),
      data: dataOption,
      scorer: scorerOption(["authors", "lmms-eval"]),
      prompt: z
        .enum(["lmms-eval", "question"])
        .default("lmms-eval")
        .describe("The request behind the question: that of lmms-eval, or none."),
    })
    .describe("VQA v2: open questions about photographs."),
  create: ({ data, scorer, prompt }, context) => {
    const source = () =>
      openShortAnswers(
        {
          name: "vqav2",
          data: data ?? context.data,
          prompt,
          forms: [
            {
              name: "lmms-eval",
              format: "parquet",
              file: /^validation-.*\.parquet$/,
              published: "validation-*.parquet",
              columns: ["question_id", "question", "answers", "answer_type", "image_id", "image"],
            },
          ],
        },
        (row) => ({
          id: requiredText(row, "question_id"),
          answers: peoplesAnswers(row),
          kind: requiredText(row, "answer_type"),
        }),
      );
    const spelling = scorer === "authors" ? "vqa-v2" : "lmms-eval";
    const verdict = createVerdict(verdictSchema.parse({ kind: "vqa", from: sourceOf(scorer), spelling }));
    return {
      name: "vqav2",
      source,
      verdict: asScored(scorer, verdict),
      measures: (answers) => [accuracy(answers), ...accuracyBy(answers, ({ kind }) => kind)],
      cluster: (problem) => textColumn("image_id")(problem) ?? problem.id,
    };
  },
});
