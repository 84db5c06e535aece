/**
 * @module
 * HallusionBench (arXiv:2310.14566): yes-or-no questions on figures and on altered figures, counted by question, by figure
 * and by question over all of its figures.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark, type Measure, type ScoredAnswer } from "../benchmark.ts";
import { dataOption, imagesOption, oneOf, requiredText, textIn } from "../cells.ts";
import { type GroupOf, groupAccuracy, groupSizes } from "../groups.ts";
import { accuracy, sortedGroups, textColumn } from "../measures.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { type AnswerRule, ruleVerdict } from "../rules/rule.ts";
import { vlmEvalKitYesNo } from "../rules/vlmevalkit.ts";
import { countedPlaces, surveyRows } from "../survey.ts";

type Form = "vlmevalkit" | "lmms-eval" | "authors";

const AUTHORS_COLUMNS = [
  "category",
  "subcategory",
  "visual_input",
  "set_id",
  "figure_id",
  "question_id",
  "question",
  "gt_answer",
];

function formsOf(questions: "image" | "all"): PublishedForm<Form>[] {
  const parquet = {
    name: "lmms-eval" as const,
    format: "parquet" as const,
    file: questions === "all" ? /^(?:non_)?image-.*\.parquet$/ : /^image-.*\.parquet$/,
    published:
      questions === "all" ? "image-*.parquet and non_image-*.parquet of lmms-lab/HallusionBench" : "image-*.parquet of lmms-lab/HallusionBench",
    columns: AUTHORS_COLUMNS,
  };
  const list = {
    name: "authors" as const,
    format: "json" as const,
    file: /^HallusionBench\.json$/,
    published: "HallusionBench.json",
    columns: [...AUTHORS_COLUMNS, "filename"],
  };
  const table = {
    name: "vlmevalkit" as const,
    format: "tsv" as const,
    file: /^HallusionBench\.tsv$/,
    published: "HallusionBench.tsv",
    columns: ["index", "question", "answer", "category", "l2-category", "image"],
  };
  return questions === "all" ? [parquet, list] : [table, parquet, list];
}

/** What a question is about: its figure, and its place among the questions of the set. */
interface Place {
  readonly id: string;
  readonly category: string;
  readonly subcategory: string;
  readonly set: string;
  readonly figure: string;
  readonly number: string;
}

/** VLMEvalKit's index is "category_subcategory_visual_set_figure_question". */
function placeOf(row: Row, form: Form): Place {
  if (form !== "vlmevalkit") {
    const [category, subcategory, visual, set, figure, number] = AUTHORS_COLUMNS.map((column) =>
      requiredText(row, column),
    ) as [string, string, string, string, string, string];
    const id = [category, subcategory, visual, set, figure, number].join("_");
    return { id, category, subcategory, set, figure, number };
  }
  const id = requiredText(row, "index");
  const parts = id.split("_");
  const [, , , set, figure, number] = parts;
  if (parts.length !== 6 || set === undefined || figure === undefined || number === undefined) {
    throw new DataError(
      `index: expected category_subcategory_visual_set_figure_question, got ${JSON.stringify(id.slice(0, 80))}`,
    );
  }
  const [category, subcategory] = [requiredText(row, "category"), requiredText(row, "l2-category")];
  return { id, category, subcategory, set, figure, number };
}

/** A question whose set has no figure, or stands there without it. */
const hasNoFigure = ({ category, figure }: Place) => category === "VS" && figure === "0";

/** Groups of questions, each with the number of questions in it. */
interface Grouping {
  readonly figureOf: GroupOf;
  readonly questionOf: GroupOf;
  readonly figures: ReadonlyMap<string, number>;
  readonly questions: ReadonlyMap<string, number>;
}

/**
 * The groups of the authors: by category, subcategory and set, without figures where there is none. VLMEvalKit counts those
 * too, and over both categories leaves the category out, so that the sets of OCR in both fall together.
 */
function groupingOf(places: readonly Place[], scorer: string, isOverall: boolean): Grouping {
  const isMerged = scorer === "vlmevalkit" && isOverall;
  const head = ({ category, subcategory, set }: Place) =>
    isMerged ? `${subcategory}_${set}` : `${category}_${subcategory}_${set}`;
  const figureKey = (place: Place) =>
    scorer !== "vlmevalkit" && hasNoFigure(place) ? undefined : `${head(place)}_${place.figure}`;
  const questionKey = (place: Place) => `${head(place)}_${place.number}`;
  return {
    figureOf: ({ columns }) => figureKey(columns["place"] as Place),
    questionOf: ({ columns }) => questionKey(columns["place"] as Place),
    figures: groupSizes(places.map(figureKey)),
    questions: groupSizes(places.map(questionKey)),
  };
}

/** Yes where the reply has those three letters anywhere, else no. */
const containsYes: AnswerRule = (reply) => (reply.toLowerCase().includes("yes") ? "Yes" : "No");

const verdicts = {
  fovea: answerVerdict,
  vlmevalkit: () => ruleVerdict("vlmevalkit", vlmEvalKitYesNo),
  "lmms-eval": () => ruleVerdict("lmms-eval", containsYes),
} as const;

/** aAcc, fAcc and qAcc. */
function threeMeasures(answers: readonly ScoredAnswer[], grouping: Grouping, prefix = ""): Measure[] {
  return [
    accuracy(answers, `${prefix}aAcc`),
    groupAccuracy(`${prefix}fAcc`, answers, grouping.figureOf, grouping.figures),
    groupAccuracy(`${prefix}qAcc`, answers, grouping.questionOf, grouping.questions),
  ];
}

/** HallusionBench. */
export const hallusionBench = defineBenchmark({
  facts: {
    title: "HallusionBench",
    task: "yes or no, on figures, altered figures and without one: language hallucination and visual illusion",
    size: "951 with an image, 1,129 in all",
    metric: "aAcc (questions), fAcc (figures), qAcc (questions over their figures)",
    files: [
      "VLMEvalKit: HallusionBench.tsv",
      "lmms-lab/HallusionBench: image-*.parquet, non_image-*.parquet",
      "tianyi-lab/HallusionBench: HallusionBench.json with the images beside it",
    ],
    source: "arXiv:2310.14566",
    licence: "BSD-3-Clause",
  },
  schema: z
    .strictObject({
      kind: z.literal("hallusion-bench"),
      data: dataOption(),
      images: imagesOption(),
      questions: z
        .enum(["image", "all"])
        .default("image")
        .describe("image: those with an image, as VLMEvalKit and lmms-eval ask them; all: as the authors do."),
      scorer: z
        .enum(["fovea", "vlmevalkit", "lmms-eval"])
        .default("fovea")
        .describe(
          "Whose rule and groups: the verdict `answer` and the authors' groups; VLMEvalKit's before a judge; lmms-eval's without GPT-4.",
        ),
    })
    .describe("HallusionBench: yes or no on figures and altered figures."),
  create: async ({ data, images, questions, scorer }, context) => {
    const forms = formsOf(questions);
    const published = await openPublished("hallusion-bench", data ?? context.data, forms, images);
    const survey = await surveyRows("hallusion-bench", published, (row, { form }) => {
      const isShown = form !== "authors" || textIn(row, "filename") !== undefined;
      return questions === "all" || isShown ? placeOf(row, form) : undefined;
    });
    const counted = countedPlaces("hallusion-bench", survey, "questions");
    const places = survey.filter((place) => place !== undefined);
    const overall = groupingOf(places, scorer, true);
    const within = groupingOf(places, scorer, false);
    const source = publishedSource(
      published,
      (row, { form }) => {
        const place = placeOf(row, form);
        const [column, yes, no] = form === "vlmevalkit" ? ["answer", "Yes", "No"] : ["gt_answer", "1", "0"];
        return {
          id: place.id,
          question: requiredText(row, "question"),
          answers: [oneOf(row, column!, [yes!, no!]) === yes ? "Yes" : "No"],
          kind: place.subcategory,
          columns: { category: place.category, place },
          ...(form === "authors" && { images: textIn(row, "filename") ?? null }),
        };
      },
      counted,
    );
    return {
      name: "hallusion-bench",
      source,
      verdict: verdicts[scorer](),
      measures: (answers) => [
        ...threeMeasures(answers, overall),
        ...sortedGroups(answers, textColumn("category")).flatMap(([category, part]) =>
          threeMeasures(part, within, `${category} `),
        ),
        ...sortedGroups(answers, ({ kind }) => kind).flatMap(([subcategory, part]) =>
          threeMeasures(part, overall, `${subcategory} `),
        ),
      ],
      cluster: (problem) => within.questionOf(problem) ?? problem.id,
    };
  },
});
