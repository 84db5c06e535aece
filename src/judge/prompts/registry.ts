/**
 * @module
 * Every built-in prompt of a judge. A new one is a value and its line here.
 */
import {
  binaryPrompt,
  mathVersePrompt,
  mathVistaPrompt,
  mmBenchPrompt,
  referencePrompt,
  scorePrompt,
  yesOrNoPrompt,
} from "./papers.ts";
import type { JudgePrompt } from "./prompt.ts";
import { readBinary, readScore } from "./replies.ts";

const prompts = {
  binary: binaryPrompt,
  reference: referencePrompt,
  score: scorePrompt,
  mathvista: mathVistaPrompt,
  mathverse: mathVersePrompt,
  mmbench: mmBenchPrompt,
  "yes-or-no": yesOrNoPrompt,
} as const;

/** Names of the built-in prompts. */
export const JUDGE_PROMPTS = Object.keys(prompts) as (keyof typeof prompts)[];

/** A prompt by its name, or a user's own text. */
export type PromptOption =
  | (typeof JUDGE_PROMPTS)[number]
  | {
      readonly text: string;
      readonly system?: string | undefined;
      readonly reply: "binary" | "score";
    };

/** The prompt that an option describes. */
export function judgePrompt(option: PromptOption): JudgePrompt {
  if (typeof option === "string") return prompts[option];
  const { text, system, reply } = option;
  return { name: "own", decide: { system, text, read: reply === "binary" ? readBinary : readScore } };
}
