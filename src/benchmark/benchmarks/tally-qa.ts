/**
 * @module
 * TallyQA (arXiv:1810.12440): how many objects there are, by simple and by complex questions.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { accuracy, accuracyBy, textColumn } from "../measures.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { scoredByRule, scoredByVerdict } from "../rules/rule.ts";
import { vlmEvalKitCount } from "../rules/vlmevalkit.ts";
import { dataOption, imagesOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

type Form = "vlmevalkit" | "authors";

const FORMS: readonly PublishedForm<Form>[] = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^(?:TallyQA|tallyqa_data)\.tsv$/,
    published: "TallyQA.tsv",
    columns: ["index", "question", "answer", "image"],
  },
  {
    name: "authors",
    format: "json",
    file: /^test\.json$/,
    published: "test.json of tallyqa.zip",
    columns: ["question_id", "question", "answer", "image", "issimple"],
  },
];

function countOf(row: Row): string {
  const count = Number(requiredText(row, "answer"));
  if (!Number.isInteger(count) || count < 0)
    throw new DataError(`answer: expected a count, got ${JSON.stringify(row["answer"])}`);
  return String(count);
}

/** Simple or complex, if the file says so. */
function kindOf({ issimple }: Row): string | undefined {
  if (issimple === true || issimple === "True" || issimple === "true") return "simple";
  return issimple === false || issimple === "False" || issimple === "false" ? "complex" : undefined;
}

const scorers = {
  fovea: () => scoredByVerdict(answerVerdict()),
  vlmevalkit: () => scoredByRule("vlmevalkit", vlmEvalKitCount),
} as const;

/** TallyQA. */
export const tallyQa = defineBenchmark({
  facts: {
    title: "TallyQA",
    task: "how many objects: simple questions, and complex questions with relations and attributes",
    size: "38,589 test: 22,991 simple, 15,598 complex",
    metric: "accuracy",
    files: [
      "VLMEvalKit: TallyQA.tsv",
      "manoja328/TallyQA_dataset: test.json, with images of Visual Genome and COCO",
    ],
    source: "arXiv:1810.12440",
    licence: "Apache-2.0; images of Visual Genome and COCO under their own licences",
  },
  schema: z
    .strictObject({
      kind: z.literal("tally-qa"),
      data: dataOption,
      images: imagesOption,
      scorer: z
        .enum(["fovea", "vlmevalkit"])
        .default("fovea")
        .describe(
          "Whose rule reads the count: the verdict `answer`; VLMEvalKit's, the first number from 0 to 20.",
        ),
    })
    .describe("TallyQA: counting."),
  create: ({ data, images, scorer }, context) => ({
    name: "tally-qa",
    source: async () => {
      const published = await openPublished("tally-qa", data ?? context.data, FORMS, images);
      const idOf = (row: Row, form: Form) => requiredText(row, form === "authors" ? "question_id" : "index");
      await surveyRows("tally-qa", published, (row, { form }) => ({ id: idOf(row, form) }));
      return publishedSource(published, (row, { form }) => {
        const kind = kindOf(row);
        return {
          id: idOf(row, form),
          question: `${requiredText(row, "question")}\nAnswer the question using a single number.`,
          answers: [countOf(row)],
          ...(kind !== undefined && { kind }),
        };
      });
    },
    ...scorers[scorer](),
    measures: (answers) => [accuracy(answers), ...accuracyBy(answers, ({ kind }) => kind)],
    cluster: (problem) => textColumn("image_id")(problem) ?? problem.id,
  }),
});
