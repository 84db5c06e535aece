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
import { oneOf, requiredText, textIn } from "../cells.ts";
import { type Group, groupAccuracy, groupsOf } from "../groups.ts";
import { accuracy, sortedGroups, textColumn } from "../measures.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { type AnswerRule, scoredByRule, scoredByVerdict } from "../rules/rule.ts";
import { vlmEvalKitYesNo } from "../rules/vlmevalkit.ts";
import { dataOption, imagesOption } from "../scorer.ts";
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
      questions === "all"
        ? "image-*.parquet and non_image-*.parquet of lmms-lab/HallusionBench"
        : "image-*.parquet of lmms-lab/HallusionBench",
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

/** The place of a question: its figure, and its number in the set. */
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

/** A question without a figure, in a set that has figures. */
const hasNoFigure = ({ category, figure }: Place) => category === "VS" && figure === "0";

/**
 * The groups of questions as columns: figures and questions by category, subcategory and set, the authors' without figures
 * where there is none. VLMEvalKit counts those too (`anyFigure`), and over both categories leaves the category out
 * (`merged`), so that the sets of OCR in both fall together. No column has the name of a published one.
 */
function groupColumns(
  places: readonly (Place | undefined)[],
): Readonly<Record<string, readonly (Group | null)[]>> {
  const groups = (nameOf: (place: Place) => readonly string[] | undefined) =>
    groupsOf(places.map((place) => place && nameOf(place)?.join("_")));
  const figureOf = ({ category, subcategory, set, figure }: Place) => [category, subcategory, set, figure];
  return {
    figure: groups((place) => (hasNoFigure(place) ? undefined : figureOf(place))),
    anyFigure: groups(figureOf),
    setQuestion: groups(({ category, subcategory, set, number }) => [category, subcategory, set, number]),
    mergedFigure: groups(({ subcategory, set, figure }) => [subcategory, set, figure]),
    mergedQuestion: groups(({ subcategory, set, number }) => [subcategory, set, number]),
  };
}

/** The columns with the groups that a scorer counts, over both categories and within one. */
const COUNTED = {
  authors: { all: ["figure", "setQuestion"], within: ["figure", "setQuestion"] },
  vlmevalkit: { all: ["mergedFigure", "mergedQuestion"], within: ["anyFigure", "setQuestion"] },
} as const;

/** The images of a question, which may have none. */
function imagesIn(row: Row, form: Form): { readonly images?: unknown } {
  if (form === "authors") return { images: textIn(row, "filename") ?? null };
  return form === "lmms-eval" && requiredText(row, "visual_input") === "0" ? { images: null } : {};
}

/** Yes where the reply has those three letters anywhere, else no. */
const containsYes: AnswerRule = (reply) => (reply.toLowerCase().includes("yes") ? "Yes" : "No");

/** The prompt of VLMEvalKit's judge. */
const JUDGE = "yes-or-no";

const scorers = {
  fovea: () => scoredByVerdict(answerVerdict(), JUDGE),
  vlmevalkit: () => scoredByRule("vlmevalkit", vlmEvalKitYesNo, JUDGE),
  "lmms-eval": () => scoredByRule("lmms-eval", containsYes),
} as const;

/** aAcc, fAcc and qAcc. */
function threeMeasures(
  answers: readonly ScoredAnswer[],
  [figure, question]: readonly [figure: string, question: string],
  prefix = "",
): Measure[] {
  return [
    accuracy(answers, `${prefix}aAcc`),
    groupAccuracy(`${prefix}fAcc`, answers, figure),
    groupAccuracy(`${prefix}qAcc`, answers, question),
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
      data: dataOption,
      images: imagesOption,
      questions: z
        .enum(["image", "all"])
        .default("image")
        .describe(
          "image: those with an image, as VLMEvalKit and lmms-eval ask them; all: as the authors do.",
        ),
      scorer: z
        .enum(["fovea", "vlmevalkit", "lmms-eval"])
        .default("fovea")
        .describe(
          "Whose rule and groups: the verdict `answer` and the authors' groups; VLMEvalKit's before a judge; lmms-eval's without GPT-4.",
        ),
    })
    .describe("HallusionBench: yes or no on figures and altered figures."),
  create: ({ data, images, questions, scorer }, context) => ({
    name: "hallusion-bench",
    source: async () => {
      const place = data ?? context.data;
      const published = await openPublished("hallusion-bench", place, formsOf(questions), images);
      const survey = await surveyRows("hallusion-bench", published, (row, { form }) => {
        const isShown = form !== "authors" || textIn(row, "filename") !== undefined;
        return questions === "all" || isShown ? placeOf(row, form) : undefined;
      });
      const groups = groupColumns(survey);
      return publishedSource(
        published,
        (row, { form, index }) => {
          const { id, category, subcategory, set } = placeOf(row, form);
          const [column, yes, no] =
            form === "vlmevalkit" ? (["answer", "Yes", "No"] as const) : (["gt_answer", "1", "0"] as const);
          return {
            id,
            question: requiredText(row, "question"),
            answers: [oneOf(row, column, [yes, no]) === yes ? "Yes" : "No"],
            kind: subcategory,
            columns: {
              category,
              set: `${subcategory}_${set}`,
              ...Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, group[index]])),
            },
            ...imagesIn(row, form),
          };
        },
        countedPlaces("hallusion-bench", survey, "questions"),
      );
    },
    ...scorers[scorer](),
    measures: (answers) => {
      const { all, within } = COUNTED[scorer === "vlmevalkit" ? "vlmevalkit" : "authors"];
      const by = (keyOf: Parameters<typeof sortedGroups>[1], groups: typeof all | typeof within) =>
        sortedGroups(answers, keyOf).flatMap(([key, part]) => threeMeasures(part, groups, `${key} `));
      return [
        ...threeMeasures(answers, all),
        ...by(textColumn("category"), within),
        ...by(({ kind }) => kind, all),
      ];
    },
    // All groups of a set depend on each other.
    cluster: ({ columns: { category, set } }) =>
      scorer === "vlmevalkit" ? String(set) : `${String(category)}_${String(set)}`,
  }),
});
