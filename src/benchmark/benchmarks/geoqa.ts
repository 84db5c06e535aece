/**
 * @module
 * GeoQA (arXiv:2105.14517) with free answers, as R1-V publishes its test questions (Deep-Agent/R1-V, MIT) and AT-RL reports it.
 */
import * as z from "zod";
import type { Row } from "../../data/index.ts";
import { answerVerdict } from "../../verify/index.ts";
import { defineBenchmark } from "../benchmark.ts";
import { requiredText } from "../cells.ts";
import { accuracy } from "../measures.ts";
import { openPublished, publishedSource } from "../published-rows.ts";
import { dataOption, imagesOption } from "../scorer.ts";
import { surveyRows } from "../survey.ts";

const FORMS = [
  {
    name: "r1-v",
    format: "jsonl",
    file: /^geoqa_test_prompts\.jsonl$/,
    published: "geoqa_test_prompts.jsonl",
    columns: ["image_path", "question", "ground_truth"],
  },
] as const;

const REQUEST =
  "Output the thinking process in <think> </think> and final answer (number) in <answer> </answer> tags.";

function idOf(row: Row): string {
  return `${requiredText(row, "image_path").replace(/^.*\//, "")} ${requiredText(row, "question")}`;
}

/** GeoQA. */
export const geoQa = defineBenchmark({
  facts: {
    title: "GeoQA",
    task: "plane geometry of Chinese middle schools, in English, with free answers",
    size: "754 test",
    metric: "accuracy",
    files: ["geoqa_test_prompts.jsonl (R1-V), with the images of Geo170K"],
    source: "arXiv:2105.14517",
    licence: "not stated",
  },
  schema: z
    .strictObject({
      kind: z.literal("geoqa"),
      data: dataOption,
      images: imagesOption,
      prompt: z
        .enum(["r1-v", "plain"])
        .default("r1-v")
        .describe("r1-v: with its request for a thought and an answer in tags; plain: the question alone."),
    })
    .describe("GeoQA: plane geometry with free answers."),
  create: ({ data, images, prompt }, context) => ({
    name: "geoqa",
    async source() {
      const published = await openPublished("geoqa", data ?? context.data, FORMS, images);
      await surveyRows("geoqa", published, (row) => ({ id: idOf(row) }));
      return publishedSource(published, (row) => {
        const question = requiredText(row, "question");
        return {
          id: idOf(row),
          question: prompt === "plain" ? question : `${question} ${REQUEST}`,
          answers: [requiredText(row, "ground_truth").trim()],
          images: row["image_path"] ?? [],
        };
      });
    },
    verdict: answerVerdict(),
    measures: (answers) => [accuracy(answers)],
  }),
});
