/**
 * @module
 * VSI-Bench (arXiv:2412.14171): questions about space in a video of rooms. Choices count by accuracy, numbers
 * by mean relative accuracy, and each of eight tasks alike.
 */
import { basename } from "node:path";
import * as z from "zod";
import type { AnsweredProblem, Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { meanRelativeAccuracy, pythonFloat, readAnswer, type Verdict } from "../../verify/index.ts";
import { acceptedAnswers } from "../accepted-answers.ts";
import { defineBenchmark, type Measure, type ScoredAnswer } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { accuracy, answersBy } from "../measures.ts";
import { openPublished, type PublishedForm, type PublishedRows, publishedSource } from "../published-rows.ts";
import { spatialLetter } from "../rules/spatial-letter.ts";
import { lmmsEvalNumber, vlmEvalKitNumber } from "../rules/spatial-number.ts";
import { asScored, dataOption, framesOption, scorerOption, sourceOf } from "../scorer.ts";

const DIRECTIONS = ["easy", "medium", "hard"].map((level) => `object_rel_direction_${level}`);
const NUMBERS = ["object_counting", "object_abs_distance", "object_size_estimation", "room_size_estimation"];
const CHOICES = ["object_rel_distance", ...DIRECTIONS, "route_planning", "obj_appearance_order"];
/** The eight tasks in the order of the paper's Table 1; the directions are one. */
const TASKS = [
  ...NUMBERS,
  "object_rel_distance",
  "object_rel_direction",
  "route_planning",
  "obj_appearance_order",
];

const REQUESTS = {
  authors: {
    options: "Options:\n",
    choice: "Answer with the option's letter from the given choices directly.",
    number: "Please answer the question using a single word or phrase.",
  },
  vlmevalkit: {
    options: "",
    choice: "Answer with the option's letter from the given choices directly.",
    number: "Answer briefly and directly in one float number.",
  },
} as const;

const COLUMNS = ["id", "dataset", "scene_name", "question_type", "question", "ground_truth", "options"];
/** The two parts that the authors' repository has; the whole is both. */
const PARTS = ["test_debiased.parquet", "test_pruned.parquet"];

function forms(subset: "full" | "debiased"): PublishedForm<"vlmevalkit" | "authors">[] {
  const isFull = subset === "full";
  const table = isFull ? "VSI-Bench.tsv" : "VSI-Bench-Debiased.tsv";
  return [
    {
      name: "vlmevalkit",
      format: "tsv",
      file: isFull ? /^VSI-Bench\.tsv$/ : /^VSI-Bench-Debiased\.tsv$/,
      published: table,
      columns: ["index", "question", "question_type", "answer", "candidates", "video"],
    },
    ...(isFull
      ? [
          {
            name: "authors" as const,
            format: "jsonl" as const,
            file: /^test\.jsonl$/,
            published: "test.jsonl",
            columns: COLUMNS,
          },
          {
            name: "authors" as const,
            format: "parquet" as const,
            file: /^test-.*\.parquet$/,
            published: "test-*.parquet",
            columns: COLUMNS,
          },
        ]
      : []),
    {
      name: "authors",
      format: "parquet",
      file: isFull ? /^test_(?:debiased|pruned)\.parquet$/ : /^test_debiased\.parquet$/,
      published: isFull ? PARTS.join(" with ") : PARTS[0]!,
      columns: COLUMNS,
    },
  ];
}

/** Half of the questions alone would pass for all of them. */
function requireBothParts({ rows }: PublishedRows): void {
  const names = rows.tables.map(({ path }) => basename(path));
  const missing = PARTS.filter((part) => !names.includes(part));
  if (missing.length === 1)
    throw new DataError(`benchmark vsi-bench: expected ${PARTS.join(" with ")}, got no ${missing.join()}`);
}

function typeOf(row: Row): string {
  const type = requiredText(row, "question_type");
  if (NUMBERS.includes(type) || CHOICES.includes(type)) return type;
  throw new DataError(`question_type: expected one of ${[...NUMBERS, ...CHOICES].join(", ")}, got ${type}`);
}

/** The first word without its full stop, which the authors' code compares. */
function firstWord(text: string): string {
  return (text.split(" ")[0] ?? "").replace(/\.+$/, "").trim();
}

/** The answers that a scorer reads: a letter, and a number. */
const RULES = {
  authors: { letter: firstWord, number: (text: string) => pythonFloat(firstWord(text)) },
  "lmms-eval": { letter: firstWord, number: lmmsEvalNumber },
  vlmevalkit: { letter: spatialLetter, number: vlmEvalKitNumber },
} as const;

type Scorer = keyof typeof RULES;

function vsiVerdict(scorer: Scorer): Verdict {
  const { letter, number } = RULES[scorer];
  return asScored(scorer, {
    name: "vsi-bench",
    judge(text, { answers: [right = ""], options }) {
      const answer = readAnswer(text, sourceOf(scorer)) ?? "";
      if (options !== undefined) {
        const given = letter(answer);
        const score = given?.toLowerCase() === right.toLowerCase() ? 1 : 0;
        return { extracted: given || null, score, reason: score === 1 ? "right letter" : "wrong letter" };
      }
      const accepted = pythonFloat(right);
      if (accepted === undefined)
        return { extracted: null, score: null, reason: "the accepted answer is no number" };
      const given = number(answer);
      if (given === undefined) return { extracted: null, score: 0, reason: "no number" };
      const score = meanRelativeAccuracy(given, accepted);
      return { extracted: String(given), score, reason: `mean relative accuracy ${score.toFixed(2)}` };
    },
  });
}

/** The mean of several measures, each alike; measures of no problems do not count. */
function meanOf(name: string, measures: readonly Measure[]): Measure {
  const values = measures.flatMap(({ value }) => (value === null ? [] : [value]));
  return {
    name,
    value: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
    of: measures.reduce((sum, measure) => sum + measure.of, 0),
  };
}

/** The mean of eight tasks, each task, and each level of directions. */
function measures(answers: readonly ScoredAnswer[]): Measure[] {
  const groups = answersBy(answers, ({ kind }) => kind);
  const of = (type: string) => accuracy(groups.get(type) ?? [], type);
  const levels = DIRECTIONS.map(of);
  const tasks = TASKS.map((task) => (task === "object_rel_direction" ? meanOf(task, levels) : of(task)));
  return [meanOf("overall", tasks), ...tasks, ...levels];
}

/** VSI-Bench. */
export const vsiBench = defineBenchmark({
  facts: {
    title: "VSI-Bench",
    task: "space and layout of rooms in videos: choices and numbers",
    size: "over 5,000 test, on 288 videos; a debiased part of them",
    metric: "mean over eight tasks of accuracy or mean relative accuracy",
    files: [
      "VLMEvalKit: VSI-Bench.tsv, VSI-Bench-Debiased.tsv",
      "authors: nyu-visionx/VSI-Bench, test.jsonl, or test_debiased.parquet and test_pruned.parquet, or test-*.parquet",
      "videos in arkitscenes, scannet, scannetpp, folders or zips of these names",
    ],
    source: "arXiv:2412.14171",
    licence: "Apache-2.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("vsi-bench"),
      data: dataOption,
      scorer: scorerOption(["authors", "vlmevalkit", "lmms-eval"]),
      subset: z
        .enum(["full", "debiased"])
        .default("full")
        .describe("All questions, or only questions that cannot be guessed without the video."),
      prompt: z
        .enum(["authors", "vlmevalkit"])
        .default("authors")
        .describe("Words of the request: the authors', which are lmms-eval's too, or VLMEvalKit's."),
      frames: framesOption(32),
    })
    .describe("VSI-Bench: space and layout of rooms in videos."),
  create: ({ data, scorer, subset, prompt, frames }, context) => ({
    name: "vsi-bench",
    source: async () => {
      const published = await openPublished("vsi-bench", data ?? context.data, forms(subset));
      if (subset === "full") requireBothParts(published);
      const request = REQUESTS[prompt];
      return publishedSource(published, (row, { form }) => {
        const isTable = form === "vlmevalkit";
        const kind = typeOf(row);
        const options = CHOICES.includes(kind)
          ? acceptedAnswers(row, isTable ? "candidates" : "options")
          : undefined;
        const video = isTable
          ? requiredText(row, "video")
          : `${requiredText(row, "dataset")}/${requiredText(row, "scene_name")}.mp4`;
        const lines = [
          "These are frames of a video.",
          requiredText(row, "question"),
          ...(options === undefined ? [] : [request.options + options.join("\n")]),
          options === undefined ? request.number : request.choice,
        ];
        return {
          id: requiredText(row, isTable ? "index" : "id"),
          question: lines.join("\n"),
          answers: [requiredText(row, isTable ? "answer" : "ground_truth").trim()],
          ...(options && { options: options.map((option) => option.replace(/^[A-F]\.\s*/, "")) }),
          kind,
          images: null,
          videos: { video, nframes: frames },
          columns: { video },
        };
      });
    },
    verdict: vsiVerdict(scorer),
    measures,
    cluster: ({ columns }: AnsweredProblem) => String(columns["video"]),
  }),
});
