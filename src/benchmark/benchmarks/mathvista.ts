/**
 * @module
 * MathVista (arXiv:2310.02255): mathematics on images of 31 data sets.
 */
import * as z from "zod";
import { plainRow, type Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import {
  answerVerdict,
  createVerdict,
  isRight,
  type JudgedProblem,
  levenshtein,
  numberOf,
  pythonFloat,
  type Verdict,
  verdictSchema,
} from "../../verify/index.ts";
import { type Benchmark, defineBenchmark } from "../benchmark.ts";
import { oneOf, requiredText, structIn, textIn } from "../cells.ts";
import { acceptedChoice, choicesOf } from "../choices.ts";
import { accuracyByColumns, textsIn } from "../lists.ts";
import { accuracy } from "../measures.ts";
import { openPublished, type ProblemOfRow, publishedSource } from "../published-rows.ts";
import { lmmsEvalReasoning } from "../rules/lmms-eval-reasoning.ts";
import { pythonInt } from "../rules/python.ts";
import { type ReadingRule, ruleParts } from "../rules/reading.ts";
import { vlmEvalKitLetter } from "../rules/vlmevalkit.ts";
import { dataOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

const FORMS = [
  {
    name: "vlmevalkit",
    format: "tsv",
    file: /^MathVista_MINI\.tsv$/,
    published: "MathVista_MINI.tsv",
    columns: [
      "index",
      "image",
      "question",
      "choices",
      "answer",
      "answer_option",
      "question_type",
      "answer_type",
      "task",
      "skills",
    ],
  },
  {
    name: "authors",
    format: "parquet",
    file: /^testmini-.*\.parquet$/,
    published: "testmini-….parquet",
    columns: [
      "pid",
      "decoded_image",
      "query",
      "choices",
      "precision",
      "answer",
      "question_type",
      "answer_type",
      "metadata",
    ],
  },
] as const;
type Form = (typeof FORMS)[number]["name"];

const GROUPS = [
  "task",
  "skills",
  "question_type",
  "answer_type",
  "language",
  "source",
  "category",
  "context",
  "grade",
];
const QUESTION_TYPES = ["multi_choice", "free_form"] as const;
const ANSWER_TYPES = ["text", "integer", "float", "list"] as const;

function idOf(row: Row, form: Form): string {
  return requiredText(row, form === "authors" ? "pid" : "index");
}

function problemOf(row: Row, form: Form): ProblemOfRow {
  const questionType = oneOf(row, "question_type", QUESTION_TYPES);
  const answer = requiredText(row, "answer");
  const metadata =
    form === "authors"
      ? plainRow(structIn(row, "metadata", "a struct such as { category, task, skills }"))
      : {};
  const columns = { ...metadata, answer_type: oneOf(row, "answer_type", ANSWER_TYPES) };
  const shared = {
    id: idOf(row, form),
    question: requiredText(row, form === "authors" ? "query" : "question"),
    ...(form === "authors" && { images: row["decoded_image"] ?? [] }),
    columns: { ...columns, ...(form === "vlmevalkit" && { skills: textsIn(row, "skills") }) },
  };
  if (questionType === "free_form") return { ...shared, answers: [answer] };
  const options = textsIn(row, "choices");
  const letter =
    form === "authors"
      ? choicesOf(options).find(({ text }) => text === answer)?.letter
      : textIn(row, "answer_option");
  if (letter === undefined)
    throw new DataError(`answer: expected one of ${options.join(", ")}, got ${answer}`);
  return { ...shared, options, answers: acceptedChoice(letter, options) };
}

const answerType = ({ columns }: JudgedProblem) => columns["answer_type"];

/** A text as a number of the type that is asked for; undefined if it is not such a number. */
function numberBy(type: unknown, text: string): bigint | number | undefined {
  if (type === "integer") return pythonInt(text);
  return type === "float" ? pythonFloat(text) : undefined;
}

/**
 * VLMEvalKit: the letter that it infers, or a reply that is nothing but the number; its judge reads the answer out of any
 * other. It never counts a list as right, nor the integer 0 without its judge.
 */
const vlmEvalKit: ReadingRule = (reply, problem) => {
  const [accepted = ""] = problem.answers;
  if (problem.options !== undefined) {
    const extracted = vlmEvalKitLetter(reply, choicesOf(problem.options));
    return { extracted, isRight: extracted === accepted, asksJudge: extracted === undefined };
  }
  const [read, right] = [reply, accepted].map((text) => numberBy(answerType(problem), text));
  const isRight = read !== undefined && Number(read) !== 0 && read === right;
  return { extracted: isRight ? reply.trim() : undefined, isRight, asksJudge: !isRight };
};

/** The judge's reading is compared as the reply is, but any answer is final. */
const vlmEvalKitRead: ReadingRule = (answer, problem) => {
  const { extracted = answer, isRight } = vlmEvalKit(answer, problem);
  if (problem.options !== undefined) return { extracted, isRight };
  const read = numberBy(answerType(problem), answer);
  return {
    extracted,
    isRight: read !== undefined && read === numberBy(answerType(problem), problem.answers[0] ?? ""),
  };
};

/** The option with the fewest edits to a text, the first of several. */
function nearestOption(text: string, options: readonly string[]): string | undefined {
  const distances = options.map(
    (option) => levenshtein(Array.from(text), Array.from(option)) ?? Number.POSITIVE_INFINITY,
  );
  return options[distances.indexOf(Math.min(...distances))];
}

/**
 * lmms-eval's comparison of an extracted answer: "(b)" and "B" are the option B, any other text is the option that is nearest
 * by edits; integers are cut off. Its rounding of decimals fails on the published precision, 1.0 and 2.0, so that
 * no decimal is ever right; a list must be the same text.
 */
const lmmsEvalRead: ReadingRule = (answer, problem) => {
  const { options } = problem;
  const type = answerType(problem);
  if (options !== undefined) {
    const letter = /\(([a-zA-Z])\)/.exec(answer)?.[1]?.toUpperCase() ?? answer.trim();
    const text = choicesOf(options).find((choice) => choice.letter === letter)?.text;
    const extracted = text ?? nearestOption(letter, options);
    return { extracted, isRight: extracted?.trim() === problem.answers[1]?.trim() };
  }
  const accepted = problem.answers[0]?.trim();
  if (type === "float") return { extracted: answer, isRight: false };
  if (type !== "integer") return { extracted: answer, isRight: answer.trim() === accepted };
  const value = pythonFloat(answer);
  if (value === undefined || !Number.isFinite(value)) return { extracted: answer, isRight: false };
  const extracted = String(BigInt(Math.trunc(value)));
  return { extracted, isRight: extracted === accepted };
};

/**
 * lmms-eval: an option's text, or a reply that is nothing but the number; its judge reads any other reply. Without a
 * judge it continues with an empty answer, to which the shortest option is the nearest.
 */
const lmmsEval: ReadingRule = (reply, problem) => {
  const plain = reply.trim();
  const type = answerType(problem);
  const isBare =
    plain === "" ||
    problem.options?.includes(plain) ||
    (type === "integer" && pythonInt(plain) !== undefined) ||
    (type === "float" && pythonFloat(plain) !== undefined);
  return isBare ? lmmsEvalRead(plain, problem) : { ...lmmsEvalRead("", problem), asksJudge: true };
};

const SCORERS = ["fovea", "vlmevalkit", "lmms-eval", "lmms-eval-reasoning"] as const;

/** Options by `answer`, all else at the data's precision, and by `answer` numbers that are written as words. */
function foveaVerdict(): Verdict {
  const answer = answerVerdict();
  const number = createVerdict(verdictSchema.parse({ kind: "numeric" }));
  const isNumber = (text: string | null | undefined) =>
    typeof text === "string" && numberOf(text) !== undefined;
  return {
    name: "mathvista",
    async judge(text, problem, signal) {
      if (problem.options !== undefined) return answer.judge(text, problem);
      const judged = await number.judge(text, problem, signal);
      const hasNumber = isNumber(judged.extracted) || !isNumber(problem.answers[0]);
      if (judged.score !== 0 || hasNumber) return judged;
      const inWords = answer.judge(text, problem);
      return isRight(inWords) ? inWords : judged;
    },
  };
}

function scored(scorer: (typeof SCORERS)[number]): Pick<Benchmark, "verdict" | "asksJudge" | "judgeRead"> {
  if (scorer === "vlmevalkit") return ruleParts("vlmevalkit", vlmEvalKit, vlmEvalKitRead);
  if (scorer === "lmms-eval") return ruleParts("lmms-eval", lmmsEval, lmmsEvalRead);
  return scorer === "lmms-eval-reasoning"
    ? ruleParts(scorer, lmmsEvalReasoning)
    : { verdict: foveaVerdict() };
}

/** MathVista. */
export const mathVista = defineBenchmark({
  facts: {
    title: "MathVista",
    task: "mathematics on figures, plots, geometry and photos: multiple choice and numbers",
    size: "1,000 testmini",
    metric: "accuracy",
    files: ["MathVista_MINI.tsv (VLMEvalKit)", "testmini-….parquet (AI4Math/MathVista, lmms-eval)"],
    source: "arXiv:2310.02255",
    licence: "CC BY-SA 4.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("mathvista"),
      data: dataOption,
      scorer: z
        .enum(SCORERS)
        .default("fovea")
        .describe(
          "Whose rule decides: fovea's verdicts answer and numeric, or another tool's, for comparison with it.",
        ),
    })
    .describe("MathVista: mathematics on images."),
  create: ({ data, scorer }, context) => {
    const source = async () => {
      const published = await openPublished("mathvista", data ?? context.data, FORMS);
      await surveyRows("mathvista", published, (row, { form }) => ({ id: idOf(row, form) }));
      return publishedSource(published, (row, { form }) => problemOf(row, form));
    };
    return {
      name: "mathvista",
      source,
      judge: "mathvista" as const,
      ...scored(scorer),
      measures: (answers) => [accuracy(answers), ...accuracyByColumns(answers, GROUPS)],
    };
  },
});
