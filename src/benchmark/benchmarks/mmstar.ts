/**
 * @module
 * MMStar (arXiv:2403.20330): multiple choice that cannot be answered without the image, over six capabilities in three parts
 * each.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark, type Measure, type ScoredAnswer } from "../benchmark.ts";
import { requiredText, textIn } from "../cells.ts";
import { acceptedChoice, choicePrompt, columnOptions } from "../choices.ts";
import { accuracy, accuracyBy, meanMeasure, sortedGroups, textColumn } from "../measures.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { lmmsEvalLetter } from "../rules/lmms-eval.ts";
import { type AnswerRule, scoredByRule, scoredByVerdict } from "../rules/rule.ts";
import { vlmEvalKitLetter } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

type Form = "vlmevalkit" | "lmms-eval";

const FORMS: readonly PublishedForm<Form>[] = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^MMStar\.tsv$/,
    published: "MMStar.tsv",
    columns: ["index", "question", "A", "B", "answer", "category", "image"],
  },
  {
    name: "lmms-eval",
    format: "parquet",
    file: /^(?:mmstar|val-.*)\.parquet$/i,
    published: "mmstar.parquet of Lin-Chen/MMStar",
    columns: ["index", "question", "answer", "category", "l2_category", "image"],
  },
];

/** The options that a question of the authors' file ends with: "Options: A: …, B: …, C: …, D: …". */
function optionsIn(question: string): string[] | undefined {
  const [, list] = /Options:\s*(A: .*)$/s.exec(question.trim()) ?? [];
  const texts = list?.split(/(?:^|,\s*)[A-H]: /).slice(1);
  return texts?.map((text) => text.trim());
}

function askedIn(row: Row, form: Form) {
  const question = requiredText(row, "question");
  const letter = requiredText(row, "answer").trim();
  if (form === "vlmevalkit") {
    const options = columnOptions(row);
    const hint = textIn(row, "hint");
    return {
      question: choicePrompt(question, options, hint),
      answers: acceptedChoice(letter, options),
      options,
    };
  }
  const options = optionsIn(question);
  const asked = `${question.trim()}\nAnswer with the option's letter from the given choices directly`;
  if (options === undefined) return { question: asked, answers: [letter] };
  return { question: asked, answers: acceptedChoice(letter, options), options };
}

/**
 * The rule of the authors' code: the letter with which the reply begins, in a word too, or the letter after "(",
 * "option " or "the answer is ", in any case.
 */
const authorsLetter: AnswerRule = (reply) => {
  const plain = reply.toLowerCase().trim().replaceAll("\n", " ");
  const behind = ["the answer is ", "option ", "("].find((start) => plain.startsWith(start)) ?? "";
  return Array.from(plain.slice(behind.length))[0]?.toUpperCase();
};

/** The prompt of MMBench's and VLMEvalKit's judge. */
const JUDGE = "mmbench";

const scorers = {
  fovea: () => scoredByVerdict(answerVerdict(), JUDGE),
  vlmevalkit: () => scoredByRule("vlmevalkit", vlmEvalKitLetter, JUDGE),
  "lmms-eval": () => scoredByRule("lmms-eval", (reply) => lmmsEvalLetter(reply, ["A", "B", "C", "D"])),
  authors: () => scoredByRule("authors", authorsLetter),
} as const;

/** The mean over the parts of a capability of their accuracies, as lmms-eval averages. */
function meanOfParts(answers: readonly ScoredAnswer[], name: string): Measure {
  const parts = sortedGroups(answers, textColumn("detail")).flatMap(([, part]) => accuracy(part).value ?? []);
  return { name, value: meanMeasure(name, parts).value, of: answers.length };
}

/** MMStar. */
export const mmStar = defineBenchmark({
  facts: {
    title: "MMStar",
    task: "multiple choice that needs the image: perception, reasoning, science, mathematics",
    size: "1,500: 250 of each capability",
    metric: "accuracy",
    files: ["VLMEvalKit: MMStar.tsv", "Lin-Chen/MMStar: mmstar.parquet"],
    source: "arXiv:2403.20330",
    licence: "not stated; its images and questions come from six other benchmarks",
  },
  schema: z
    .strictObject({
      kind: z.literal("mmstar"),
      data: dataOption,
      scorer: z
        .enum(["fovea", "vlmevalkit", "lmms-eval", "authors"])
        .default("fovea")
        .describe(
          "Whose rule and mean: the verdict `answer`; VLMEvalKit's before a judge; lmms-eval's, which means over the 18 parts; the authors', a leading letter.",
        ),
    })
    .describe("MMStar: multiple choice that needs the image."),
  create: ({ data, scorer }, context) => ({
    name: "mmstar",
    source: async () => {
      const published = await openPublished("mmstar", data ?? context.data, FORMS);
      await surveyRows("mmstar", published, (row) => ({ id: requiredText(row, "index") }));
      return publishedSource(published, (row, { form }) => ({
        id: requiredText(row, "index"),
        ...askedIn(row, form),
        kind: requiredText(row, "category"),
        columns: { detail: textIn(row, "l2_category") ?? textIn(row, "l2-category") ?? null },
      }));
    },
    ...scorers[scorer](),
    measures: (answers) => {
      const capabilities = sortedGroups(answers, ({ kind }) => kind);
      const mean = scorer === "lmms-eval" ? meanOfParts : accuracy;
      return [
        mean(answers, "accuracy"),
        ...capabilities.map(([capability, part]) => mean(part, capability)),
        ...accuracyBy(answers, textColumn("detail")),
      ];
    },
  }),
});
