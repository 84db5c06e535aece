/**
 * @module
 * MMBench (arXiv:2307.06281): multiple choice, each question asked with its options rolled through all places.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText, textIn } from "../cells.ts";
import { acceptedChoice, type Choice, choicePrompt, columnOptions } from "../choices.ts";
import { circularAnswers, circularGroup } from "../circular.ts";
import { groupIn, groupsOf } from "../groups.ts";
import { accuracy, accuracyBy, textColumn } from "../measures.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { lmmsEvalLetter } from "../rules/lmms-eval.ts";
import { words } from "../rules/python.ts";
import { type AnswerRule, scoredByRule, scoredByVerdict } from "../rules/rule.ts";
import { vlmEvalKitLetter } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

const COLUMNS = ["index", "question", "A", "B", "answer", "category", "image"];

function formsOf(split: string): PublishedForm<"vlmevalkit" | "lmms-eval">[] {
  const [, language = "", isNew] = /^dev-(..)(-v11)?$/.exec(split) ?? [];
  const name = `MMBench_DEV_${language.toUpperCase()}${isNew === undefined ? "" : "_V11"}.tsv`;
  const table = {
    name: "vlmevalkit" as const,
    format: "tsv" as const,
    file: new RegExp(`^${name.replace(".", "\\.")}$`, "i"),
    published: name,
    columns: COLUMNS,
  };
  if (isNew !== undefined) return [table];
  const parquet = {
    name: "lmms-eval" as const,
    format: "parquet" as const,
    file: /^dev-.*\.parquet$/,
    folder: language,
    published: `${language}/dev-*.parquet of lmms-lab/MMBench`,
    columns: COLUMNS,
  };
  return [table, parquet];
}

function indexOf(row: Row): number {
  const index = Number(requiredText(row, "index"));
  if (!Number.isSafeInteger(index))
    throw new DataError(`index: expected a whole number, got ${textIn(row, "index")}`);
  return index;
}

/** The question that a row rolls: by its column `g_index`, else by its index. */
function questionOf(row: Row): string {
  return textIn(row, "g_index") ?? String(circularGroup(indexOf(row)));
}

const FORMS_OF_LETTER: readonly (readonly [before: string, after: string])[] = [
  ["", "."],
  ["", ","],
  ["", ":"],
  ["", ")"],
  ["", ")."],
  ["(", ")"],
  ["(", ")."],
  [":", ""],
  [":", ","],
  [":", "."],
  [":", ")"],
  [":", ")."],
];

/** The only letter that occurs alone in one of the forms, of A to E for any options. */
function loneLetter(reply: string): string | undefined {
  const all = words(reply);
  const namedAs = (before: string, after: string) =>
    ["A", "B", "C", "D", "E"].filter((letter) => all.includes(before + letter + after));
  const bare = namedAs("", "");
  // An A among more than three words may be an article.
  if (bare.length === 1 && !(all.includes("A") && all.length > 3)) return bare[0];
  for (const [before, after] of FORMS_OF_LETTER) {
    const named = namedAs(before, after);
    if (named.length === 1) return named[0];
  }
  return undefined;
}

/**
 * The rule of lmms-eval's task `mmbench_en_dev_static`: a lone letter, else the one option that is quoted, else its general
 * rule. A question with fewer than four options has the option "nan" for each that it lacks.
 */
const lmmsEvalRule: AnswerRule = (reply, choices) => {
  const texts = new Map(choices.map(({ letter, text }) => [letter, text]));
  const four = ["A", "B", "C", "D"].map((letter): Choice => ({ letter, text: texts.get(letter) ?? "nan" }));
  const trimmed = reply.trim();
  const plain = trimmed.toLowerCase();
  const quoted = four.filter(({ text }) => plain.includes(text.toLowerCase()));
  const letters = four.map(({ letter }) => letter);
  return (
    loneLetter(trimmed) ??
    (quoted.length === 1 ? quoted[0]?.letter : undefined) ??
    lmmsEvalLetter(trimmed, letters)
  );
};

/** The prompt of MMBench's and VLMEvalKit's judge. */
const JUDGE = "mmbench";

const scorers = {
  fovea: () => scoredByVerdict(answerVerdict(), JUDGE),
  vlmevalkit: () => scoredByRule("vlmevalkit", vlmEvalKitLetter, JUDGE),
  "lmms-eval": () => scoredByRule("lmms-eval", lmmsEvalRule),
} as const;

/** MMBench. */
export const mmBench = defineBenchmark({
  facts: {
    title: "MMBench",
    task: "multiple choice over 20 abilities of perception and reasoning, in English or Chinese",
    size: "1,164 dev, 4,329 with their rolls; test answers are not published",
    metric: "circular accuracy",
    files: [
      "VLMEvalKit: MMBench_DEV_EN.tsv, MMBench_DEV_CN.tsv, …_V11.tsv",
      "lmms-lab/MMBench: en/dev-*.parquet, cn/dev-*.parquet",
    ],
    source: "arXiv:2307.06281",
    licence: "Apache-2.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("mmbench"),
      data: dataOption,
      split: z
        .enum(["dev-en", "dev-cn", "dev-en-v11", "dev-cn-v11"])
        .default("dev-en")
        .describe("Which file: language, and version 1.0 or 1.1."),
      scorer: z
        .enum(["fovea", "vlmevalkit", "lmms-eval"])
        .default("fovea")
        .describe(
          "Whose rule reads the letter: the verdict `answer`; VLMEvalKit's before a judge; lmms-eval's of its static task.",
        ),
    })
    .describe("MMBench: multiple choice, circular."),
  create: ({ data, split, scorer }, context) => ({
    name: "mmbench",
    source: async () => {
      const published = await openPublished("mmbench", data ?? context.data, formsOf(split));
      const survey = await surveyRows("mmbench", published, (row) => {
        return { id: String(indexOf(row)), question: questionOf(row) };
      });
      const questions = groupsOf(survey.map((facts) => facts?.question));
      return publishedSource(published, (row, { index }) => {
        const options = columnOptions(row);
        return {
          id: String(indexOf(row)),
          question: choicePrompt(requiredText(row, "question"), options, textIn(row, "hint")),
          answers: acceptedChoice(requiredText(row, "answer").trim(), options),
          options,
          kind: requiredText(row, "category"),
          columns: {
            group: questions[index],
            ability: textIn(row, "l2-category") ?? textIn(row, "L2-category") ?? null,
          },
        };
      });
    },
    ...scorers[scorer](),
    measures: (answers) => {
      const whole = circularAnswers(answers, "group");
      return [
        accuracy(whole),
        ...accuracyBy(whole, textColumn("ability")),
        ...accuracyBy(whole, ({ kind }) => kind),
        accuracy(answers, "each roll alone"),
      ];
    },
    cluster: (problem) => groupIn(problem, "group")?.name ?? problem.id,
  }),
});
