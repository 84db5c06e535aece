/**
 * @module
 * WeMath (arXiv:2407.01284): problems of two or three steps beside each of their steps, to distinguish
 * missing knowledge, failed generalisation and answers by rote.
 */
import * as z from "zod";
import type { AnsweredProblem, Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { type Benchmark, defineBenchmark, type Measure, type ScoredAnswer } from "../benchmark.ts";
import { oneOf, requiredText, textIn } from "../cells.ts";
import { acceptedChoice, choicesOf, columnOptions, optionLines } from "../choices.ts";
import { accuracy, answersBy, meanMeasure } from "../measures.ts";
import { openPublished, type ProblemOfRow, publishedSource } from "../published-rows.ts";
import { lmmsEvalReasoning } from "../rules/lmms-eval-reasoning.ts";
import { type ReadingRule, ruleParts } from "../rules/reading.ts";
import { vlmEvalKitLetter } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";
import { writtenOptions } from "../written-options.ts";

const FORMS = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^WeMath\.tsv$/,
    published: "WeMath.tsv",
    columns: ["index", "image", "ID", "key", "question", "A", "answer", "knowledge concept"],
  },
  {
    name: "authors",
    format: "parquet",
    file: /^testmini-.*\.parquet$/,
    published: "testmini-….parquet",
    columns: ["ID", "key", "question", "option", "answer", "image_path", "knowledge concept"],
  },
] as const;
type Form = (typeof FORMS)[number]["name"];

const KEYS = [
  ...["2steps_1", "2steps_2", "2steps_multi"],
  ...["3steps_1", "3steps_2", "3steps_3", "3steps_multi"],
] as const;

/** @throws DataError when there are none */
function listedOptions(row: Row): string[] {
  const text = requiredText(row, "option");
  const options = writtenOptions(text);
  if (options.length === 0)
    throw new DataError(`option: expected A. …; B. …, got ${JSON.stringify(text.slice(0, 80))}`);
  return options;
}

function idOf(row: Row): string {
  return `${requiredText(row, "ID")} ${oneOf(row, "key", KEYS)}`;
}

function problemOf(row: Row, form: Form, requirement: boolean): ProblemOfRow {
  const isTable = form === "vlmevalkit";
  const options = isTable ? columnOptions(row) : listedOptions(row);
  const asked = requiredText(row, "question");
  const required = requirement ? textIn(row, "requirement") : undefined;
  const hint = isTable ? textIn(row, "hint") : undefined;
  const question = isTable
    ? `${hint === undefined ? "" : `Hint: ${hint}\n`}Question: ${asked}\nOptions:\n${optionLines(options)}\n`
    : `${asked}\n${requiredText(row, "option")}`;
  return {
    id: idOf(row),
    question: required === undefined ? question : `${question}\n${required}`,
    options,
    answers: acceptedChoice(requiredText(row, "answer").trim(), options),
    kind: oneOf(row, "key", KEYS),
    columns: { ID: requiredText(row, "ID") },
    ...(!isTable && { images: row["image_path"] ?? [] }),
  };
}

/** VLMEvalKit without a judge: the first letter after the last "Answer", signs of the asked form taken away. */
const vlmEvalKit: ReadingRule = (reply, { answers }) => {
  const tail = reply.split("Answer").at(-1) ?? "";
  const [first = ""] = Array.from(
    tail
      .trim()
      .replaceAll(/[><:.]/g, "")
      .trim(),
  );
  const extracted = /^[A-H]$/.test(first) ? first : undefined;
  return { extracted, isRight: extracted === answers[0] };
};

/** VLMEvalKit with a judge: the letter that it infers, else the one that its judge reads; by chance after three tries, here wrong. */
const vlmEvalKitJudged: ReadingRule = (reply, { answers, options = [] }) => {
  const extracted = vlmEvalKitLetter(reply, choicesOf(options));
  return { extracted, isRight: extracted === answers[0], asksJudge: extracted === undefined };
};

/** The right and wrong answers to a problem and to each of its steps. */
interface Chain {
  readonly steps: readonly boolean[];
  readonly whole: boolean;
  /** Of its answers. */
  readonly problem: AnsweredProblem;
}

/** The chains of which every answer is there and could be judged. */
function chainsOf(answers: readonly ScoredAnswer[]): Chain[] {
  const groups = answersBy(answers, clusterOf);
  return [...groups.values()].flatMap((group) => {
    const right = new Map(
      group.map(({ problem, score }) => [problem.kind ?? "", score === null ? undefined : score === 1]),
    );
    const [first = ""] = right.keys();
    const keys = KEYS.filter((key) => key[0] === first[0]);
    const known = keys.map((key) => right.get(key));
    if (known.some((value) => value === undefined)) return [];
    const steps = known.slice(0, -1) as boolean[];
    return [{ steps, whole: known.at(-1) === true, problem: group[0]!.problem }];
  });
}

function clusterOf({ columns, kind = "" }: AnsweredProblem): string {
  return `${kind.slice(0, 6)} ${String(columns["ID"])}`;
}

/**
 * The paper's four metrics and its score (section 3.2), with N chains of steps and their whole:
 *
 *     IK  insufficient knowledge     a step wrong, the whole wrong
 *     IG  inadequate generalisation  every step right, the whole wrong
 *     CM  complete mastery           the whole right; strict: every step right; loose: one of them
 *     RM  rote memorisation          the whole right; strict: a step wrong; loose: every step wrong
 *     score = (N − IK − IG / 2 − RM) / N, the mean over chains of 1 for CM, 1/2 for IG and 0 for IK and RM;
 *     IK, IG and CM are shares of N, RM is one of CM + RM
 */
function fourMetrics(chains: readonly Chain[], mode: "strict" | "loose"): Measure[] {
  const isMastered = ({ steps, whole }: Chain) =>
    whole && (mode === "strict" ? steps.every(Boolean) : steps.some(Boolean));
  const mean = (name: string, of: readonly Chain[], value: (chain: Chain) => number | boolean) =>
    meanMeasure(
      `${name} (${mode})`,
      of.map((chain) => Number(value(chain))),
      of.map(({ problem }) => problem),
    );
  const isAdequate = ({ steps }: Chain) => steps.every(Boolean);
  return [
    mean("score", chains, (chain) => (chain.whole ? isMastered(chain) : isAdequate(chain) ? 0.5 : 0)),
    mean("insufficient knowledge", chains, (chain) => !chain.whole && !isAdequate(chain)),
    mean("inadequate generalisation", chains, (chain) => !chain.whole && isAdequate(chain)),
    mean("complete mastery", chains, isMastered),
    mean(
      "rote memorisation",
      chains.filter(({ whole }) => whole),
      (chain) => !isMastered(chain),
    ),
  ];
}

function byStep(answers: readonly ScoredAnswer[]): Measure[] {
  const of = (fits: (key: string) => boolean) => answers.filter(({ problem }) => fits(problem.kind ?? ""));
  return [
    accuracy(
      of((key) => !key.endsWith("multi")),
      "one-step",
    ),
    accuracy(
      of((key) => key === "2steps_multi"),
      "two-step",
    ),
    accuracy(
      of((key) => key === "3steps_multi"),
      "three-step",
    ),
  ];
}

const SCORERS = ["fovea", "vlmevalkit", "vlmevalkit-judged", "lmms-eval"] as const;

function scored(scorer: (typeof SCORERS)[number]): Pick<Benchmark, "verdict" | "asksJudge" | "judgeRead"> {
  if (scorer === "vlmevalkit") return ruleParts(scorer, vlmEvalKit);
  if (scorer === "vlmevalkit-judged") return ruleParts(scorer, vlmEvalKitJudged);
  if (scorer === "lmms-eval") return ruleParts(scorer, lmmsEvalReasoning);
  return { verdict: createVerdict(verdictSchema.parse({ kind: "answer" })) };
}

/** WeMath. */
export const weMath = defineBenchmark({
  facts: {
    title: "WeMath",
    task: "multiple choice in mathematics: problems and their steps",
    size: "1,740 testmini: 525 problems of 2 or 3 steps and the steps",
    metric: "score, strict and loose, with its four parts",
    files: ["WeMath.tsv (VLMEvalKit)", "testmini-….parquet (We-Math/We-Math, lmms-eval)"],
    source: "arXiv:2407.01284",
    licence: "CC BY-NC 4.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("wemath"),
      data: dataOption,
      requirement: z
        .boolean()
        .default(false)
        .describe(
          "Adds the authors' request for a form of answer, where the file has it: WeMath_COT of VLMEvalKit.",
        ),
      scorer: z
        .enum(SCORERS)
        .default("fovea")
        .describe(
          "Whose rule decides: fovea's verdict answer, or another tool's, for comparison with it; vlmevalkit-judged is VLMEvalKit's where it has a judge.",
        ),
    })
    .describe("WeMath: problems of several steps, and the steps."),
  create: ({ data, requirement, scorer }, context) => {
    const source = async () => {
      const published = await openPublished("wemath", data ?? context.data, FORMS);
      await surveyRows("wemath", published, (row, { form }) => ({
        index: form === "vlmevalkit" ? requiredText(row, "index") : undefined,
        id: idOf(row),
      }));
      return publishedSource(published, (row, { form }) => problemOf(row, form, requirement));
    };
    return {
      name: "wemath",
      source,
      judge: "mathvista" as const,
      ...scored(scorer),
      measures: (answers) => {
        const chains = chainsOf(answers);
        return [
          ...fourMetrics(chains, "strict"),
          ...fourMetrics(chains, "loose"),
          accuracy(answers),
          ...byStep(answers),
        ];
      },
      cluster: clusterOf,
    };
  },
});
