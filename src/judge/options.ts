/**
 * @module
 * Options of a judge, the same for a judge as a reward and as a verdict.
 */
import * as z from "zod";
import { chatServerFields } from "../chat/index.ts";
import { JUDGE_PROMPTS } from "./prompts/registry.ts";
import { templateFault } from "./prompts/template.ts";

const ownPromptSchema = z
  .strictObject({
    text: z
      .string()
      .min(1)
      .superRefine((text, context) => {
        const message = templateFault(text);
        if (message !== undefined) context.addIssue({ code: "custom", message });
      })
      .describe("Text with {question} {answers} {options} {completion} {reply} {extracted} in it."),
    system: z.string().min(1).optional().describe("System message; none unless given."),
    reply: z
      .enum(["binary", "score"])
      .default("binary")
      .describe("binary: Correct or Incorrect (also yes or no, 1 or 0); score: a number from 0 to 10."),
  })
  .describe("A prompt of your own.");

/** The options of a judge, as fields of a schema. */
export function judgeFields() {
  const { url, model, apiKeyVariable, concurrency, timeoutSeconds, retries, budget } = chatServerFields();
  return {
    url,
    model: model.describe("Name of the judging model on the server."),
    prompt: z
      .union([z.enum(JUDGE_PROMPTS), ownPromptSchema])
      .default("binary")
      .describe("The judge's prompt, by name or as a text."),
    apiKeyVariable,
    temperature: z
      .number()
      .min(0)
      .max(2)
      .default(0)
      .describe("Of the judge; AT-RL has 0.1. Above 0 only a cache makes a resumed run the same."),
    maxTokens: z.int().min(1).default(1024).describe("Limit of the judge's reply, its thought included."),
    concurrency,
    timeoutSeconds,
    retries,
    cache: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Directory of judge.jsonl, to which every reply is appended and from which it is read again.",
      ),
    budget: budget.describe("The most that one process may spend; replies from the cache are free."),
  };
}

const judgeSchema = z.object(judgeFields());

/** Complete options of a judge. */
export type JudgeOptions = z.output<typeof judgeSchema>;
