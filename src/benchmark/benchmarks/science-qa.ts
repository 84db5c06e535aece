/**
 * @module
 * ScienceQA (arXiv:2209.09513): multiple choice from school lessons, with and without an image.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText, textIn } from "../cells.ts";
import { acceptedChoice, choiceLetter, columnOptions, optionLines } from "../choices.ts";
import { entriesAsTexts } from "../lists.ts";
import { accuracy, accuracyBy, textColumn } from "../measures.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { type AnswerRule, scoredByRule, scoredByVerdict } from "../rules/rule.ts";
import { vlmEvalKitLetter } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { countedPlaces, surveyRows } from "../survey.ts";

type Form = "vlmevalkit" | "lmms-eval";

function formsOf(split: "test" | "validation", questions: "image" | "all"): PublishedForm<Form>[] {
  const parquet = {
    name: "lmms-eval" as const,
    format: "parquet" as const,
    file: new RegExp(`^${split}-.*\\.parquet$`),
    folder: questions === "image" ? "ScienceQA-IMG" : "ScienceQA-FULL",
    published: `${split}-*.parquet of lmms-lab/ScienceQA`,
    columns: ["question", "choices", "answer", "hint", "image"],
  };
  if (questions === "all") return [parquet];
  const name = `ScienceQA_${split === "test" ? "TEST" : "VAL"}.tsv`;
  const table = {
    name: "vlmevalkit" as const,
    format: "tsv" as const,
    file: new RegExp(`^${name.replace(".", "\\.")}$`),
    published: name,
    columns: ["index", "question", "A", "B", "answer", "image"],
  };
  return [table, parquet];
}

/** Options and the letter of the right one. */
function choiceIn(row: Row, form: Form): { readonly options: readonly string[]; readonly letter: string } {
  if (form === "vlmevalkit")
    return { options: columnOptions(row), letter: requiredText(row, "answer").trim() };
  const choices = row["choices"];
  if (!Array.isArray(choices)) throw new DataError("choices: expected a list");
  const options = entriesAsTexts(choices as readonly unknown[], "choices");
  return { options, letter: choiceLetter(Number(requiredText(row, "answer"))) };
}

/** Whether a question has an image; all of VLMEvalKit's table have. */
function hasImage(row: Row, form: Form): boolean {
  return form === "vlmevalkit" || (row["image"] !== null && row["image"] !== undefined);
}

/** LLaVA's prompt, which lmms-eval has too. */
function promptOf(row: Row, options: readonly string[]): string {
  const hint = textIn(row, "hint");
  return [
    ...(hint === undefined ? [] : [`Context: ${hint}`]),
    requiredText(row, "question"),
    optionLines(options),
    "Answer with the option's letter from the given choices directly.",
  ].join("\n");
}

/** lmms-eval's rule: the letter alone, in any case, or a capital letter and a full stop that the reply begins with. */
const leadingLetter: AnswerRule = (reply, choices) => {
  const plain = reply.trim();
  const [letter, stop] = Array.from(plain);
  const alone = choices.find((choice) => choice.letter.toLowerCase() === plain.toLowerCase());
  if (alone !== undefined) return alone.letter;
  return letter !== undefined && stop === "." && /\p{Lu}/u.test(letter) ? letter : undefined;
};

/** The prompt of MMBench's and VLMEvalKit's judge. */
const JUDGE = "mmbench";

const scorers = {
  fovea: () => scoredByVerdict(answerVerdict(), JUDGE),
  vlmevalkit: () => scoredByRule("vlmevalkit", vlmEvalKitLetter, JUDGE),
  "lmms-eval": () => scoredByRule("lmms-eval", leadingLetter),
} as const;

/** Classes 1 to 6 and 7 to 12, as the paper counts them. */
function gradesOf({ grade }: Readonly<Record<string, unknown>>): string | undefined {
  const [, number] = /^grade(\d+)$/.exec(String(grade)) ?? [];
  if (number === undefined) return undefined;
  return Number(number) <= 6 ? "grades 1-6" : "grades 7-12";
}

/** ScienceQA. */
export const scienceQa = defineBenchmark({
  facts: {
    title: "ScienceQA",
    task: "multiple choice of natural, social and language science",
    size: "test: 2,017 with an image, 4,241 in all; validation: 2,097 with an image",
    metric: "accuracy",
    files: [
      "VLMEvalKit: ScienceQA_TEST.tsv, ScienceQA_VAL.tsv",
      "lmms-lab/ScienceQA: ScienceQA-IMG/test-*.parquet, ScienceQA-FULL/test-*.parquet",
      "derek-thomas/ScienceQA: test-*.parquet",
    ],
    source: "arXiv:2209.09513",
    licence: "CC-BY-NC-SA-4.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("science-qa"),
      data: dataOption,
      split: z.enum(["test", "validation"]).default("test").describe("Which part of the data."),
      questions: z.enum(["image", "all"]).default("image").describe("Those with an image, or all."),
      scorer: z
        .enum(["fovea", "vlmevalkit", "lmms-eval"])
        .default("fovea")
        .describe(
          "Whose rule reads the letter: the verdict `answer`; VLMEvalKit's before a judge; lmms-eval's, a leading letter.",
        ),
    })
    .describe("ScienceQA: multiple choice from school lessons."),
  create: ({ data, split, questions, scorer }, context) => ({
    name: "science-qa",
    source: async () => {
      const published = await openPublished("science-qa", data ?? context.data, formsOf(split, questions));
      const idOf = (row: Row, form: Form, index: number) =>
        form === "vlmevalkit" ? requiredText(row, "index") : `${split}-${index}`;
      const survey = await surveyRows("science-qa", published, (row, { form, index }) =>
        questions === "all" || hasImage(row, form) ? { id: idOf(row, form, index) } : undefined,
      );
      return publishedSource(
        published,
        (row, { form, index }) => {
          const { options, letter } = choiceIn(row, form);
          return {
            id: idOf(row, form, index),
            question: promptOf(row, options),
            answers: acceptedChoice(letter, options),
            options,
            kind: textIn(row, "subject") ?? textIn(row, "l2-category") ?? "all",
            ...(!hasImage(row, form) && { images: null }),
          };
        },
        countedPlaces("science-qa", survey, "questions with an image"),
      );
    },
    ...scorers[scorer](),
    measures: (answers) => [
      accuracy(answers),
      ...accuracyBy(answers, ({ kind }) => (kind === "all" ? undefined : kind)),
      ...accuracyBy(answers, textColumn("category")),
      ...accuracyBy(answers, ({ columns }) => gradesOf(columns)),
    ],
  }),
});
