/**
 * @module
 * MathVerse (arXiv:2403.14624): each problem in six versions, which move what it says from the text into the diagram.
 */
import * as z from "zod";
import type { AnsweredProblem, Row } from "../../data/index.ts";
import { createVerdict, type JudgedProblem, verdictSchema } from "../../verify/index.ts";
import { type Benchmark, defineBenchmark, type Measure, type ScoredAnswer } from "../benchmark.ts";
import { oneOf, requiredText, structIn, textIn } from "../cells.ts";
import { acceptedChoice } from "../choices.ts";
import { accuracyByColumns } from "../lists.ts";
import { accuracy, accuracyBy, textColumn } from "../measures.ts";
import { openPublished, type ProblemOfRow, type PublishedForm, publishedSource } from "../published-rows.ts";
import { lmmsEvalReasoning } from "../rules/lmms-eval-reasoning.ts";
import { type ReadingRule, ruleParts } from "../rules/reading.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";
import { writtenOptions } from "../written-options.ts";

const COLUMNS = ["question", "question_type", "question_for_eval", "answer", "problem_version", "metadata"];

const FORMS: readonly PublishedForm<"vlmevalkit" | "authors">[] = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^MathVerse_MINIV\.tsv$/,
    published: "MathVerse_MINIV.tsv",
    columns: ["index", "image", ...COLUMNS],
  },
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^MathVerse_MINI(?:VOnly|VDom|VInt|TLite|TDom)\.tsv$/,
    published: "MathVerse_MINIVOnly.tsv, …VDom, …VInt, …TLite, …TDom",
    columns: ["index", "image", ...COLUMNS],
  },
  {
    name: "authors",
    format: "parquet",
    file: /^testmini[^/]*\.parquet$/,
    published: "testmini….parquet",
    columns: ["sample_index", "problem_index", "image", "query_wo", "query_cot", ...COLUMNS],
  },
  {
    name: "authors",
    format: "parquet",
    file: /^(?:text|vision)_(?:only|lite|dominant|intensive)-.*\.parquet$/,
    published: "vision_only-….parquet and other versions",
    columns: ["sample_index", "problem_index", "image", "query_wo", "query_cot", ...COLUMNS],
  },
];
type Form = (typeof FORMS)[number]["name"];

const VERSIONS = [
  "Text Only",
  "Text Dominant",
  "Text Lite",
  "Vision Intensive",
  "Vision Dominant",
  "Vision Only",
] as const;

function idOf(row: Row, form: Form): string {
  return form === "authors" ? requiredText(row, "sample_index") : requiredText(row, "index");
}

/** Subject and subfield, in a struct or in a dict that Python wrote. */
function metadataOf(row: Row): { readonly subject: string; readonly subfield: string } {
  const metadata = structIn(row, "metadata", "subject and subfield");
  return { subject: requiredText(metadata, "subject"), subfield: requiredText(metadata, "subfield") };
}

/** Options where the question lists them after "Choices:". */
function optionsOf(row: Row): readonly string[] | undefined {
  if (oneOf(row, "question_type", ["multi-choice", "free-form"]) === "free-form") return undefined;
  const [, listed] = /choices:\s*(.*)$/is.exec(textIn(row, "question_for_eval") ?? "") ?? [];
  const options = listed === undefined ? [] : writtenOptions(listed);
  return options.length === 0 ? undefined : options;
}

function questionOf(row: Row, form: Form, query: "direct" | "cot"): string {
  if (query === "cot") return requiredText(row, "query_cot");
  return requiredText(row, form === "authors" ? "query_wo" : "question");
}

function problemOf(row: Row, form: Form, query: "direct" | "cot"): ProblemOfRow {
  const version = oneOf(row, "problem_version", VERSIONS);
  const options = optionsOf(row);
  const answer = requiredText(row, "answer").trim();
  return {
    id: idOf(row, form),
    question: questionOf(row, form, query),
    answers: options === undefined ? [answer] : acceptedChoice(answer, options),
    ...(options !== undefined && { options }),
    kind: version,
    ...(version === "Text Only" ? { images: null } : form === "authors" && { images: row["image"] ?? [] }),
    columns: { ...metadataOf(row), problem_version: version },
  };
}

const SCORERS = ["fovea", "exact", "lmms-eval-reasoning"] as const;

/** The comparison of both tools before they ask a judge, of the whole reply. */
const exact: ReadingRule = (reply, { answers }) => ({
  extracted: reply.trim(),
  isRight: reply.trim() === answers[0],
});

function scored(scorer: (typeof SCORERS)[number]): Pick<Benchmark, "verdict" | "asksJudge" | "judgeRead"> {
  if (scorer === "exact") {
    const { verdict, judgeRead } = ruleParts(scorer, exact);
    return { verdict, judgeRead, asksJudge: (_text: string, _problem: JudgedProblem) => true };
  }
  if (scorer === "lmms-eval-reasoning") return ruleParts(scorer, lmmsEvalReasoning);
  return { verdict: createVerdict(verdictSchema.parse({ kind: "answer" })) };
}

const versionOf = textColumn("problem_version");
const isShown = ({ problem }: ScoredAnswer) => versionOf(problem) !== "Text Only";

/** The paper's "All" leaves out Text Only, of which there are as many problems as of each version with a diagram. */
function measuresOf(answers: readonly ScoredAnswer[]): Measure[] {
  const bySubject = (problem: AnsweredProblem) => {
    const { problem_version: version, subject } = problem.columns as Record<string, string>;
    return `${version}, ${subject}`;
  };
  return [
    accuracy(answers.filter(isShown)),
    ...VERSIONS.map((version) =>
      accuracy(
        answers.filter(({ problem }) => versionOf(problem) === version),
        version,
      ),
    ).filter(({ of }) => of > 0),
    ...accuracyByColumns(answers.filter(isShown), ["subject", "subfield"]),
    ...accuracyBy(answers, bySubject),
  ];
}

/** MathVerse. */
export const mathVerse = defineBenchmark({
  facts: {
    title: "MathVerse",
    task: "plane and solid geometry and functions, in versions from text to diagram",
    size: "3,940 testmini with a diagram (788 problems in 5 versions), 788 of text only",
    metric: "accuracy over the versions with a diagram, and of each version",
    files: [
      "MathVerse_MINIV.tsv, or a file of each version (VLMEvalKit)",
      "testmini….parquet (AI4Math/MathVerse; CaraJ/MathVerse-lmmseval, lmms-eval), or a file of each version",
    ],
    source: "arXiv:2403.14624",
    licence: "MIT",
  },
  schema: z
    .strictObject({
      kind: z.literal("mathverse"),
      data: dataOption,
      query: z
        .enum(["direct", "cot"])
        .default("direct")
        .describe("direct: the question as both tools ask it; cot: with the authors' request for steps."),
      scorer: z
        .enum(SCORERS)
        .default("fovea")
        .describe(
          "Whose rule decides: fovea's verdict answer; the exact match of VLMEvalKit and lmms-eval, which leave all else to a judge; lmms-eval's rule for reasoning.",
        ),
    })
    .describe("MathVerse: problems in versions from text to diagram."),
  create: ({ data, query, scorer }, context) => {
    const source = async () => {
      const published = await openPublished("mathverse", data ?? context.data, FORMS);
      await surveyRows("mathverse", published, (row, { form }) => ({ id: idOf(row, form) }));
      return publishedSource(published, (row, { form }) => problemOf(row, form, query));
    };
    return {
      name: "mathverse",
      source,
      judge: "mathverse" as const,
      ...scored(scorer),
      measures: measuresOf,
      cluster: (problem) => textColumn("problem_index")(problem) ?? problem.id,
    };
  },
});
