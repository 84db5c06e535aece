/**
 * @module
 * The options of a data set that stands in files.
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
    id: z.string().optional().describe("Column of the id; file and row unless there is one."),
    kind: z.string().optional().describe("Column of the kind, for accuracy by kind."),
  })
  .describe("Names of columns.");

/** Where problems stand in files, and which of them count. */
export const filesSchema = z.strictObject({
  path: z.string().min(1).describe("A file, or a directory of files: what training draws from."),
  validation: z.string().min(1).optional().describe("The same for evaluation.split validation."),
  test: z.string().min(1).optional().describe("The same for evaluation.split test."),
  format: z
    .enum(["auto", ...FILE_FORMATS])
    .default("auto")
    .describe("How the rows are written; auto goes by the names' endings."),
  images: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Directory that image paths are relative to and must stay in; the data file's own unless given.",
    ),
  columns: columnsSchema.prefault({}),
  shard: z
    .tuple([z.int().min(0), z.int().min(1)])
    .refine(([index, count]) => index < count, { message: "expected [index, count] with index below count" })
    .default([0, 1])
    .describe("[index, count]: of every count rows in turn, the one that training draws."),
  minPixels: z.int().min(1).default(1).describe("Problems with an image of fewer pixels are left out."),
  maxPixels: z.int().min(1).optional().describe("Problems with an image of more pixels are left out."),
  maxPromptTokens: z
    .int()
    .min(1)
    .optional()
    .describe("Problems whose prompt, images included, has more tokens are left out."),
  maxImagePixels: z
    .int()
    .min(1)
    .default(89_478_485)
    .describe("An image of more pixels is not decoded: its row is broken."),
  alpha: z
    .enum(["drop", "white"])
    .default("drop")
    .describe("What becomes of transparency: forgotten, or blended onto white."),
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
