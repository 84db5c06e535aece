/**
 * @module
 * The chat completions of OpenAI's API, as far as a client uses them: requests, and answers as servers of many makes give
 * them.
 */
import * as z from "zod";

/** A part of a message: some text, or an image at an address, such as a data URI. */
export type MessagePart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | readonly MessagePart[];
}

/** A request to a model. */
export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly temperature: number;
  /** Further fields of the body, such as `max_tokens`, by their names in the API. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One of the replies to a conversation. */
export interface ChatChoice {
  /** "" where the server sent none. */
  readonly text: string;
  /** Why it ended, in the server's word; null if the server does not say. */
  readonly finishReason: string | null;
  /** `[T]` nats; absent where they were not asked for or not given. */
  readonly logprobs?: Float64Array;
  /** `[T]` ids; absent if the server does not return them (vLLM's `return_token_ids`). */
  readonly tokens?: Int32Array;
}

/** Tokens of one request. */
export interface ChatUsage {
  readonly prompt: number;
  /** Of all choices together. */
  readonly completion: number;
}

/** The replies to one conversation. */
export interface ChatAnswer {
  /** At least one, in the order of their indices. */
  readonly choices: readonly ChatChoice[];
  /** The model that replied, by the server's own word. */
  readonly served?: string | undefined;
  /** Absent if the server does not report it. */
  readonly usage?: ChatUsage | undefined;
}

const contentSchema = z
  .union([z.string(), z.array(z.object({ text: z.string().nullish() }))])
  .nullish()
  .transform((content) => {
    if (typeof content === "string") return content;
    return (content ?? []).map(({ text }) => text ?? "").join("");
  });

const choiceSchema = z
  .object({
    index: z.number().catch(0),
    message: z.object({ content: contentSchema }),
    finish_reason: z.string().nullish(),
    logprobs: z.object({ content: z.array(z.object({ logprob: z.number() })).nullish() }).nullish(),
    token_ids: z.array(z.int()).nullish(),
  })
  .transform(({ index, message, finish_reason, logprobs, token_ids }) => ({
    index,
    choice: {
      text: message.content,
      finishReason: finish_reason ?? null,
      ...(logprobs?.content && {
        logprobs: Float64Array.from(logprobs.content, ({ logprob }) => logprob),
      }),
      ...(token_ids && { tokens: Int32Array.from(token_ids) }),
    } satisfies ChatChoice,
  }));

/** Fields beside the choices are left out where they cannot be read: some servers send nulls there. */
const answerSchema = z.object({
  model: z.string().optional().catch(undefined),
  choices: z.array(choiceSchema).min(1),
  usage: z
    .object({ prompt_tokens: z.number().default(0), completion_tokens: z.number().default(0) })
    .optional()
    .catch(undefined),
});

/**
 * The answer that a body holds.
 *
 * @returns undefined where it is not a chat completion
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
    choices: choices.toSorted((a, b) => a.index - b.index).map(({ choice }) => choice),
    served: model,
    ...(usage && { usage: { prompt: usage.prompt_tokens, completion: usage.completion_tokens } }),
  };
}
