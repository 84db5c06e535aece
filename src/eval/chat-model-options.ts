/**
 * @module
 * Options of a model under test behind a server of chat completions.
 */
import * as z from "zod";
import { chatServerFields } from "../chat/index.ts";

/** Fields that the evaluation itself decides. */
const DECIDED = [
  "messages",
  "model",
  "temperature",
  "top_p",
  "n",
  "seed",
  "max_tokens",
  "max_completion_tokens",
  "logprobs",
  "return_token_ids",
  "stream",
];

export const chatModelSchema = z.strictObject({
  ...chatServerFields(),
  timeoutSeconds: z.number().positive().default(600).describe("Time limit of one request."),
  name: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Identity recorded with every answer in place of model and address, so that the address may change.",
    ),
  limitField: z
    .enum(["max_tokens", "max_completion_tokens"])
    .default("max_tokens")
    .describe("Field of the token limit; newer models of OpenAI take max_completion_tokens alone."),
  seed: z.boolean().default(true).describe("Send a seed; false for servers that reject it."),
  logprobs: z.boolean().default(false).describe("Ask for the log-probs of sampled tokens."),
  tokenIds: z
    .boolean()
    .default(false)
    .describe("Ask for the ids of sampled tokens: return_token_ids of vLLM and fovea serve."),
  videos: z
    .enum(["refuse", "frames"])
    .default("refuse")
    .describe("The API has no part for videos: refuse such problems, or send each frame as an image."),
  fields: z
    .record(z.string(), z.json())
    .default({})
    .superRefine((fields, context) => {
      for (const name of DECIDED.filter((own) => own in fields)) {
        context.addIssue({ code: "custom", path: [name], message: "is decided by the evaluation" });
      }
    })
    .describe("Further fields of every request, such as top_k or chat_template_kwargs."),
});

/** Complete options of a model under test behind a server. */
export type ChatModelOptions = z.output<typeof chatModelSchema>;
