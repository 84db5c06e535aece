/**
 * @module
 * R-Bench (arXiv:2406.16449): whether a relation between objects is in an image, yes or no. Its questions on the whole image;
 * those on boxes and masks need what its code draws into the images, and are not served.
 */
import * as z from "zod";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { detectionMeasures } from "../detection.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { popeAuthorsYesNo } from "../rules/pope.ts";
import { scoredByRule, scoredByVerdict } from "../rules/rule.ts";
import { dataOption, imagesOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

const FORMS: readonly PublishedForm<"authors">[] = [
  {
    name: "authors",
    format: "json",
    file: /^image-level_filterd\.json$/,
    folder: "data_filterd",
    published: "image-level_filterd.json",
    columns: ["question_id", "image", "text", "label"],
  },
];
/** Added to denominators by the authors' code. */
const SMOOTHING = 1e-5;

const scorers = {
  fovea: () => scoredByVerdict(answerVerdict()),
  authors: () => scoredByRule("authors", popeAuthorsYesNo),
} as const;

/** R-Bench. */
export const rBench = defineBenchmark({
  facts: {
    title: "R-Bench, image level",
    task: "is a relation between objects in the image, yes or no",
    size: "the image-level questions; those on boxes and masks are not served",
    metric: "accuracy; F1, precision, recall and yes ratio beside it",
    files: ["mrwu-mac/R-Bench: data_filterd/image-level_filterd.json, with its images"],
    source: "arXiv:2406.16449",
    licence: "Apache-2.0; images of Open Images under their own licences",
  },
  schema: z
    .strictObject({
      kind: z.literal("r-bench"),
      data: dataOption,
      images: imagesOption,
      scorer: z
        .enum(["fovea", "authors"])
        .default("fovea")
        .describe(
          "Whose rule and measures: the verdict `answer`; the authors', no where the first sentence has no or not, else yes.",
        ),
    })
    .describe("R-Bench: relations that are not there, yes or no; by whole images."),
  create: ({ data, images, scorer }, context) => ({
    name: "r-bench",
    source: async () => {
      const published = await openPublished("r-bench", data ?? context.data, FORMS, images);
      await surveyRows("r-bench", published, (row) => ({ id: requiredText(row, "question_id") }));
      return publishedSource(published, (row) => ({
        id: requiredText(row, "question_id"),
        question: requiredText(row, "text"),
        answers: [requiredText(row, "label").toLowerCase().includes("no") ? "No" : "Yes"],
        images: requiredText(row, "image"),
      }));
    },
    ...scorers[scorer](),
    measures: (answers) => detectionMeasures(answers, { smoothing: scorer === "authors" ? SMOOTHING : 0 }),
    cluster: ({ columns }) => `image ${String(columns["image"])}`,
  }),
});
