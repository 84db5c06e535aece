/**
 * @module
 * The chat completions of OpenAI's API, as far as a judge uses them.
 */
import * as z from "zod";

export interface Message {
  readonly role: "system" | "user";
  readonly content: string;
}

/** The reply to one conversation. */
export interface ChatAnswer {
  /** "" where the server sent none. */
  readonly reply: string;
  /** The model that replied, by the server's own word. */
  readonly served?: string | undefined;
  /** Of prompt and reply together; undefined where the server does not tell. */
  readonly tokens?: number | undefined;
}

const answerSchema = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z
            .union([z.string(), z.array(z.object({ text: z.string().default("") }))])
            .nullish()
            .transform((content) => {
              if (typeof content === "string") return content;
              return (content ?? []).map(({ text }) => text).join("");
            }),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({ prompt_tokens: z.number().default(0), completion_tokens: z.number().default(0) })
    .nullish(),
});

/**
 * The answer that a body holds.
 *
 * @returns undefined where it is no chat completion
 */
export function answerOf(body: string): ChatAnswer | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const { model, choices, usage } = parsed.data;
  return {
    reply: choices[0]!.message.content,
    served: model,
    tokens: usage ? usage.prompt_tokens + usage.completion_tokens : undefined,
  };
}
