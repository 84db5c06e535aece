/**
 * @module
 * DocVQA and InfographicVQA: one challenge, one format of files, one measure.
 */
import * as z from "zod";
import { createVerdict, verdictSchema } from "../verify/index.ts";
import { acceptedAnswers } from "./accepted-answers.ts";
import { type BenchmarkFacts, type BuiltInBenchmark, defineBenchmark } from "./benchmark.ts";
import { requiredText } from "./cells.ts";
import { accuracy, textColumn } from "./measures.ts";
import { asScored, dataOption, scorerOption, sourceOf } from "./scorer.ts";
import { openShortAnswers, shortPromptOption } from "./short-answers.ts";

/** The parts in which the benchmarks of the challenge differ. */
interface DocumentQuestions<Kind extends string> {
  readonly kind: Kind;
  readonly facts: Pick<BenchmarkFacts, "title" | "task" | "size" | "source">;
  /** VLMEvalKit's table, without its ending. */
  readonly table: string;
  /** The folder of lmms-eval's files. */
  readonly folder: string;
  /** The column that names the document; questions about one document are one cluster. */
  readonly document: string;
}

function schemaOf<Kind extends string>(kind: Kind) {
  return z.strictObject({
    kind: z.literal(kind),
    data: dataOption,
    scorer: scorerOption(["authors", "vlmevalkit", "lmms-eval"]),
    prompt: shortPromptOption,
  });
}

/** A benchmark of questions about documents, by ANLS. */
export function documentQuestions<const Kind extends string>({
  kind,
  facts,
  table,
  folder,
  document,
}: DocumentQuestions<Kind>): BuiltInBenchmark<ReturnType<typeof schemaOf<Kind>>> {
  const parquet = "validation-*.parquet";
  const forms = [
    {
      name: "vlmevalkit",
      format: "tsv",
      file: new RegExp(`^${table}(?:_local)?\\.tsv$`),
      published: `${table}.tsv`,
      columns: ["index", "question", "answer"],
    },
    {
      name: "lmms-eval",
      format: "parquet",
      file: /^validation-.*\.parquet$/,
      published: `${folder}/${parquet}`,
      folder,
      columns: ["questionId", "question", "answers", "image"],
    },
  ] as const;
  return defineBenchmark({
    facts: {
      ...facts,
      metric: "ANLS, threshold 0.5",
      files: [`VLMEvalKit: ${table}.tsv`, `lmms-eval: lmms-lab/DocVQA, ${folder}/${parquet}`],
      licence: "terms of the Robust Reading Competition, rrc.cvc.uab.es",
    },
    schema: schemaOf(kind).describe(`${facts.title}: ${facts.task}.`),
    create: ({ data, scorer, prompt }, context) => {
      const verdict = createVerdict(verdictSchema.parse({ kind: "anls", from: sourceOf(scorer) }));
      return {
        name: kind,
        source: () =>
          openShortAnswers({ name: kind, data: data ?? context.data, prompt, forms }, (row, { form }) => {
            const isTable = form === "vlmevalkit";
            return {
              id: requiredText(row, isTable ? "index" : "questionId"),
              answers: acceptedAnswers(row, isTable ? "answer" : "answers"),
            };
          }),
        verdict: asScored(scorer, verdict),
        measures: (answers) => [accuracy(answers, "anls")],
        cluster: (problem) => textColumn(document)(problem) ?? problem.id,
      };
    },
  });
}
