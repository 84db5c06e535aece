/**
 * @module
 * Options of clients of an OpenAI-compatible server: address, retries and limits.
 */
import * as z from "zod";

/** The options as fields of a schema. */
export function chatServerFields() {
  return {
    url: z
      .url({ protocol: /^https?$/, error: "expected an http(s) address such as http://127.0.0.1:8000/v1" })
      .describe("Base address of an OpenAI-compatible server, /v1 included."),
    model: z.string().min(1).describe("Name of the model on the server."),
    apiKeyVariable: z
      .string()
      .min(1)
      .default("OPENAI_API_KEY")
      .describe("Environment variable with the API key; without a value no key is sent."),
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
      .describe("The most that one process may spend."),
  };
}

const chatServerSchema = z.object(chatServerFields());

/** Complete options of a server that is asked. */
export type ChatServerOptions = z.output<typeof chatServerSchema>;
