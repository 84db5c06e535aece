/**
 * @module
 * The papers' instructions for thoughts and answer, by name. A format is only text around the question; the verifier
 * extracts the answer.
 */

import type * as z from "zod";
import type { Problem } from "../data/index.ts";
import type { Definition } from "../parts/index.ts";

/** Words around a question. */
export interface AnswerFormat {
  /** System message; default: the chat template's. */
  readonly system?: string;
  /** Text put after the question. */
  readonly suffix?: string;
  /** The question as asked; default: the problem's. `<image>` keeps the place of each image. */
  question?(problem: Problem): string;
}

/** A prompt format of a user module: its options, if it has any, and its maker. */
export function definePromptFormat<Schema extends z.ZodType>(
  definition: Definition<Schema, undefined, AnswerFormat>,
): Definition<Schema, undefined, AnswerFormat> {
  return definition;
}

/** Names of the formats. */
export const ANSWER_FORMATS = ["plain", "boxed", "think-answer", "think-boxed", "r1"] as const;
export type AnswerFormatName = (typeof ANSWER_FORMATS)[number];

/**
 * - `plain`: the question alone.
 * - `boxed`: the system message of Qwen2.5's mathematics models.
 * - `think-answer`: the question template of VLM-R1 (arXiv:2504.07615), the framework that DyCo-RL trains with; its own
 *   Appendix K asks for these two tags (arXiv:2606.08035).
 * - `think-boxed`: Appendix D of "Don't Lose Sight" (VICRA), with the system message that is the template's own.
 * - `r1`: the system message of DeepSeek-R1 (arXiv:2501.12948), as TRL's and R1-V's recipes use it.
 */
export const answerFormats: Readonly<Record<AnswerFormatName, AnswerFormat>> = {
  plain: { suffix: "" },
  boxed: { system: "Please reason step by step, and put your final answer within \\boxed{}.", suffix: "" },
  "think-answer": {
    suffix:
      " First output the thinking process in <think> </think> tags and then output the final answer in <answer> </answer> tags.",
  },
  "think-boxed": {
    suffix:
      " You FIRST think about the reasoning process as an internal monologue and then provide the final answer. " +
      "The reasoning process MUST BE enclosed within <think> </think> tags. The final answer MUST BE put in \\boxed{}.",
  },
  r1: {
    system:
      "A conversation between User and Assistant. The user asks a question, and the Assistant solves it. The assistant " +
      "first thinks about the reasoning process in the mind and then provides the user with the answer. The reasoning " +
      "process and answer are enclosed within <think> </think> and <answer> </answer> tags, respectively, i.e., " +
      "<think> reasoning process here </think><answer> answer here </answer>",
    suffix: "",
  },
};
