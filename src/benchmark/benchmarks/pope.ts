/**
 * @module
 * POPE (arXiv:2305.10355): whether an object is in an image, yes or no; the absent objects are drawn at random, are frequent, or
 * go with what is there.
 */

import { basename } from "node:path";
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { oneOf, requiredText } from "../cells.ts";
import { detectionMeasures } from "../detection.ts";
import { textColumn } from "../measures.ts";
import { openPublished, type PublishedForm, type PublishedRows, publishedSource } from "../published-rows.ts";
import { popeAuthorsYesNo } from "../rules/pope.ts";
import { type AnswerRule, scoredByRule, scoredByVerdict } from "../rules/rule.ts";
import { vlmEvalKitYesNo } from "../rules/vlmevalkit.ts";
import { dataOption, imagesOption } from "../scorer.ts";
import { countedPlaces, surveyRows } from "../survey.ts";

type Form = "vlmevalkit" | "lmms-eval" | "authors";

const CATEGORIES = ["adversarial", "popular", "random"] as const;

const FORMS: readonly PublishedForm<Form>[] = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^POPE\.tsv$/,
    published: "POPE.tsv",
    columns: ["index", "question", "answer", "category", "image"],
  },
  {
    name: "lmms-eval",
    format: "parquet",
    file: /^(?:test|adversarial|popular|random)-.*\.parquet$/,
    folder: "Full",
    published: "test-*.parquet of lmms-lab/POPE",
    columns: ["question_id", "question", "answer", "category", "image"],
  },
  {
    name: "authors",
    format: "json",
    file: /^coco_pope_(?:adversarial|popular|random)\.json$/,
    published: "coco_pope_*.json",
    columns: ["question_id", "image", "text", "label"],
  },
];

/** The categories of a row: VLMEvalKit has a question that is in several once, "popular,random". */
function categoriesOf(row: Row, { form, rows }: PublishedRows<Form>, index: number): string[] {
  if (form !== "authors") {
    const parts = requiredText(row, "category").split(",");
    return parts.map((category) => oneOf({ category }, "category", CATEGORIES));
  }
  const [, category = ""] = /^coco_pope_([a-z]+)\.json/.exec(basename(rows.place(index))) ?? [];
  return [category];
}

/** lmms-eval's rule: the reply is the word, in any case. */
const bareWord: AnswerRule = (reply) =>
  ["Yes", "No"].find((word) => word.toLowerCase() === reply.trim().toLowerCase());

/** The prompt of VLMEvalKit's judge. */
const JUDGE = "yes-or-no";

const scorers = {
  fovea: () => scoredByVerdict(answerVerdict(), JUDGE),
  vlmevalkit: () => scoredByRule("vlmevalkit", vlmEvalKitYesNo, JUDGE),
  "lmms-eval": () => scoredByRule("lmms-eval", bareWord),
  authors: () => scoredByRule("authors", popeAuthorsYesNo),
} as const;

/** POPE. */
export const pope = defineBenchmark({
  facts: {
    title: "POPE",
    task: "is an object in the image, yes or no: random, popular and adversarial absent objects",
    size: "9,000: 3,000 of each category",
    metric: "accuracy; F1, precision, recall and yes ratio beside it",
    files: [
      "VLMEvalKit: POPE.tsv",
      "lmms-lab/POPE: test-*.parquet, or Full/adversarial-*.parquet, popular, random",
      "RUCAIBox/POPE: coco_pope_adversarial.json, popular, random, with COCO's val2014",
    ],
    source: "arXiv:2305.10355",
    licence: "MIT; images of COCO under their own licences",
  },
  schema: z
    .strictObject({
      kind: z.literal("pope"),
      data: dataOption,
      images: imagesOption,
      category: z
        .enum(["all", ...CATEGORIES])
        .default("all")
        .describe("Which absent objects are asked for."),
      scorer: z
        .enum(["fovea", "vlmevalkit", "lmms-eval", "authors"])
        .default("fovea")
        .describe(
          "Whose rule and measures: the verdict `answer`; VLMEvalKit's before a judge; lmms-eval's, the bare word alone; the authors', no where the first sentence has no or not, else yes.",
        ),
    })
    .describe("POPE: objects that are not there, yes or no."),
  create: ({ data, images, category, scorer }, context) => ({
    name: "pope",
    source: async () => {
      const published = await openPublished("pope", data ?? context.data, FORMS, images);
      const survey = await surveyRows("pope", published, (row, { form, index }) => {
        const categories = categoriesOf(row, published, index);
        if (category !== "all" && !categories.includes(category)) return undefined;
        const number = requiredText(row, form === "vlmevalkit" ? "index" : "question_id");
        return { id: form === "vlmevalkit" ? number : `${categories.join()} ${number}`, categories };
      });
      return publishedSource(
        published,
        (row, { form, index }) => {
          const isAuthors = form === "authors";
          const { id, categories } = survey[index]!;
          return {
            id,
            question: requiredText(row, isAuthors ? "text" : "question").trim(),
            answers: [oneOf(row, isAuthors ? "label" : "answer", ["Yes", "No"])],
            kind: categories.join(),
            columns: { categories: category === "all" ? categories : [category] },
          };
        },
        countedPlaces("pope", survey, `questions of the category ${category}`),
      );
    },
    ...scorers[scorer](),
    measures: (answers) => {
      const asLmmsEval = scorer === "lmms-eval";
      // A question of several categories counts in each of them.
      const each = answers.flatMap((answer) =>
        (answer.problem.columns["categories"] as readonly string[]).map((own) => ({ own, answer })),
      );
      const measuresOf = (part: typeof each, prefix: string) =>
        detectionMeasures(
          part.map(({ answer }) => answer),
          { prefix, asLmmsEval },
        );
      const parts = CATEGORIES.map((own) => ({ own, part: each.filter((one) => one.own === own) }));
      return [
        ...measuresOf(each, ""),
        ...parts.flatMap(({ own, part }) => (part.length === 0 ? [] : measuresOf(part, `${own} `))),
      ];
    },
    cluster: (problem) => textColumn("image_source")(problem) ?? problem.id,
  }),
});
