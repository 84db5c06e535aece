/**
 * @module
 * MME (arXiv:2306.13394): two questions on each image, one with the answer yes and one with no; points for every right
 * answer, and for both.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark, type Measure, type ScoredAnswer } from "../benchmark.ts";
import { oneOf, requiredText } from "../cells.ts";
import { allRight, groupIn, groupsOf, wholeGroups } from "../groups.ts";
import { scores, sortedGroups } from "../measures.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { otterYesNo } from "../rules/lmms-eval.ts";
import { scoredByRule, scoredByVerdict } from "../rules/rule.ts";
import { vlmEvalKitYesNo } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

type Form = "vlmevalkit" | "lmms-eval";

const FORMS: readonly PublishedForm<Form>[] = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^MME\.tsv$/,
    published: "MME.tsv",
    columns: ["index", "question", "answer", "category", "image_path", "image"],
  },
  {
    name: "lmms-eval",
    format: "parquet",
    file: /^test-.*\.parquet$/,
    published: "test-*.parquet of lmms-lab/MME",
    columns: ["question_id", "question", "answer", "category", "image"],
  },
];

const COGNITION = ["code_reasoning", "commonsense_reasoning", "numerical_calculation", "text_translation"];
/** Points of a category: 100 for its questions and 100 for its images. */
const MOST = 200;

/** The image of a row, for which there are two. */
function imageOf(row: Row, form: Form): string {
  const name = requiredText(row, form === "vlmevalkit" ? "image_path" : "question_id");
  return `${requiredText(row, "category")} ${name}`;
}

/** Points of a category, over the images both of whose questions have a judged answer. */
function points(name: string, answers: readonly ScoredAnswer[]): Measure {
  const whole = wholeGroups(answers, "pair");
  const judged = whole.flatMap(scores);
  if (whole.length === 0) return { name, value: null, of: 0, most: MOST };
  const right = judged.reduce((sum, score) => sum + score, 0) / judged.length;
  const both = whole.reduce((sum, pair) => sum + allRight(pair), 0) / whole.length;
  return { name, value: 100 * (right + both), of: judged.length, most: MOST };
}

/** The sum of the points of categories; those without answers have no part in it, nor in the most that there can be. */
function sumOf(name: string, categories: readonly Measure[]): Measure {
  const counted = categories.filter(({ value }) => value !== null);
  return {
    name,
    value: counted.length === 0 ? null : counted.reduce((sum, { value }) => sum + (value ?? 0), 0),
    of: counted.reduce((sum, { of }) => sum + of, 0),
    most: MOST * counted.length,
  };
}

/** The prompt of VLMEvalKit's judge. */
const JUDGE = "yes-or-no";

const scorers = {
  fovea: () => scoredByVerdict(answerVerdict(), JUDGE),
  vlmevalkit: () => scoredByRule("vlmevalkit", vlmEvalKitYesNo, JUDGE),
  "lmms-eval": () => scoredByRule("lmms-eval", otterYesNo),
} as const;

/** MME. */
export const mme = defineBenchmark({
  facts: {
    title: "MME",
    task: "yes or no over 10 categories of perception and 4 of cognition, two questions an image",
    size: "2,374",
    metric: "points: perception of 2,000, cognition of 800",
    files: ["VLMEvalKit: MME.tsv", "lmms-lab/MME: test-*.parquet"],
    source: "arXiv:2306.13394",
    licence: "for academic research alone",
  },
  schema: z
    .strictObject({
      kind: z.literal("mme"),
      data: dataOption,
      scorer: z
        .enum(["fovea", "vlmevalkit", "lmms-eval"])
        .default("fovea")
        .describe(
          "Whose rule reads yes or no: the verdict `answer`; VLMEvalKit's before a judge; lmms-eval's, which is the authors'.",
        ),
    })
    .describe("MME: yes or no, points of perception and cognition."),
  create: ({ data, scorer }, context) => ({
    name: "mme",
    source: async () => {
      const published = await openPublished("mme", data ?? context.data, FORMS);
      const met = new Map<string, number>();
      const survey = await surveyRows("mme", published, (row, { form }) => {
        const image = imageOf(row, form);
        const number = (met.get(image) ?? 0) + 1;
        met.set(image, number);
        return { image, id: form === "vlmevalkit" ? requiredText(row, "index") : `${image} ${number}` };
      });
      const odd = [...met].find(([, count]) => count !== 2);
      if (odd !== undefined)
        throw new DataError(`benchmark mme: expected two questions on an image, got ${odd[1]} on ${odd[0]}`);
      const pairs = groupsOf(survey.map((facts) => facts?.image));
      return publishedSource(published, (row, { index }) => ({
        id: survey[index]?.id ?? String(index),
        question: requiredText(row, "question").trim(),
        answers: [oneOf(row, "answer", ["Yes", "No"])],
        kind: requiredText(row, "category"),
        columns: { pair: pairs[index] },
      }));
    },
    ...scorers[scorer](),
    measures: (answers) => {
      const categories = sortedGroups(answers, ({ kind }) => kind).map(([name, part]) => points(name, part));
      const cognition = categories.filter(({ name }) => COGNITION.includes(name));
      const perception = categories.filter(({ name }) => !COGNITION.includes(name));
      return [
        sumOf("score", categories),
        sumOf("perception", perception),
        sumOf("cognition", cognition),
        ...categories,
      ];
    },
    cluster: (problem) => groupIn(problem, "pair")?.name ?? problem.id,
  }),
});
