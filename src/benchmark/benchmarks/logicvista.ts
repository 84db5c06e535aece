/**
 * @module
 * LogicVista (arXiv:2407.04973): logical reasoning on figures, by the letters of one or several options.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { type Benchmark, defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { accuracyByColumns, textsIn } from "../lists.ts";
import { accuracy } from "../measures.ts";
import { openPublished, type ProblemOfRow, publishedSource } from "../published-rows.ts";
import { lmmsEvalReasoning } from "../rules/lmms-eval-reasoning.ts";
import { type ReadingRule, ruleParts } from "../rules/reading.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

const FORMS = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^LogicVista\.tsv$/,
    published: "LogicVista.tsv",
    columns: ["index", "image", "question", "answer", "skill"],
  },
  {
    name: "lmms-eval",
    format: "parquet",
    file: /^test-.*\.parquet$/,
    published: "test-….parquet",
    columns: ["image", "question", "answer"],
  },
] as const;
type Form = (typeof FORMS)[number]["name"];

function idOf(row: Row, form: Form, index: number): string {
  return form === "vlmevalkit" ? requiredText(row, "index") : String(index);
}

function problemOf(row: Row, form: Form, index: number): ProblemOfRow {
  return {
    id: idOf(row, form, index),
    question: requiredText(row, "question"),
    answers: [requiredText(row, "answer").trim()],
    ...(form === "lmms-eval" && { images: row["image"] ?? [] }),
    columns: { skill: skillsOf(row) },
  };
}

/** A list, or one skill as a text. */
function skillsOf(row: Row): string[] {
  const cell = row["skill"];
  return typeof cell === "string" && !cell.trim().startsWith("[") ? [cell] : textsIn(row, "skill");
}

/**
 * VLMEvalKit: a judge reads letters out of every reply, only capitals, and they must be the accepted letters in any
 * order. Without a judge the reply itself must be these letters.
 */
const vlmEvalKit: ReadingRule = (reply, { answers }) => {
  const letters = (text: string) => Array.from(text.toLowerCase()).sort().join("");
  const isLetters = /^\p{Lu}+$/u.test(reply);
  const accepted = letters((answers[0] ?? "").split(", ").join(""));
  return {
    extracted: isLetters ? reply : undefined,
    isRight: isLetters && letters(reply) === accepted,
    asksJudge: true,
  };
};

const SCORERS = ["fovea", "vlmevalkit", "lmms-eval"] as const;

function scored(scorer: (typeof SCORERS)[number]): Pick<Benchmark, "verdict" | "asksJudge" | "judgeRead"> {
  if (scorer === "vlmevalkit") return ruleParts(scorer, vlmEvalKit);
  if (scorer === "lmms-eval") return ruleParts(scorer, lmmsEvalReasoning);
  return { verdict: createVerdict(verdictSchema.parse({ kind: "option-letter" })) };
}

/** LogicVista. */
export const logicVista = defineBenchmark({
  facts: {
    title: "LogicVista",
    task: "inductive, deductive, numerical, spatial and mechanical reasoning: letters of one or several options",
    size: "448",
    metric: "accuracy",
    files: ["LogicVista.tsv (VLMEvalKit)", "test-….parquet (lscpku/LogicVista, lmms-eval)"],
    source: "arXiv:2407.04973",
    licence: "Apache-2.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("logicvista"),
      data: dataOption,
      scorer: z
        .enum(SCORERS)
        .default("fovea")
        .describe(
          "Whose rule decides: fovea's verdict option-letter, or another tool's, for comparison with it.",
        ),
    })
    .describe("LogicVista: logical reasoning on figures."),
  create: ({ data, scorer }, context) => {
    const source = async () => {
      const published = await openPublished("logicvista", data ?? context.data, FORMS);
      await surveyRows("logicvista", published, (row, { form }) =>
        form === "vlmevalkit" ? { id: idOf(row, form, 0) } : undefined,
      );
      return publishedSource(published, (row, { form, index }) => problemOf(row, form, index));
    };
    return {
      name: "logicvista",
      source,
      judge: "mathvista" as const,
      ...scored(scorer),
      measures: (answers) => [accuracy(answers), ...accuracyByColumns(answers, ["skill"])],
    };
  },
});
