/**
 * @module
 * Options of a judge, the same for a judge as a reward and as a verdict.
 */
import * as z from "zod";
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
  return {
    url: z
      .url({ protocol: /^https?$/, error: "expected an http(s) address such as http://127.0.0.1:8000/v1" })
      .describe("Base address of an OpenAI-compatible server, /v1 included."),
    model: z.string().min(1).describe("Name of the judging model on the server."),
    prompt: z
      .union([z.enum(JUDGE_PROMPTS), ownPromptSchema])
      .default("binary")
      .describe("What the judge is asked, by name, or a text of your own."),
    apiKeyVariable: z
      .string()
      .min(1)
      .default("OPENAI_API_KEY")
      .describe("Environment variable with the API key; without a value no key is sent."),
    temperature: z
      .number()
      .min(0)
      .max(2)
      .default(0)
      .describe("Of the judge; AT-RL has 0.1. Above 0 only a cache makes a resumed run the same."),
    maxTokens: z.int().min(1).default(1024).describe("Limit of the judge's reply, its thought included."),
    concurrency: z.int().min(1).max(1024).default(16).describe("Requests under way at once."),
    timeoutSeconds: z.number().positive().default(120).describe("Time that one request may take."),
    retries: z
      .int()
      .min(0)
      .max(100)
      .default(6)
      .describe(
        "Times that a request is sent again after 429, 5xx or a cut connection; waits double from 1 s to 60 s.",
      ),
    cache: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Directory of judge.jsonl, to which every reply is appended and from which it is read again.",
      ),
    budget: z
      .strictObject({
        requests: z.int().min(1).optional().describe("Requests, those sent again included."),
        tokens: z
          .int()
          .min(1)
          .optional()
          .describe("Tokens of prompts and replies, as the server counts them."),
      })
      .optional()
      .describe("The most that one process may spend; replies from the cache are free."),
  };
}

const judgeSchema = z.object(judgeFields());

/** Complete options of a judge. */
export type JudgeOptions = z.output<typeof judgeSchema>;
