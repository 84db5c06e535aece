/**
 * @module
 * Geometry3K (Inter-GPS, ACL 2021): plane geometry of textbooks, with four options or with free answers.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { type Benchmark, defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { acceptedChoice, choicesOf, optionLines } from "../choices.ts";
import { textsIn } from "../lists.ts";
import { accuracy } from "../measures.ts";
import { openPublished, type ProblemOfRow, type PublishedForm, publishedSource } from "../published-rows.ts";
import { type ReadingRule, ruleParts } from "../rules/reading.ts";
import { dataOption } from "../scorer.ts";

type Variant = "choices" | "free";

function formsOf(variant: Variant): readonly PublishedForm<Variant>[] {
  const columns = variant === "choices" ? ["choices", "ground_truth"] : ["answer"];
  return [
    {
      name: variant,
      format: "parquet",
      file: /^test-.*\.parquet$/,
      published: `test-….parquet of ${variant === "choices" ? "Yang130/geometry3k_4choices_mixed" : "hiyouga/geometry3k"}`,
      columns: ["images", "problem", ...columns],
    },
  ];
}

const REQUEST = "Answer with the option's letter from the given choices directly.";

function problemOf(row: Row, variant: Variant, index: number): ProblemOfRow {
  const shared = { id: String(index), images: row["images"] ?? [] };
  const asked = requiredText(row, "problem");
  if (variant === "free")
    return { ...shared, question: asked, answers: [requiredText(row, "answer").trim()] };
  const options = textsIn(row, "choices");
  return {
    ...shared,
    question: `${asked}\n${optionLines(options)}\n${REQUEST}`,
    options,
    answers: acceptedChoice(requiredText(row, "ground_truth").trim().toUpperCase(), options),
  };
}

/** Forms of a letter, the surest first; of one form the last counts. "a square" is the letter A to the last of them. */
const PATTERNS = [
  /[Aa]nswer\s*[:=]\s*\(?([A-Da-d])\)?/g,
  /(?<![\p{L}\p{N}_])([A-Da-d])\s*[.)\]]/gu,
  /^\s*\(?([A-Da-d])\)?$/g,
  /(?<![\p{L}\p{N}_])([A-Da-d])(?![\p{L}\p{N}_])/gu,
];

/** lmms-eval: a letter in one of several forms, else the first option whose text is in the reply. */
const lmmsEval: ReadingRule = (reply, { answers, options = [] }) => {
  const text = reply.trim();
  const letters = PATTERNS.map((pattern) => [...text.matchAll(pattern)].at(-1)?.[1]?.toUpperCase());
  const quoted = choicesOf(options).find((choice) =>
    text.toLowerCase().includes(choice.text.toLowerCase()),
  )?.letter;
  const extracted = letters.find((letter) => letter !== undefined) ?? quoted;
  return { extracted, isRight: extracted === answers[0] };
};

const SCORERS = ["fovea", "lmms-eval"] as const;

function scored(scorer: (typeof SCORERS)[number]): Pick<Benchmark, "verdict" | "asksJudge" | "judgeRead"> {
  if (scorer === "lmms-eval") return ruleParts(scorer, lmmsEval);
  return { verdict: createVerdict(verdictSchema.parse({ kind: "answer" })) };
}

/** Geometry3K. */
export const geometry3k = defineBenchmark({
  facts: {
    title: "Geometry3K",
    task: "plane geometry: four options, or free answers",
    size: "601 test",
    metric: "accuracy",
    files: [
      "test-….parquet (Yang130/geometry3k_4choices_mixed, lmms-eval; hiyouga/geometry3k with free answers)",
    ],
    source: "https://aclanthology.org/2021.acl-long.528/",
    licence: "CC BY-NC-SA 4.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("geometry3k"),
      data: dataOption,
      variant: z.enum(["choices", "free"]).default("choices").describe("Four options, or free answers."),
      scorer: z
        .enum(SCORERS)
        .default("fovea")
        .describe("Whose rule decides: fovea's verdict answer, or lmms-eval's, which reads letters alone."),
    })
    .describe("Geometry3K: plane geometry."),
  create: ({ data, variant, scorer }, context) => ({
    name: "geometry3k",
    async source() {
      const published = await openPublished("geometry3k", data ?? context.data, formsOf(variant));
      return publishedSource(published, (row, { form, index }) => problemOf(row, form, index));
    },
    ...scored(scorer),
    measures: (answers) => [accuracy(answers)],
  }),
});
