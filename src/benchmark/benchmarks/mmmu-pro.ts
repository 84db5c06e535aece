/**
 * @module
 * MMMU-Pro (arXiv:2409.02813): questions of MMMU that need their images, with ten options or four, or as an image alone.
 */
import * as z from "zod";
import { literalIn, type Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { acceptedChoice, columnOptions, optionLines } from "../choices.ts";
import { withImagePlaces } from "../image-places.ts";
import { entriesAsTexts } from "../lists.ts";
import { accuracy, accuracyBy, textColumn } from "../measures.ts";
import { disciplineOf } from "../mmmu-subjects.ts";
import { openPublished, type PublishedForm, publishedSource } from "../published-rows.ts";
import { mmmuLmmsLetter, mmmuProAnswerLine, mmmuProAuthorsLetter } from "../rules/mmmu.ts";
import { type AnswerRule, type ScoredBy, scoredByRule, scoredByVerdict } from "../rules/rule.ts";
import { vlmEvalKitLetter } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

type Form = "vlmevalkit" | "authors";
type Variant = "standard-10" | "standard-4" | "vision";
type Style = "direct" | "cot";

const FOLDERS: Readonly<Record<Variant, string>> = {
  "standard-10": "standard (10 options)",
  "standard-4": "standard (4 options)",
  vision: "vision",
};

function formsOf(variant: Variant): PublishedForm<Form>[] {
  const isVision = variant === "vision";
  const parquet = {
    name: "authors" as const,
    format: "parquet" as const,
    file: /^test-.*\.parquet$/,
    folder: FOLDERS[variant],
    published: `${FOLDERS[variant]}/test-*.parquet of MMMU/MMMU_Pro`,
    columns: ["id", "options", "answer", "subject", ...(isVision ? ["image"] : ["question", "image_1"])],
  };
  if (variant === "standard-4") return [parquet];
  const name = isVision ? "MMMU_Pro_V.tsv" : "MMMU_Pro_10c.tsv";
  const table = {
    name: "vlmevalkit" as const,
    format: "tsv" as const,
    file: new RegExp(`^${name.replace(".", "\\.")}$`),
    published: name,
    columns: ["index", "A", "B", "answer", "category", "image", ...(isVision ? [] : ["question"])],
  };
  return [table, parquet];
}

const ANSWER_LINE =
  "The last line of your response should be of the following format: 'Answer: $LETTER' (without quotes) where LETTER is one of options.";
const STEPS = `${ANSWER_LINE} Think step by step before answering.`;

/** The authors' instructions, prompts.yaml of their code. */
const INSTRUCTIONS: Readonly<Record<"vision" | "standard", Readonly<Record<Style, string>>>> = {
  vision: {
    direct: `Answer with the option letter from the given choices directly. ${ANSWER_LINE}`,
    cot: `Write out the multiple-choice question in the image and then solve it. ${STEPS}`,
  },
  standard: {
    direct: "Answer with the option letter from the given choices directly.",
    cot: `Answer the preceding multiple choice question. ${STEPS}`,
  },
};

const IMAGES = [1, 2, 3, 4, 5, 6, 7].map((number) => `image_${number}`);

function optionsIn(row: Row, form: Form): string[] {
  if (form === "vlmevalkit") return columnOptions(row);
  const cell = row["options"];
  const list = typeof cell === "string" ? literalIn(cell) : cell;
  if (!Array.isArray(list)) throw new DataError(`options: expected a list, got ${JSON.stringify(cell)}`);
  return entriesAsTexts(list as readonly unknown[], "options");
}

function imagesIn(row: Row, form: Form): readonly unknown[] {
  if (form === "authors") return IMAGES.map((column) => row[column]).filter((cell) => cell !== undefined);
  const list = typeof row["image"] === "string" ? literalIn(row["image"]) : undefined;
  return Array.isArray(list) ? (list as readonly unknown[]) : [row["image"]];
}

/** lmms-eval's rule for questions in the image: the reply itself. */
const wholeReply: AnswerRule = (reply) => reply;

/** The prompt of VLMEvalKit's judge. */
const JUDGE = "mmbench";

function scorerOf(
  scorer: "fovea" | "vlmevalkit" | "lmms-eval" | "authors",
  variant: Variant,
  style: Style,
): ScoredBy {
  switch (scorer) {
    case "fovea":
      return scoredByVerdict(answerVerdict(), JUDGE);
    case "authors":
      return scoredByRule("authors", mmmuProAuthorsLetter);
    case "lmms-eval":
      return scoredByRule("lmms-eval", variant === "vision" ? wholeReply : mmmuLmmsLetter);
    case "vlmevalkit":
      return scoredByRule(
        "vlmevalkit",
        (reply, choices) => vlmEvalKitLetter(style === "cot" ? mmmuProAnswerLine(reply) : reply, choices),
        JUDGE,
      );
  }
}

/** MMMU-Pro. */
export const mmmuPro = defineBenchmark({
  facts: {
    title: "MMMU-Pro",
    task: "college subjects, multiple choice of ten or four options, or the question as an image",
    size: "1,730 of each variant",
    metric: "accuracy",
    files: [
      "VLMEvalKit: MMMU_Pro_10c.tsv, MMMU_Pro_V.tsv",
      "MMMU/MMMU_Pro: standard (10 options)/test-*.parquet, standard (4 options), vision",
    ],
    source: "arXiv:2409.02813",
    licence: "Apache-2.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("mmmu-pro"),
      data: dataOption,
      variant: z
        .enum(["standard-10", "standard-4", "vision"])
        .default("standard-10")
        .describe("Ten options, four, or question and options in the image."),
      prompt: z
        .enum(["direct", "cot"])
        .default("cot")
        .describe("The authors' instruction: the letter at once, or steps and a line Answer."),
      scorer: z
        .enum(["fovea", "vlmevalkit", "lmms-eval", "authors"])
        .default("fovea")
        .describe(
          "Whose rule: the verdict `answer`; VLMEvalKit's before a judge; lmms-eval's; the authors'. Where the last two draw a letter by chance the answer is wrong.",
        ),
    })
    .describe("MMMU-Pro: college subjects, harder to guess."),
  create: ({ data, variant, prompt, scorer }, context) => ({
    name: "mmmu-pro",
    source: async () => {
      const published = await openPublished("mmmu-pro", data ?? context.data, formsOf(variant));
      const idOf = (row: Row, form: Form) => requiredText(row, form === "authors" ? "id" : "index");
      await surveyRows("mmmu-pro", published, (row, { form }) => ({ id: idOf(row, form) }));
      const instruction = INSTRUCTIONS[variant === "vision" ? "vision" : "standard"][prompt];
      return publishedSource(published, (row, { form }) => {
        const options = optionsIn(row, form);
        const subject = requiredText(row, form === "authors" ? "subject" : "category");
        const asked = () => {
          const text = `${requiredText(row, "question")}\n${optionLines(options)}\n${instruction}`;
          return withImagePlaces(text, imagesIn(row, form));
        };
        return {
          id: idOf(row, form),
          ...(variant === "vision" ? { question: instruction } : asked()),
          answers: acceptedChoice(requiredText(row, "answer").trim(), options),
          options,
          kind: subject,
          columns: { discipline: disciplineOf(subject) ?? null },
        };
      });
    },
    ...scorerOf(scorer, variant, prompt),
    measures: (answers) => [
      accuracy(answers),
      ...accuracyBy(answers, textColumn("discipline")),
      ...accuracyBy(answers, ({ kind }) => kind),
    ],
  }),
});
