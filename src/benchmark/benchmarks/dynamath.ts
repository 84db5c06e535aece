/**
 * @module
 * DynaMath (arXiv:2411.00836): ten variants of each problem, to distinguish robust reasoning from reasoning
 * that fails when numbers change.
 */
import * as z from "zod";
import type { AnsweredProblem, Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import {
  answerVerdict,
  isRight,
  type JudgedProblem,
  numberOf,
  type Verdict,
  withoutThought,
} from "../../verify/index.ts";
import { type Benchmark, defineBenchmark, type Measure, type ScoredAnswer } from "../benchmark.ts";
import { oneOf, requiredText, textIn } from "../cells.ts";
import { type Group, wholeGroups } from "../groups.ts";
import { accuracyByColumns } from "../lists.ts";
import { accuracy } from "../measures.ts";
import { openPublished, type ProblemOfRow, type PublishedForm, publishedSource } from "../published-rows.ts";
import { dynaMathJudgeRead, dynaMathRule } from "../rules/dynamath.ts";
import { lmmsEvalReasoning } from "../rules/lmms-eval-reasoning.ts";
import { ruleParts } from "../rules/reading.ts";
import { dataOption } from "../scorer.ts";
import { shortAnswer } from "../short-answer-json.ts";
import { surveyRows } from "../survey.ts";

const AUTHORS = ["question", "decoded_image", "ground_truth", "id"];

const FORMS: readonly PublishedForm<"vlmevalkit" | "authors" | "lmms-eval">[] = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^DynaMath\.tsv$/,
    published: "DynaMath.tsv",
    columns: [
      "index",
      "image",
      "qid",
      "varid",
      "question",
      "answer",
      "answer_type",
      "subject",
      "knowledge_level",
    ],
  },
  {
    name: "authors",
    format: "parquet",
    file: /^sample_variant\d+-.*\.parquet$/,
    published: "sample_variant1-….parquet to sample_variant10",
    columns: [...AUTHORS, "answer_type", "subject", "knowledge_level"],
  },
  {
    name: "lmms-eval",
    format: "parquet",
    file: /^test-.*\.parquet$/,
    published: "test-….parquet",
    columns: [...AUTHORS, "question_id"],
  },
];
type Form = (typeof FORMS)[number]["name"];

const ANSWER_TYPES = ["multiple choice", "float", "text"] as const;

/** The problem that a row is a variant of, and which one. */
function variantOf(
  row: Row,
  form: Form,
  place: string,
): { readonly problem: string; readonly variant: string } {
  if (form === "vlmevalkit")
    return { problem: requiredText(row, "qid"), variant: requiredText(row, "varid") };
  if (form === "lmms-eval")
    return { problem: requiredText(row, "id"), variant: requiredText(row, "question_id") };
  const [, variant] = /sample_variant(\d+)-/.exec(place) ?? [];
  if (variant === undefined)
    throw new DataError("variant: expected sample_variant1-… to 10 as the file's name");
  return { problem: requiredText(row, "id"), variant };
}

const REQUESTS: Readonly<Record<string, string>> = {
  "multiple choice":
    "Provide the corresponing choice option in the 'short answer' key, such as 'A', 'B', 'C', or 'D'.",
  float: "Format the answer as a three-digit floating-point number and provide it in the 'short answer' key.",
  text: "Float numbers in the answer should be formatted as three-digit floating-point numbers.",
};

/** The authors' request for JSON, in the wording of VLMEvalKit (Apache-2.0), which has one for each type of answer. */
function jsonPrompt(question: string, type: string): string {
  return (
    `## Question\n ${question}\n` +
    "## Answer Instruction Please provide an answer to the question outlined above. Your response should adhere to the " +
    "following JSON format, which includes two keys: 'solution' and 'short answer'. The 'solution' key can contain detailed " +
    "steps needed to solve the question, and the 'short answer' key should provide a concise response. " +
    `${REQUESTS[type]}\n\nExample of expected JSON response format:\n\n` +
    '{\n    "solution": "[Detailed step-by-step explanation]",\n    "short answer": "[Concise Answer]"\n}'
  );
}

/** The column with the group of a problem's variants, and how many a problem has. */
const [VARIANTS, VARIANT_COUNT] = ["variants", 10];

function problemOf(row: Row, form: Form, place: string, prompt: "json" | "plain"): ProblemOfRow {
  const { problem, variant } = variantOf(row, form, place);
  // All ten count, though the files may have some of them only.
  const variants: Group = { name: problem, size: VARIANT_COUNT };
  const type =
    form === "lmms-eval" && textIn(row, "answer_type") === undefined
      ? "text"
      : oneOf(row, "answer_type", ANSWER_TYPES);
  const asked = requiredText(row, "question");
  return {
    id: `${problem} ${variant}`,
    question: prompt === "json" ? jsonPrompt(asked, type) : asked,
    answers: [requiredText(row, form === "vlmevalkit" ? "answer" : "ground_truth").trim()],
    ...(form !== "vlmevalkit" && { images: row["decoded_image"] ?? [] }),
    columns: { problem, variant, answer_type: type, [VARIANTS]: variants },
  };
}

/** The paper's tolerance of numbers (section 4.1). */
const TOLERANCE = 0.001;

/** The short answer of JSON, or the answer of any other reply; numbers within 0.001. */
function foveaVerdict(): Verdict {
  const rule = answerVerdict();
  return {
    name: "dynamath",
    judge(text, problem) {
      const short = shortAnswer(withoutThought(text) ?? "");
      const judged = rule.judge(short === undefined ? text : `<answer>${short}</answer>`, problem);
      if (isRight(judged) || judged.extracted === null || !isNumeric(problem)) return judged;
      const [given, right] = [judged.extracted, problem.answers[0] ?? ""].map(numberOf);
      const isNear =
        given !== undefined && right !== undefined && Math.abs(given - right) <= TOLERANCE + 1e-12;
      return isNear ? { ...judged, score: 1, reason: `right within ${TOLERANCE}` } : judged;
    },
  };
}

const isNumeric = ({ columns }: JudgedProblem) => columns["answer_type"] === "float";
const clusterOf = ({ columns }: AnsweredProblem) => String(columns["problem"]);

/** Each problem once, with the lowest score of its variants; problems that lack one or its score are left out. */
function worstOf(answers: readonly ScoredAnswer[]): ScoredAnswer[] {
  return wholeGroups(answers, VARIANTS).map((variants) =>
    variants.reduce((worst, answer) => (Number(answer.score) < Number(worst.score) ? answer : worst)),
  );
}

/** Average and worst case (equations 1 and 2), of all and by subject and level of knowledge. */
function measuresOf(answers: readonly ScoredAnswer[]): Measure[] {
  const worst = worstOf(answers);
  const groups = ["subject", "knowledge_level"];
  return [
    accuracy(answers, "average"),
    accuracy(worst, "worst case"),
    ...accuracyByColumns(answers, groups),
    ...accuracyByColumns(worst, groups).map((measure) => ({
      ...measure,
      name: `worst case, ${measure.name}`,
    })),
  ];
}

const SCORERS = ["fovea", "vlmevalkit", "lmms-eval"] as const;

function scored(scorer: (typeof SCORERS)[number]): Pick<Benchmark, "verdict" | "asksJudge" | "judgeRead"> {
  if (scorer === "vlmevalkit") return ruleParts(scorer, dynaMathRule, dynaMathJudgeRead);
  return scorer === "lmms-eval" ? ruleParts(scorer, lmmsEvalReasoning) : { verdict: foveaVerdict() };
}

/** DynaMath. */
export const dynaMath = defineBenchmark({
  facts: {
    title: "DynaMath",
    task: "mathematics in ten variants of each problem: letters, numbers and texts",
    size: "5,010: 10 variants of 501 problems",
    metric: "average and worst case over variants",
    files: [
      "DynaMath.tsv (VLMEvalKit)",
      "sample_variant1-….parquet to sample_variant10 (DynaMath/DynaMath_Sample)",
      "test-….parquet (kcz358/DynaMath, lmms-eval)",
    ],
    source: "arXiv:2411.00836",
    licence: "CC BY-SA 4.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("dynamath"),
      data: dataOption,
      prompt: z
        .enum(["json", "plain"])
        .default("json")
        .describe(
          "json: with the authors' request for JSON with a short answer; plain: the question alone, as lmms-eval.",
        ),
      scorer: z
        .enum(SCORERS)
        .default("fovea")
        .describe(
          "Whose rule decides: fovea's, numbers within 0.001; or another tool's, for comparison with it.",
        ),
    })
    .describe("DynaMath: ten variants of each problem."),
  create: ({ data, prompt, scorer }, context) => {
    const source = async () => {
      const published = await openPublished("dynamath", data ?? context.data, FORMS);
      const { rows } = published;
      await surveyRows("dynamath", published, (row, { form, index }) => {
        const { problem, variant } = variantOf(row, form, rows.place(index));
        return {
          index: form === "vlmevalkit" ? requiredText(row, "index") : undefined,
          id: `${problem} ${variant}`,
        };
      });
      return publishedSource(published, (row, { form, index }) =>
        problemOf(row, form, rows.place(index), prompt),
      );
    };
    return {
      name: "dynamath",
      source,
      judge: "mathvista" as const,
      ...scored(scorer),
      measures: measuresOf,
      cluster: clusterOf,
    };
  },
});
