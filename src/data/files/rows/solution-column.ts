/**
 * @module
 * Rows with a worked `solution` (VLM-R1, TRL's multimodal sets, ScienceQA): the reference is in its marks or box, and it can
 * be imitated.
 */
import { answersIn, firstOf, type RowReader, solutionIn } from "./reader.ts";

/** The reference in a solution. */
export const solutionAsReference: RowReader = {
  name: "solution",
  answer: firstOf(["solution"], answersIn),
};

/** The solution to imitate; a conversation that has one comes first, since `solution` may be the bare answer. */
export const solutionAsDemonstration: RowReader = {
  name: "solution",
  solution: firstOf(["solution"], solutionIn),
};
