/**
 * @module
 * Whose rule scores a benchmark, where tools and authors differ; and the options that benchmarks share.
 */
import * as z from "zod";
import { type Verdict, withoutThought } from "../verify/index.ts";

/** Where a benchmark's files are. */
export const dataOption = z
  .string()
  .min(1)
  .optional()
  .describe("Directory with the files, or one of them; --data unless given.");

/** Where the images are that rows name. */
export const imagesOption = z
  .string()
  .min(1)
  .optional()
  .describe("Directory or zip archive of the images that rows name; where the file is unless given.");

/** How many frames of a video are shown. */
export function framesOption(frames: number): z.ZodDefault<z.ZodInt> {
  return z
    .int()
    .min(2)
    .multipleOf(2)
    .default(frames)
    .describe(
      "Frames of each video that are shown, evenly spaced; an even number, since models take them in pairs.",
    );
}

type Scorer = "fovea" | "authors" | "vlmevalkit" | "lmms-eval";

/** The option `scorer` of a benchmark that these can score; the first unless another is asked for. */
export function scorerOption<const Names extends readonly [Scorer, ...Scorer[]]>(
  names: Names,
): z.ZodDefault<z.ZodEnum<{ [Name in Names[number]]: Name }>> {
  const own =
    names[0] === "fovea"
      ? "fovea, by the verdict answer"
      : "authors, on the marked answer or the reply after its thought";
  return z
    .enum(names)
    .default(names[0] as never)
    .describe(
      `Whose rule decides: ${own}; another tool's, on all of the reply after its thought, as that tool takes it.`,
    ) as never;
}

/** Where a scorer finds the answer of a completion. */
export function sourceOf(scorer: Scorer): "reply" | "text" {
  return scorer === "authors" ? "reply" : "text";
}

/**
 * A verdict as a tool asks for it: both tools cut off a thought in `<think>`, lmms-eval white space at either end too. A
 * thought without an end leaves nothing. The name distinguishes the scorers of a benchmark.
 */
export function asScored(scorer: Scorer, verdict: Verdict): Verdict {
  if (scorer === "authors" || scorer === "fovea") return verdict;
  return {
    name: `${verdict.name}, scorer ${scorer}`,
    judge(text, problem, signal) {
      const reply = withoutThought(text) ?? "";
      return verdict.judge(scorer === "lmms-eval" ? reply.trim() : reply, problem, signal);
    },
  };
}
