/**
 * @module
 * ChartQAPro (arXiv:2504.05506): charts, infographics and dashboards; questions with several answers,
 * hypothetical and unanswerable questions, facts to be checked, conversations.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { readAnswer, type Verdict } from "../../verify/index.ts";
import { acceptedAnswers } from "../accepted-answers.ts";
import { defineBenchmark } from "../benchmark.ts";
import { oneOf, requiredText, textIn } from "../cells.ts";
import { accuracy, accuracyBy } from "../measures.ts";
import { openPublished, publishedSource } from "../published-rows.ts";
import { pythonRepr } from "../python/write.ts";
import { chartQaProScore, withoutFullStop } from "../rules/chartqapro.ts";
import { asScored, dataOption, scorerOption } from "../scorer.ts";

const TYPES = ["Factoid", "Multi Choice", "Conversational", "Fact Checking", "Hypothetical"] as const;
type QuestionType = (typeof TYPES)[number];

const COLUMNS = {
  vlmevalkit: {
    question: "question",
    answer: "answer",
    type: "question_type",
    year: "year",
    paragraph: "paragraph",
  },
  authors: {
    question: "Question",
    answer: "Answer",
    type: "Question Type",
    year: "Year",
    paragraph: "Paragraph",
  },
} as const;

const UNANSWERABLE =
  "If the question is unanswerable based on the information in the provided image, your answer should be unanswerable.";
const PHRASE =
  `your answer should be a single word, number, or phrase. ${UNANSWERABLE} Do not generate units. But if numerical units such as ` +
  "million, m, billion, B, or K are required, use the exact notation shown in the chart.";
/** The task of each type of question, in the authors' words (section A.4), after "You are given …". */
const TASKS: Readonly<Record<QuestionType, readonly [given: string, answer: string]>> = {
  Factoid: ["a factoid question that you need to answer based on the provided image.", PHRASE],
  "Multi Choice": [
    "a question along with different possible answers. You need to select the correct answer from them based on the provided image.",
    `your answer should be one of the options letters only: a, b, c or d (just the letter itself without any additional text). ${UNANSWERABLE}`,
  ],
  Conversational: [
    "a multi-turn conversation, and your job is to answer the final question based on the conversation history and the information in the provided image.",
    PHRASE,
  ],
  "Fact Checking": [
    "a fact statement that you need to assess based on the provided image.",
    `your answer should be either true or false (without any additional text). ${UNANSWERABLE}`,
  ],
  Hypothetical: ["a hypothetical question that you need to answer based on the provided image.", PHRASE],
};

interface Turns {
  readonly questions: readonly string[];
  readonly answers: readonly string[];
}

/** The authors' request, for an answer alone or for a chain of thought before it. */
function authorsPrompt(type: QuestionType, { questions, answers }: Turns, isThought: boolean): string {
  const [given, asked] = TASKS[type];
  const form = "put them in brackets using this format [’Answer1’, ’Answer2’].";
  const lines = isThought
    ? [
        `You need to think step-by-step, but your final answer${asked.slice("your answer".length)}`,
        `If there are multiple final answers, ${form}`,
        'Remember to think step-by-step and format the final answer in a separate sentence like "The answer is X"',
      ]
    : [
        `Y${asked.slice(1)}`,
        `If there are multiple answers, ${form}`,
        "Remember to generate the final answer only without any additional text!",
      ];
  const turns = questions.slice(0, -1).flatMap((question, i) => [question, answers[i] ?? ""]);
  const last = type === "Conversational" ? questions.at(-1) : questions[0];
  const history =
    type === "Conversational" ? `Conversation: ${pythonRepr({ type: "list", items: turns })} ` : "";
  return [`You are given ${given}`, ...lines, `${history}Question: ${last}`].join("\n");
}

function lmmsPrompt(type: QuestionType, { questions, answers }: Turns): string {
  const last = questions.length;
  const lines = questions.flatMap((question, i) =>
    i === last - 1
      ? [`Q${last}: ${question.trim()}`]
      : [
          `Q${i + 1}: ${question.trim()}`,
          ...(i < answers.length ? [`A${i + 1}: ${answers[i]!.trim()}`] : []),
        ],
  );
  const asked = type === "Conversational" && last > 1 ? lines.join("\n") : (questions.at(-1) ?? "").trim();
  return `${asked}\nAnswer the question with a short phrase.`;
}

/** Texts of a list cell, without the accepted-answer's rule that one must be there. */
function texts(row: Row, column: string): readonly string[] {
  return row[column] === undefined || row[column] === null ? [] : acceptedAnswers(row, column);
}

function proVerdict(scorer: "authors" | "vlmevalkit" | "lmms-eval", isThought: boolean): Verdict {
  const isLmms = scorer === "lmms-eval";
  return asScored(scorer, {
    name: "chartqapro",
    judge(text, { answers: [right = ""], columns }) {
      const from = isThought ? "anywhere" : "reply";
      const given = scorer === "authors" ? readAnswer(text, from) : text;
      const { years, questionType } = columns as {
        readonly years: readonly string[];
        readonly questionType: QuestionType;
      };
      const isExact = isLmms && (questionType === "Fact Checking" || questionType === "Multi Choice");
      const answer = withoutFullStop(isLmms ? right.trim() : right);
      const score = given === null ? 0 : chartQaProScore(withoutFullStop(given), answer, { years, isExact });
      return { extracted: given, score, reason: given === null ? "no answer" : `score ${score.toFixed(3)}` };
    },
  });
}

/** ChartQAPro. */
export const chartQaPro = defineBenchmark({
  facts: {
    title: "ChartQAPro",
    task: "questions of five types about charts, infographics and dashboards",
    size: "1,948 test",
    metric: "relaxed accuracy: numbers within 5 %, years exactly, texts by ANLS",
    files: [
      "VLMEvalKit: ChartQAPro.tsv, also chartqapro.tsv",
      "authors and lmms-eval: ahmed-masry/ChartQAPro, data/test-*.parquet",
    ],
    source: "arXiv:2504.05506",
    licence: "MIT",
  },
  schema: z
    .strictObject({
      kind: z.literal("chartqapro"),
      data: dataOption,
      scorer: scorerOption(["authors", "vlmevalkit", "lmms-eval"]),
      prompt: z
        .enum(["direct", "cot", "lmms-eval"])
        .default("direct")
        .describe(
          "The authors' request for the answer alone or for a chain of thought, or lmms-eval's. Their program of thought is not " +
            "offered: it runs code of the model.",
        ),
    })
    .describe("ChartQAPro: questions of five types about charts."),
  create: ({ data, scorer, prompt }, context) => ({
    name: "chartqapro",
    source: async () => {
      const published = await openPublished("chartqapro", data ?? context.data, [
        {
          name: "vlmevalkit",
          format: "tsv",
          file: /^ChartQAPro\.tsv$/i,
          published: "ChartQAPro.tsv",
          columns: ["index", ...Object.values(COLUMNS.vlmevalkit)],
        },
        {
          name: "authors",
          format: "parquet",
          file: /^test-.*\.parquet$/,
          published: "test-*.parquet",
          columns: ["image", ...Object.values(COLUMNS.authors)],
        },
      ]);
      return publishedSource(published, (row, { form, index }) => {
        const columns = COLUMNS[form];
        const type = oneOf(row, columns.type, TYPES);
        const [questions, answers] = [
          acceptedAnswers(row, columns.question),
          acceptedAnswers(row, columns.answer),
        ];
        const turns = { questions, answers };
        const flags = texts(row, columns.year);
        const unknown = flags.find((flag) => !/^(?:yes|no)$/i.test(flag));
        if (unknown !== undefined || flags.length === 0)
          throw new DataError(`${columns.year}: expected YES or NO, got ${unknown ?? "nothing"}`);
        const paragraph = textIn(row, columns.paragraph)?.trim() ?? "";
        const asked =
          prompt === "lmms-eval" ? lmmsPrompt(type, turns) : authorsPrompt(type, turns, prompt === "cot");
        const before =
          paragraph === "" ? "" : prompt === "lmms-eval" ? `Context: ${paragraph}\n\n` : `${paragraph}\n`;
        return {
          id: form === "vlmevalkit" ? requiredText(row, "index") : `test-${index}`,
          question: before + asked,
          answers: [answers.at(-1)!],
          kind: type,
          columns: { questionType: type, years: type === "Conversational" ? flags.slice(-1) : flags },
        };
      });
    },
    verdict: proVerdict(scorer, prompt === "cot"),
    measures: (answers) => [accuracy(answers), ...accuracyBy(answers, ({ kind }) => kind)],
  }),
});
