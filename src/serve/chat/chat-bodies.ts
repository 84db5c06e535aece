/**
 * @module
 * Answers in the form of OpenAI's API: a whole completion, and the chunks of a stream.
 */
import type { DrawnToken, StopReason } from "../../engine/index.ts";
import type { ServedModel } from "../served-model.ts";
import type { ChatChoice, ChoicePiece } from "./chat-choice.ts";

/** OpenAI's least log-prob; JSON has no infinity. */
const LEAST = -9999;

/** Common fields of the bodies of one answer. */
export interface ChatHead {
  readonly id: string;
  /** Seconds. */
  readonly created: number;
  /** As it was asked for. */
  readonly model: string;
}

/** Which parts an answer has beside its text. */
export interface ChatParts {
  readonly served: ServedModel;
  readonly logprobs: boolean;
  readonly tokenIds: boolean;
}

export interface ChatTokens {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** Tokens of a request: its prompt once, and all completions, stop tokens included. */
export function usageOf(promptTokens: number, choices: readonly ChatChoice[]): ChatTokens {
  const completion = choices.reduce((sum, { drawn }) => sum + drawn.length, 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
  };
}

/** A special token's text is its name; it has no bytes, so that the bytes of all tokens joined are the text's. */
function named({ tokenizer }: ServedModel, token: number, logprob: number) {
  const bytes = tokenizer.bytes(token);
  return {
    token: tokenizer.decode([token]),
    logprob: Math.max(LEAST, logprob),
    bytes: bytes === undefined ? null : [...bytes],
  };
}

function tokenEntry(served: ServedModel, { token, logprob, alternatives }: DrawnToken) {
  const others = alternatives === undefined ? [] : [...alternatives.tokens.entries()];
  return {
    ...named(served, token, logprob),
    top_logprobs: others.map(([i, id]) => named(served, id, alternatives!.logprobs[i]!)),
  };
}

/** Beside text: log-probs, null where they are not wanted, and ids where they are. */
function tokenParts({ served, logprobs, tokenIds }: ChatParts, drawn: readonly DrawnToken[]) {
  return {
    logprobs: logprobs ? { content: drawn.map((each) => tokenEntry(served, each)), refusal: null } : null,
    ...(tokenIds && { token_ids: drawn.map(({ token }) => token) }),
  };
}

/** A whole answer. */
export function completionBody(
  head: ChatHead,
  parts: ChatParts,
  choices: readonly ChatChoice[],
  usage: ChatTokens,
): object {
  return {
    id: head.id,
    object: "chat.completion",
    created: head.created,
    model: head.model,
    choices: choices.map(({ content, drawn, finishReason }, index) => ({
      index,
      message: { role: "assistant", content, refusal: null },
      ...tokenParts(parts, drawn),
      finish_reason: finishReason,
    })),
    usage,
  };
}

/** The news of a choice in a chunk. */
export type ChunkNews =
  | { readonly kind: "begin" }
  | ({ readonly kind: "piece" } & ChoicePiece)
  | { readonly kind: "end"; readonly finishReason: StopReason | null };

function deltaOf(news: ChunkNews): object {
  switch (news.kind) {
    case "begin":
      return { role: "assistant", content: "", refusal: null };
    case "piece":
      return { content: news.text };
    case "end":
      return {};
  }
}

/** A chunk about one choice. */
export function chunkBody(head: ChatHead, parts: ChatParts, index: number, news: ChunkNews): object {
  const drawn = news.kind === "piece" ? news.drawn : [];
  return {
    ...chunkHead(head),
    choices: [
      {
        index,
        delta: deltaOf(news),
        ...(drawn.length > 0 ? tokenParts(parts, drawn) : { logprobs: null }),
        finish_reason: news.kind === "end" ? news.finishReason : null,
      },
    ],
  };
}

/** The last chunk of a stream whose request asked for usage. */
export function usageChunk(head: ChatHead, usage: ChatTokens): object {
  return { ...chunkHead(head), choices: [], usage };
}

function chunkHead({ id, created, model }: ChatHead) {
  return { id, object: "chat.completion.chunk", created, model };
}
