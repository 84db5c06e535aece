/**
 * @module
 * The options of a data set in files.
 */
import * as z from "zod";
import { FILE_FORMATS } from "./table.ts";

const columnsSchema = z
  .strictObject({
    question: z
      .string()
      .optional()
      .describe("Column of the question; found by its usual names unless given."),
    answer: z.string().optional().describe("Column of the answer; found by its usual names unless given."),
    image: z
      .string()
      .optional()
      .describe(
        "Column of the images; found by its usual names unless given, and empty for problems without.",
      ),
    video: z
      .string()
      .optional()
      .describe("Column of the videos; found by its usual names unless given, and empty for none."),
    options: z
      .string()
      .optional()
      .describe("Column of a choice's options; found by its usual names unless given, and empty for none."),
    solution: z
      .string()
      .optional()
      .describe(
        "Column of the completion that a warm start imitates; found by its usual names unless given.",
      ),
    id: z.string().optional().describe("Column of the id; file and row unless there is one."),
    kind: z.string().optional().describe("Column of the kind, for accuracy by kind."),
  })
  .describe("Names of columns, or paths into them such as reward_model.ground_truth and images.0.image.");

const videoSchema = z
  .strictObject({
    fps: z.number().positive().default(2).describe("Frames to show per second of a video file."),
    numFrames: z
      .int()
      .min(2)
      .optional()
      .describe(
        "Frames to show of every video file, in place of fps; of frames in a list or a folder at most.",
      ),
    minFrames: z.int().min(2).default(4).describe("Fewest frames of a video file, when fps decides."),
    maxFrames: z
      .int()
      .min(2)
      .default(768)
      .describe("Most frames of a video; of more, as many evenly spaced."),
    framesFps: z
      .number()
      .positive()
      .default(2)
      .describe("Frames in a list or a folder per second of their video file, unless the row says it."),
    maxBytes: z
      .int()
      .min(1)
      .default(2 ** 30)
      .describe("A video whose shown frames take more bytes is not read: its row is broken."),
  })
  .describe(
    "Which frames of videos are shown. A row's own fps, nframes, min_frames and max_frames come first.",
  );

/** Where problems are in files, and which of them count. */
export const filesSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe("A file, a directory of files, or org/name[@revision] of the hub: what training draws from."),
  validation: z.string().min(1).optional().describe("The same for evaluation.split validation."),
  test: z.string().min(1).optional().describe("The same for evaluation.split test."),
  warmStart: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The same for what a supervised warm start imitates; the training problems' own solutions unless given.",
    ),
  format: z
    .enum(["auto", ...FILE_FORMATS])
    .default("auto")
    .describe("How the rows are written; auto goes by the names' endings."),
  images: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Directory that paths of images and videos are relative to and must stay in, or a zip archive that holds them; the data file's own directory unless given.",
    ),
  columns: columnsSchema.prefault({}),
  answerPlaces: z
    .enum(["auto", "from-0", "from-1", "none"])
    .default("auto")
    .describe(
      "Whether a choice's answers are places in its list of options; auto takes numbers for places from 0, and texts for the options' letters and texts first.",
    ),
  fetchImages: z
    .boolean()
    .default(false)
    .describe(
      "Whether images that rows name by http or https are downloaded; such a row is broken otherwise.",
    ),
  video: videoSchema.prefault({}),
  shard: z
    .tuple([z.int().min(0), z.int().min(1)])
    .refine(([index, count]) => index < count, { message: "expected [index, count] with index below count" })
    .default([0, 1])
    .describe("[index, count]: of every count rows in turn, the one that training draws."),
  minPixels: z
    .int()
    .min(1)
    .default(1)
    .describe("Problems with an image, or video frames, of fewer pixels are left out."),
  maxPixels: z
    .int()
    .min(1)
    .optional()
    .describe("Problems with an image, or video frames, of more pixels are left out."),
  maxPromptTokens: z
    .int()
    .min(1)
    .optional()
    .describe("Problems whose prompt, images and videos included, has more tokens are left out."),
  maxImagePixels: z
    .int()
    .min(1)
    .default(89_478_485)
    .describe("An image or frame of more pixels is not decoded: its row is broken."),
  alpha: z
    .enum(["drop", "white"])
    .default("drop")
    .describe("Treatment of transparency: dropped, or blended onto white."),
  maxRowBytes: z
    .int()
    .min(1)
    .default(32 * 2 ** 20)
    .describe("A line of text of more bytes is not read: its row is broken."),
  maxBrokenShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe("The run stops when more than this share of the rows drawn are broken; fewer are skipped."),
});

/** Options of a data set in files, all defaults filled in. */
export type FilesOptions = z.output<typeof filesSchema>;
