/**
 * @module
 * ChartMimic (arXiv:2406.09961): a chart is to be drawn again by Python code.
 *
 * Its scores compare what the code draws, so they need the model's code to be run: Fovea does not. By the protocol a reply without a
 * Python block scores 0 in all of them; any other reply has no score here.
 */
import * as z from "zod";
import { DataError } from "../../errors/index.ts";
import { type Verdict, withoutThought } from "../../verify/index.ts";
import { defineBenchmark, type Measure, type ScoredAnswer } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { answersBy, meanMeasure } from "../measures.ts";
import { openPublished, publishedSource } from "../published-rows.ts";
import { dataOption } from "../scorer.ts";

const SUBSETS = [
  "v1_direct",
  "v1_customized",
  "v2_direct",
  "v2_direct_600",
  "v2_direct_1800",
  "v2_customized",
  "v2_customized_600",
  "v2_customized_1800",
] as const;

const REFUSED = ["execution", "text", "layout", "chart type", "colour", "high-level", "overall"];

/** The first Python block of a reply; undefined where there is none, or nothing in it. */
function codeIn(reply: string): string | undefined {
  return /```python([\s\S]*?)```/.exec(reply)?.[1] || undefined;
}

/** "Direct Mimic" or "Customized Mimic", in the words of the files. */
function kindOf(task: string): string {
  const kind = /direct|customized/i.exec(task)?.[0].toLowerCase();
  if (kind === undefined) throw new DataError(`task: expected Direct Mimic or Customized Mimic, got ${task}`);
  return kind;
}

const verdict: Verdict = {
  name: "chartmimic",
  judge(text) {
    const code = codeIn(withoutThought(text) ?? "");
    return code === undefined
      ? { extracted: null, score: 0, reason: "no Python block, which scores 0 in all measures" }
      : { extracted: code.trim(), score: null, reason: "the code has to be run, and is not" };
  },
};

/** The share of replies with code: no run of them can have a higher rate of execution. */
function codeShare(answers: readonly ScoredAnswer[], name: string): Measure {
  return meanMeasure(
    name,
    answers.map(({ score }) => (score === null ? 1 : 0)),
    answers.map(({ problem }) => problem),
  );
}

function measures(answers: readonly ScoredAnswer[]): Measure[] {
  return [
    codeShare(answers, "code"),
    ...[...answersBy(answers, ({ kind }) => kind)].map(([kind, group]) => codeShare(group, `code ${kind}`)),
    ...REFUSED.map((name) => ({ name, value: null, of: 0 })),
  ];
}

/** ChartMimic. */
export const chartMimic = defineBenchmark({
  facts: {
    title: "ChartMimic",
    task: "Python code that draws a chart again, as it is or with other data",
    size: "2,400 direct, 2,400 customized; 600 and 1,800 of each as parts; 500 each in version 1",
    metric:
      "share of replies with code; execution rate and similarities are refused, since they run the model's code",
    files: [
      "VLMEvalKit: ChartMimic_v2_direct.tsv, ChartMimic_v2_customized.tsv, the same with _600 or _1800, ChartMimic_v1_….tsv",
      "figures in images/ChartMimic beside the table",
    ],
    source: "arXiv:2406.09961",
    licence: "Apache-2.0",
  },
  schema: z
    .strictObject({
      kind: z.literal("chartmimic"),
      data: dataOption,
      subset: z.enum(SUBSETS).default("v2_direct").describe("Version, task, and part of its questions."),
    })
    .describe("ChartMimic: charts drawn again by code. Only the share of replies with code is measured."),
  create: ({ data, subset }, context) => ({
    name: "chartmimic",
    source: async () => {
      const published = await openPublished("chartmimic", data ?? context.data, [
        {
          name: "vlmevalkit",
          format: "tsv",
          file: new RegExp(`^ChartMimic_${subset}\\.tsv$`),
          published: `ChartMimic_${subset}.tsv`,
          columns: ["index", "question", "input_figure", "task", "ground_truth_figure_code"],
        },
      ]);
      return publishedSource(published, (row) => {
        const figure = requiredText(row, "input_figure");
        if (figure.split("/").includes(".."))
          throw new DataError(`input_figure: expected a path in images/ChartMimic, got ${figure}`);
        return {
          id: requiredText(row, "index"),
          // The figure comes after the words.
          question: `${requiredText(row, "question")}<image>`,
          answers: [requiredText(row, "ground_truth_figure_code")],
          kind: kindOf(requiredText(row, "task")),
          images: { path: `images/ChartMimic/${figure}` },
        };
      });
    },
    verdict,
    measures,
    cluster: ({ columns }) => String(columns["input_figure"]),
  }),
});
