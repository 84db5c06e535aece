/**
 * @module
 * VideoMMMU (arXiv:2501.13826): what a model learns from lectures, by perception, comprehension and adaptation.
 */
import { basename, dirname } from "node:path";
import * as z from "zod";
import type { ProblemSource, Row } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { answerVerdict, type Verdict } from "../../verify/index.ts";
import { acceptedAnswers } from "../accepted-answers.ts";
import { defineBenchmark } from "../benchmark.ts";
import { oneOf, requiredText } from "../cells.ts";
import { choicesOf, optionLines } from "../choices.ts";
import { joinedSources } from "../joined-sources.ts";
import { accuracy, accuracyBy, textColumn } from "../measures.ts";
import { openPublished, type ProblemOfRow, type PublishedRows, publishedSource } from "../published-rows.ts";
import { lmmsEvalLetter } from "../rules/lmms-eval.ts";
import { videoMmmuLetter, videoMmmuOpenIsRight } from "../rules/video-mmmu.ts";
import { asScored, dataOption, framesOption, scorerOption } from "../scorer.ts";
import { countedPlaces, surveyRows } from "../survey.ts";

const TRACKS = ["Perception", "Comprehension", "Adaptation"] as const;
type Track = (typeof TRACKS)[number];

const DISCIPLINES: Readonly<Record<string, string>> = {
  "Art and Design": "Art Art_Theory Design Music",
  Business: "Accounting Economics Finance Manage Marketing",
  Science: "Biology Chemistry Geography Math Physics",
  "Health and Medicine":
    "Basic_Medical_Science Clinical_Medicine Diagnostics_and_Laboratory_Medicine Pharmacy Public_Health",
  "Humanities and Social Science": "History Literature Sociology Psychology",
  "Tech and Engineering":
    "Agriculture Architecture_and_Engineering Computer_Science Electronics Energy_and_Power Materials Mechanical_Engineering",
};
/** Folders of the videos. */
const FOLDERS: Readonly<Record<string, string>> = {
  "Art and Design": "Art",
  Business: "Business",
  Science: "Science",
  "Health and Medicine": "Medicine",
  "Humanities and Social Science": "Humanities",
  "Tech and Engineering": "Engineering",
};

/** "dev_Energy_and_Power_12" is of Energy_and_Power, and that of Tech and Engineering. */
function disciplineOf(id: string): string {
  const subject = id.split("_").slice(1, -1).join("_");
  const found = Object.entries(DISCIPLINES).find(([, subjects]) => subjects.split(" ").includes(subject));
  if (found === undefined)
    throw new DataError(`id: expected SPLIT_SUBJECT_NUMBER with a subject of MMMU, got ${id}`);
  return found[0];
}

const LEARN = "You should watch and learn the video content. Then apply what you learned to ";
const AT_END = "The image for this question is at the end of the video.\n";
const IGNORE = "\nPlease ignore the Quiz question in last frame of the video.";
const ANSWER_LINE = "\nAdd `Answer: {Your final answer}` at the end of your reply.";

/** The question as lmms-eval and VLMEvalKit ask it. */
function questionOf(row: Row, track: Track, options: readonly string[], isChoice: boolean): string {
  const question = requiredText(row, "question");
  const isLettered = options.every((option, i) => option.startsWith(`${String.fromCharCode(65 + i)}.`));
  const listed = isLettered ? options.join("\n") : optionLines(options);
  if (track !== "Adaptation") return `${question}\n${listed}${IGNORE}`;
  return isChoice
    ? `${LEARN}answer the following multi-choice question. ${AT_END}${question}\n${listed}`
    : `${LEARN}answer the following open-ended question. ${AT_END}${question}`;
}

/** The options as they are published, with letters or without. */
function optionsOf(row: Row): readonly string[] {
  const { options } = row;
  return Array.isArray(options) && options.length === 0 ? [] : acceptedAnswers(row, "options");
}

/** VLMEvalKit reads the text after the last "Answer:". */
function answerLine(text: string): string {
  const at = text.lastIndexOf("Answer:");
  return (at < 0 ? text : text.slice(at + "Answer:".length)).trim();
}

/** The tools' reading: nothing of an empty reply, which counts in no mean. */
function toolVerdict(scorer: "vlmevalkit" | "lmms-eval"): Verdict {
  const isKit = scorer === "vlmevalkit";
  return {
    name: "video-mmmu",
    judge(text, { answers, options, columns }) {
      const reply = isKit ? answerLine(text) : text;
      if (reply === "" && (isKit || options === undefined))
        return { extracted: null, score: null, reason: "an empty reply, which the tool leaves out" };
      if (options === undefined) {
        const isRight = videoMmmuOpenIsRight(reply, answers);
        return {
          extracted: reply,
          score: isRight ? 1 : 0,
          reason: isRight ? "right answer" : "wrong answer",
        };
      }
      const choices = choicesOf(optionsOf(columns));
      const letters = choices.map(({ letter }) => letter);
      const letter = isKit ? videoMmmuLetter(reply, choices) : lmmsEvalLetter(reply, letters);
      const isRight = letter !== undefined && letter === answers[0];
      return {
        extracted: letter ?? null,
        score: isRight ? 1 : 0,
        reason: isRight ? "right letter" : "wrong letter",
      };
    },
  };
}

/** VideoMMMU. */
export const videoMmmu = defineBenchmark({
  facts: {
    title: "VideoMMMU",
    task: "questions about lectures, and new questions that their knowledge answers, with options or open",
    size: "900: 300 each for perception, comprehension and adaptation",
    metric: "accuracy",
    files: [
      "VLMEvalKit: VideoMMMU.tsv, which it makes of the parquet files",
      "lmms-eval: lmms-lab/VideoMMMU, Perception, Comprehension and Adaptation/test-*.parquet",
      "videos in folders Art, Business, Science, Medicine, Humanities, Engineering",
    ],
    source: "arXiv:2501.13826",
    licence: "not stated",
  },
  schema: z
    .strictObject({
      kind: z.literal("video-mmmu"),
      data: dataOption,
      scorer: scorerOption(["fovea", "vlmevalkit", "lmms-eval"]),
      track: z
        .enum(["all", "perception", "comprehension", "adaptation"])
        .default("all")
        .describe("Which of the three tracks are asked."),
      prompt: z
        .enum(["authors", "vlmevalkit"])
        .default("authors")
        .describe(
          "authors: as lmms-eval, by the same authors, asks; vlmevalkit: shows the image of an adaptation too, and asks for a line Answer.",
        ),
      frames: framesOption(32),
    })
    .describe("VideoMMMU: what is learnt from lectures."),
  create: ({ data, scorer, track: chosen, prompt, frames }, context) => {
    const tracks = TRACKS.filter((track) => chosen === "all" || track.toLowerCase() === chosen);

    const problemOf = (row: Row, track: Track, video: string): ProblemOfRow => {
      const id = requiredText(row, "id");
      const options = optionsOf(row);
      const isChoice = options.length > 0 && requiredText(row, "question_type") !== "open";
      const question = questionOf(row, track, options, isChoice);
      const isShown = prompt === "vlmevalkit" && track === "Adaptation";
      const image = row["image"];
      if (isShown && (image === undefined || image === null || image === ""))
        throw new DataError("image: is missing");
      return {
        id: `${track.toLowerCase()}-${id}`,
        question: `${isShown ? "<video><image>" : ""}${question}${prompt === "vlmevalkit" ? ANSWER_LINE : ""}`,
        answers: [requiredText(row, "answer")],
        ...(isChoice && { options: options.map((option) => option.replace(/^[A-J]\.\s*/, "")) }),
        kind: track.toLowerCase(),
        images: isShown ? (typeof image === "string" ? { path: image } : image) : null,
        videos: { video, nframes: frames },
        columns: { discipline: disciplineOf(id), video },
      };
    };

    const openTrack = (track: Track) =>
      openPublished("video-mmmu", data ?? context.data, [
        {
          name: "vlmevalkit" as const,
          format: "tsv",
          file: /^VideoMMMU\.tsv$/,
          published: "VideoMMMU.tsv",
          columns: ["id", "category", "question", "options", "answer", "question_type", "video"],
        },
        {
          name: "lmms-eval" as const,
          format: "parquet",
          file: /^test-.*\.parquet$/,
          published: `${track}/test-*.parquet`,
          folder: track,
          columns: ["id", "question", "options", "answer", "question_type"],
        },
      ]);

    /** All tracks of a table. */
    const tableSource = async (table: PublishedRows<"vlmevalkit" | "lmms-eval">) => {
      const survey = await surveyRows("video-mmmu", table, (row) => {
        const track = oneOf(row, "category", TRACKS);
        return tracks.includes(track) ? { id: `${track}-${requiredText(row, "id")}` } : undefined;
      });
      const places = countedPlaces("video-mmmu", survey, `rows of the category ${tracks.join(" or ")}`);
      const ofRow = (row: Row) => problemOf(row, oneOf(row, "category", TRACKS), requiredText(row, "video"));
      return publishedSource(table, ofRow, places);
    };

    /** One track of the repository, which its folder names. */
    const trackSource = (published: PublishedRows<"vlmevalkit" | "lmms-eval">, track: Track) => {
      const path = published.rows.tables[0]?.path ?? "";
      if (basename(dirname(path)) !== track)
        throw new DataError(`benchmark video-mmmu: ${path}: expected it in a folder ${track}`);
      return publishedSource(published, (row) => {
        const id = requiredText(row, "id");
        return problemOf(row, track, `${FOLDERS[disciplineOf(id)]}/${id}.mp4`);
      });
    };

    const openAll = async (): Promise<ProblemSource> => {
      const first = await openTrack(tracks[0]!);
      if (first.form === "vlmevalkit") return tableSource(first);
      const all = [first, ...(await Promise.all(tracks.slice(1).map(openTrack)))];
      return joinedSources(all.map((published, i) => trackSource(published, tracks[i]!)));
    };

    return {
      name: "video-mmmu",
      source: openAll,
      verdict: scorer === "fovea" ? answerVerdict() : asScored(scorer, toolVerdict(scorer)),
      measures: (answers) => [
        accuracy(answers),
        ...accuracyBy(answers, ({ kind }) => kind),
        ...accuracyBy(answers, textColumn("discipline")),
      ],
      cluster: ({ columns }) => String(columns["video"]),
    };
  },
});
