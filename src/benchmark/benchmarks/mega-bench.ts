/**
 * @module
 * MEGA-Bench (arXiv:2410.10563): 505 tasks, each with its own metric. Tasks whose metrics are rules are
 * scored. A task that asks a judge, runs code or needs another program is rejected with an error that names it.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import type { AnsweredProblem, Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { readAnswer, type Verdict, withoutThought } from "../../verify/index.ts";
import { defineBenchmark, type Measure, type ScoredAnswer } from "../benchmark.ts";
import { requiredText, textIn } from "../cells.ts";
import { accuracy, meanMeasure, scores, sortedGroups } from "../measures.ts";
import { openPublished, publishedSource } from "../published-rows.ts";
import { pythonLiteral } from "../python/read.ts";
import { isDict, isSequence, type PythonDict } from "../python/value.ts";
import { pythonStr } from "../python/write.ts";
import { REFUSED } from "../rules/mega-bench/metrics.ts";
import { type Question, refusedMetric, replyScore, taskScoring } from "../rules/mega-bench/score.ts";
import { asScored, dataOption, framesOption, imagesOption, scorerOption } from "../scorer.ts";

const SUBSETS = ["core", "core_single_image", "open", "open_single_image"] as const;
type Subset = (typeof SUBSETS)[number];

const SHARED = [
  "task_name",
  "task_description",
  "global_media",
  "example_text",
  "example_media",
  "query_media",
  "answer",
  "metric_info",
  "eval_context",
];

function formsOf(subset: Subset) {
  return [
    {
      name: "vlmevalkit",
      format: "tsv",
      file: new RegExp(`^MEGABench_${subset}\\.tsv$`),
      published: `MEGABench_${subset}.tsv`,
      columns: ["index", "question", ...SHARED],
    },
    {
      name: "authors",
      format: "parquet",
      file: /^test-.*\.parquet$/,
      folder: subset,
      published: `${subset}/test-*.parquet`,
      columns: ["id", "query_text", ...SHARED],
    },
  ] as const;
}

/** The authors' file with the kind of each task. */
const TASKS_FILE = "all_task_meta.json";

/** Kinds of tasks that the authors report by. */
const taskKinds = z.object({
  app: z.string(),
  input_format: z.string(),
  output_format: z.string(),
  num_input: z.string(),
  skills: z.array(z.string()),
});
type TaskKinds = z.output<typeof taskKinds>;

/** Kinds of tasks by their names; none where there is no such file and none was named. */
function readTasks(path: string | undefined, data: string | undefined): Readonly<Record<string, TaskKinds>> {
  const folder =
    data === undefined || statSync(data, { throwIfNoEntry: false })?.isDirectory() ? data : dirname(data);
  const file = path ?? join(folder ?? "", TASKS_FILE);
  if (!existsSync(file)) {
    if (path === undefined) return {};
    throw new DataError(`benchmark mega-bench: ${path}: no such file`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(readFileSync(file)));
  } catch (error) {
    throw new DataError(`benchmark mega-bench: ${file}: is no JSON: ${String(error)}`);
  }
  const tasks = z.record(z.string(), taskKinds).safeParse(parsed);
  if (!tasks.success)
    throw new DataError(
      `benchmark mega-bench: ${file}: is no ${TASKS_FILE}: ${z.prettifyError(tasks.error)}`,
    );
  return tasks.data;
}

/** A list of texts as Python writes it. */
function mediaIn(row: Row, column: string): string[] {
  const cell = textIn(row, column) ?? "[]";
  const list = pythonLiteral(cell);
  if (!isSequence(list)) throw new DataError(`${column}: expected a list of files, got ${cell.slice(0, 80)}`);
  return list.items.map((item) => pythonStr(item).replace(/^\.\//, ""));
}

function isVideo(file: string): boolean {
  return /\.(?:mp4|avi|mov|mkv|webm|mpe?g|m4v|wmv|flv)$/i.test(file);
}

function dictIn(row: Row, column: string): PythonDict {
  const cell = requiredText(row, column);
  const value = pythonLiteral(cell);
  if (!isDict(value)) throw new DataError(`${column}: expected a dict, got ${cell.slice(0, 80)}`);
  return value;
}

/** The data for a problem's score, from the columns of its row. */
function questionOf(row: Row): Question {
  const scoring = taskScoring(pythonLiteral(requiredText(row, "metric_info")));
  if (typeof scoring === "string") throw new DataError(`metric_info: ${scoring}`);
  const answer = dictIn(row, "answer");
  const isRefused = refusedMetric(scoring) !== undefined;
  const fields = answer.entries.filter(([key]) => !pythonStr(key).startsWith("##"));
  if (!isRefused && scoring.reading === undefined)
    throw new DataError("metric_info: response_parse_function: expected a way to read replies by");
  if (!isRefused && scoring.reading !== "json" && fields.length !== 1)
    throw new DataError(`answer: expected one field, got ${fields.length}`);
  return { scoring, answer, context: pythonLiteral(textIn(row, "eval_context") ?? "{}") ?? null };
}

/** A place for each file: `<image>` and `<video>` of the texts, else all before them. */
function placed(text: string, files: readonly string[]): string {
  const places = text.match(/<image>|<video>/g)?.length ?? 0;
  if (places === 0 || places === files.length) return text;
  throw new DataError(`query_media: expected a file for each of ${places} places, got ${files.length}`);
}

/** The marked answer, else all of the reply: the authors' own mark, "Answer:", is theirs to read. */
function authorsReply(text: string): string {
  const reply = withoutThought(text) ?? "";
  return reply.includes("<answer>") ? (readAnswer(text, "reply") ?? reply) : reply;
}

function megaBenchVerdict(scorer: "authors" | "vlmevalkit" | "lmms-eval"): Verdict {
  return asScored(scorer, {
    name: "mega-bench",
    judge(text, { columns }) {
      const question = questionOf(columns as Row);
      const refused = refusedMetric(question.scoring);
      if (refused !== undefined)
        return { extracted: null, score: null, reason: `refused: ${refused} ${REFUSED[refused]}` };
      const reply = scorer === "authors" ? authorsReply(text) : text;
      const { read, score } = replyScore(reply, question, scorer);
      const reason = score === null ? "refused: signs of another script" : `score ${score.toFixed(3)}`;
      return { extracted: pythonStr(read), score, reason };
    },
  });
}

const taskOf = ({ columns }: AnsweredProblem) => String(columns["task_name"]);

/** The mean over tasks of the mean over a task's answers. */
function macroMean(name: string, answers: readonly ScoredAnswer[]): Measure {
  const judged = answers.filter(({ score }) => score !== null);
  const tasks = sortedGroups(judged, taskOf).map(([, group]) => ({ group, values: scores(group) }));
  return meanMeasure(
    name,
    tasks.map(({ values }) => values.reduce((sum, value) => sum + value, 0) / values.length),
    tasks.map(({ group }) => group[0]!.problem),
  );
}

/** Why an answer has no score. */
function refusalOf({ problem, score }: ScoredAnswer): string | undefined {
  if (score !== null) return undefined;
  const { scoring } = questionOf(problem.columns as Row);
  return refusedMetric(scoring) ?? scoring.fields.map(([, metric]) => metric).join(", ");
}

/** The macro mean by each kind of task that the authors report by; a task with several skills counts for each. */
function byKind(answers: readonly ScoredAnswer[]): Measure[] {
  const kinds = ["app", "input_format", "output_format", "num_input", "skills"] as const;
  return kinds.flatMap((kind) => {
    const groups = new Map<string, ScoredAnswer[]>();
    for (const answer of answers) {
      const task = answer.problem.columns["task_kinds"] as TaskKinds | null | undefined;
      for (const value of task === null || task === undefined ? [] : [task[kind]].flat()) {
        const group = groups.get(value);
        if (group === undefined) groups.set(value, [answer]);
        else group.push(answer);
      }
    }
    return [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([value, group]) => macroMean(`${kind}: ${value}`, group));
  });
}

function measures(answers: readonly ScoredAnswer[]): Measure[] {
  const refusals = answers.map(refusalOf).filter((reason) => reason !== undefined);
  const refused = [...new Set(refusals)].sort().map((reason) => ({
    name: `refused: ${reason}`,
    value: null,
    of: refusals.filter((other) => other === reason).length,
  }));
  return [macroMean("macro", answers), accuracy(answers, "micro"), ...byKind(answers), ...refused];
}

/** MEGA-Bench. */
export const megaBench = defineBenchmark({
  facts: {
    title: "MEGA-Bench",
    task: "505 tasks of many applications, with texts, numbers, lists, dicts, boxes and points as answers",
    size: "505 tasks: 440 core, of which 395 are scored by rule here, and 65 open, which ask a judge",
    metric:
      "mean over tasks of each task's own metric; tasks whose metric is no rule are refused by its name",
    files: [
      "authors and lmms-eval: TIGER-Lab/MEGA-Bench, core, core_single_image, open or open_single_image/test-*.parquet",
      "VLMEvalKit: MEGABench_core.tsv, or of another subset, which it makes of the parquet files",
      "images and videos of data.zip; all_task_meta.json (TIGER-AI-Lab/MEGA-Bench) beside the files for means by kind of task",
    ],
    source: "arXiv:2410.10563",
    licence: "Apache-2.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("mega-bench"),
      data: dataOption,
      images: imagesOption,
      frames: framesOption(8),
      subset: z
        .enum(SUBSETS)
        .default("core")
        .describe("Tasks: scored by rule or with a judge, or only single-image tasks."),
      tasks: z
        .string()
        .min(1)
        .optional()
        .describe(
          `The authors' ${TASKS_FILE}, for means by kind of task; beside the data unless given, if it is there.`,
        ),
      scorer: scorerOption(["authors", "vlmevalkit", "lmms-eval"]),
    })
    .describe("MEGA-Bench: tasks that have their own metrics, those by rule."),
  create: ({ data, images, frames, subset, tasks, scorer }, context) => ({
    name: "mega-bench",
    source: async () => {
      const place = data ?? context.data;
      const published = await openPublished("mega-bench", place, formsOf(subset), images);
      const kinds = readTasks(tasks, place);
      return publishedSource(published, (row, { form }) => {
        const task = requiredText(row, "task_name");
        const { answer } = questionOf(row);
        const text = textIn(row, form === "authors" ? "query_text" : "question") ?? "";
        const files = ["global_media", "example_media", "query_media"].flatMap((column) =>
          mediaIn(row, column),
        );
        const videos = files.filter(isVideo);
        return {
          id: requiredText(row, form === "authors" ? "id" : "index"),
          question: placed(
            [textIn(row, "task_description") ?? "", textIn(row, "example_text") ?? "", text].join("\n"),
            files,
          ),
          answers: [pythonStr(answer)],
          kind: task,
          images:
            files.length === videos.length
              ? null
              : files.filter((file) => !isVideo(file)).map((path) => ({ path })),
          ...(videos.length > 0 && { videos: videos.map((video) => ({ video, nframes: frames })) }),
          columns: { task_kinds: kinds[task] ?? null },
        };
      });
    },
    verdict: megaBenchVerdict(scorer),
    measures,
    cluster: taskOf,
  }),
});
