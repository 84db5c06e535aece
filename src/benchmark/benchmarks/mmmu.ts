/**
 * @module
 * MMMU (arXiv:2311.16502): questions of 30 college subjects, most of them multiple choice, with up to seven images.
 */
import * as z from "zod";
import { literalIn, type Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText, textIn } from "../cells.ts";
import { acceptedChoice, choicesOf, columnOptions } from "../choices.ts";
import { withImagePlaces } from "../image-places.ts";
import { entriesAsTexts } from "../lists.ts";
import { accuracy, accuracyBy, textColumn } from "../measures.ts";
import { disciplineOf } from "../mmmu-subjects.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { pythonList } from "../python/list.ts";
import { mmmuAuthorsLetter, mmmuLmmsLetter, mmmuOpenIsRight } from "../rules/mmmu.ts";
import { type ReadingRule, ruleParts } from "../rules/reading.ts";
import { type AnswerRule, readingRule, type ScoredBy, scoredByVerdict } from "../rules/rule.ts";
import { vlmEvalKitLetter } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { countedPlaces, surveyRows } from "../survey.ts";

type Form = "vlmevalkit" | "authors";

function formsOf(split: "validation" | "dev"): PublishedForm<Form>[] {
  return [
    {
      name: "vlmevalkit",
      format: "tsv",
      file: /^MMMU_DEV_VAL\.tsv$/,
      published: "MMMU_DEV_VAL.tsv",
      columns: ["index", "question", "A", "B", "answer", "split", "category", "image"],
    },
    {
      name: "authors",
      format: "parquet",
      file: new RegExp(`^${split}-.*\\.parquet$`),
      published: `${split}-*.parquet of lmms-lab/MMMU`,
      columns: ["id", "question", "options", "answer", "question_type", "image_1"],
    },
  ];
}

const IMAGES = [1, 2, 3, 4, 5, 6, 7].map((number) => `image_${number}`);

/** A cell that is a list, or the text of one. */
function listIn(row: Row, column: string): readonly unknown[] {
  const cell = row[column];
  const list = typeof cell === "string" ? literalIn(cell) : cell;
  if (!Array.isArray(list)) throw new DataError(`${column}: expected a list, got ${JSON.stringify(cell)}`);
  return list as readonly unknown[];
}

function imagesIn(row: Row, form: Form): readonly unknown[] {
  if (form === "authors") return IMAGES.map((column) => row[column]).filter((cell) => cell !== undefined);
  const list = typeof row["image"] === "string" ? literalIn(row["image"]) : undefined;
  return Array.isArray(list) ? (list as readonly unknown[]) : [row["image"]];
}

/** Options of a question, none for an open one. */
function optionsIn(row: Row, form: Form): string[] {
  return form === "authors" ? entriesAsTexts(listIn(row, "options"), "options") : columnOptions(row);
}

/** Accepted answers of an open question: the text, or the texts of the list that it is. */
function openAnswers(row: Row): string[] {
  const text = requiredText(row, "answer").trim();
  return [...(pythonList(text) ?? [text])];
}

/** The authors' prompt of a question with options, or of an open one. */
function promptOf(question: string, options: readonly string[]): string {
  if (options.length === 0) return `${question}\nAnswer the question using a single word or phrase.`;
  const lines = choicesOf(options).map(({ letter, text }) => `(${letter}) ${text}`);
  return [question, ...lines, "", "Answer with the option's letter from the given choices directly."].join(
    "\n",
  );
}

/** "Art_Theory" of "validation_Art_Theory_12". */
function subjectOf(row: Row, form: Form): string {
  if (form === "vlmevalkit") return requiredText(row, "category");
  const id = requiredText(row, "id");
  const [, subject] = /^[^_]+_(.+)_\d+$/.exec(id) ?? [];
  if (subject === undefined)
    throw new DataError(`id: expected split_subject_number, got ${JSON.stringify(id)}`);
  return subject;
}

/** VLMEvalKit asks open questions as a choice between the answer and others. */
const OTHERS = "Other Answers";
/** The prompt of VLMEvalKit's judge. */
const JUDGE = "mmbench";

/** A rule for letters and one for open questions, which have no options. */
function scoredByRules(
  scorer: "vlmevalkit" | "lmms-eval" | "authors",
  letter: AnswerRule,
  open: ReadingRule,
): ScoredBy {
  const choice = readingRule(scorer, letter);
  const parts = ruleParts(scorer, (reply, problem) =>
    (problem.options === undefined ? open : choice)(reply, problem),
  );
  return scorer === "vlmevalkit" ? { ...parts, judge: JUDGE } : parts;
}

const scorers: Readonly<Record<"fovea" | "vlmevalkit" | "lmms-eval" | "authors", () => ScoredBy>> = {
  fovea: () => scoredByVerdict(answerVerdict(), JUDGE),
  vlmevalkit: () =>
    scoredByRules("vlmevalkit", vlmEvalKitLetter, (reply, { columns }) => {
      const letter = vlmEvalKitLetter(reply, choicesOf([String(columns["answer"]), OTHERS]));
      return { extracted: letter, isRight: letter === "A", asksJudge: letter === undefined };
    }),
  // Its code looks for the answer in single letters of the reply, where it cannot be.
  "lmms-eval": () =>
    scoredByRules("lmms-eval", mmmuLmmsLetter, (reply) => ({ extracted: reply.trim(), isRight: false })),
  authors: () =>
    scoredByRules("authors", mmmuAuthorsLetter, (reply, { answers }) => {
      return { extracted: reply.trim(), isRight: mmmuOpenIsRight(reply, answers) };
    }),
};

/** MMMU. */
export const mmmu = defineBenchmark({
  facts: {
    title: "MMMU",
    task: "college subjects: multiple choice and open questions, with several images",
    size: "900 validation, 150 dev; test answers are not published",
    metric: "accuracy",
    files: ["VLMEvalKit: MMMU_DEV_VAL.tsv", "lmms-lab/MMMU: validation-*.parquet, dev-*.parquet"],
    source: "arXiv:2311.16502",
    licence: "Apache-2.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("mmmu"),
      data: dataOption,
      split: z.enum(["validation", "dev"]).default("validation").describe("Which part of the data."),
      scorer: z
        .enum(["fovea", "vlmevalkit", "lmms-eval", "authors"])
        .default("fovea")
        .describe(
          "Whose rule: the verdict `answer`; VLMEvalKit's before a judge; lmms-eval's; the authors'. Where the last two draw a letter by chance the answer is wrong.",
        ),
    })
    .describe("MMMU: college subjects."),
  create: ({ data, split, scorer }, context) => ({
    name: "mmmu",
    source: async () => {
      const published = await openPublished("mmmu", data ?? context.data, formsOf(split));
      const idOf = (row: Row, form: Form) => requiredText(row, form === "authors" ? "id" : "index");
      const survey = await surveyRows("mmmu", published, (row, { form }) => {
        const isCounted = form === "authors" || requiredText(row, "split") === split;
        return isCounted ? { id: idOf(row, form) } : undefined;
      });
      return publishedSource(
        published,
        (row, { form }) => {
          const options = optionsIn(row, form);
          const isOpen =
            form === "authors" ? row["question_type"] !== "multiple-choice" : options.length === 0;
          const subject = subjectOf(row, form);
          return {
            id: idOf(row, form),
            ...withImagePlaces(
              promptOf(requiredText(row, "question"), isOpen ? [] : options),
              imagesIn(row, form),
            ),
            answers: isOpen ? openAnswers(row) : acceptedChoice(requiredText(row, "answer").trim(), options),
            ...(!isOpen && { options }),
            kind: subject,
            columns: { discipline: disciplineOf(subject) ?? textIn(row, "l2-category") ?? null },
          };
        },
        countedPlaces("mmmu", survey, `questions of the split ${split}`),
      );
    },
    ...scorers[scorer](),
    measures: (answers) => [
      accuracy(answers),
      ...accuracyBy(answers, textColumn("discipline")),
      ...accuracyBy(answers, ({ kind }) => kind),
    ],
  }),
});
