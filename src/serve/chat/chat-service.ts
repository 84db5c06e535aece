/**
 * @module
 * Chat completions, apart from HTTP: which model is meant, whether the request fits it, and its completions while they are
 * sampled. Requests go through the queue that all sampling of the server goes through.
 */
import { randomUUID } from "node:crypto";
import type { DrawnToken } from "../../engine/index.ts";
import type { Checkpoints } from "../checkpoints.ts";
import { Refusal } from "../refusal.ts";
import type { GroupSettings, SampleQueue } from "../sample-queue.ts";
import type { Sampler } from "../samplers.ts";
import { DEFAULT_MAX_TOKENS } from "../sampling.ts";
import type { ServedModel } from "../served-model.ts";
import { stopsOf } from "../stops.ts";
import type { ChatHead, ChatParts } from "./chat-bodies.ts";
import { ChatChoice, type ChoicePiece } from "./chat-choice.ts";
import { ChatPrompts } from "./chat-prompts.ts";
import { ChatRefusal } from "./chat-refusal.ts";
import type { ChatBody } from "./chat-schema.ts";

/** Default limit of requests that are under way or wait. */
const MAX_OPEN = 256;

export interface ChatServiceOptions {
  readonly models: readonly ServedModel[];
  readonly checkpoints: Checkpoints;
  readonly queue: SampleQueue;
  /** Requests under way at once, beyond which 429 is answered; 256 unless given. */
  readonly maxOpen?: number | undefined;
}

/** A model, as described to clients. */
interface ModelBody {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
  /** Tokens of prompt and completion, by the name that vLLM gives it. */
  readonly max_model_len: number;
}

/** A request that can be done. */
export interface ChatTask {
  readonly head: ChatHead;
  readonly parts: ChatParts;
  readonly promptTokens: number;
  readonly choices: readonly ChatChoice[];
  /** Samples, and reports each new part of a choice with the choice's index. */
  run(onPiece: (index: number, piece: ChoicePiece) => void): Promise<void>;
}

export class ChatService {
  readonly #options: ChatServiceOptions;
  readonly #prompts = new ChatPrompts();
  readonly #ending = new AbortController();
  readonly #started = Math.floor(Date.now() / 1000);
  #open = 0;

  constructor(options: ChatServiceOptions) {
    this.#options = options;
  }

  /** The models that may be asked: base models, and checkpoints by their paths. */
  models(): ModelBody[] {
    const { models, checkpoints } = this.#options;
    const named = [
      ...models.map(({ name, contextLength }) => ({ id: name, contextLength, created: this.#started })),
      ...checkpoints.all().flatMap(({ path, baseModel, at }) => {
        const served = this.#served(baseModel);
        const created = Math.floor(Date.parse(at) / 1000);
        return served === undefined ? [] : [{ id: path, contextLength: served.contextLength, created }];
      }),
    ];
    return named.map(({ id, contextLength, created }) => ({
      id,
      object: "model",
      created,
      owned_by: "fovea",
      max_model_len: contextLength,
    }));
  }

  /** @throws ChatRefusal when there is none */
  model(id: string): object {
    const found = this.models().find((model) => model.id === id);
    return found ?? this.#noModel(id);
  }

  #noModel(name: string): never {
    const names = this.#options.models.map((model) => model.name).join(", ");
    throw new ChatRefusal(`model: no model ${name}; this server has: ${names}, and checkpoints tinker://…`, {
      status: 404,
      param: "model",
      code: "model_not_found",
    });
  }

  #served(name: string): ServedModel | undefined {
    return this.#options.models.find((model) => model.name === name);
  }

  #sampler(name: string): Sampler {
    const base = this.#served(name);
    if (base !== undefined) {
      return { id: `chat ${name}`, session: "", served: base, source: { kind: "base", baseModel: name } };
    }
    if (name.startsWith("tinker://")) {
      const { baseModel } = this.#options.checkpoints.find(name);
      const served = this.#served(baseModel);
      const source = { kind: "checkpoint", baseModel, path: name } as const;
      if (served !== undefined) return { id: `chat ${name}`, session: "", served, source };
    }
    return this.#noModel(name);
  }

  /**
   * Does work on a request while there is room for it.
   *
   * @param gone aborted when the client has gone
   * @throws ChatRefusal when there is no room, or the server is ending
   */
  async within<T>(gone: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { maxOpen = MAX_OPEN } = this.#options;
    this.#ending.signal.throwIfAborted();
    if (this.#open >= maxOpen) {
      throw new ChatRefusal(`${maxOpen} requests are under way or wait; try again later`, {
        status: 429,
        code: "rate_limit_exceeded",
      });
    }
    this.#open += 1;
    try {
      return await work(AbortSignal.any([gone, this.#ending.signal]));
    } finally {
      this.#open -= 1;
    }
  }

  /**
   * Reads what a request means.
   *
   * @throws ChatRefusal when it asks for something that cannot be had
   */
  async task(body: ChatBody, signal: AbortSignal): Promise<ChatTask> {
    const sampler = this.#sampler(body.model);
    const { served } = sampler;
    const { prompt, tokens: promptTokens } = await this.#prompts.prompt(served, body.messages);
    const { texts, ids } = stopsOf(served, body.stop ?? []);
    const choices = Array.from({ length: body.n ?? 1 }, () => new ChatChoice(served, texts));
    const { temperature, top_p: topP, top_k: topK, top_logprobs: alternatives } = body;
    const settings: GroupSettings = {
      groupSize: choices.length,
      maxCompletionTokens: tokenLimit(body, promptTokens, served.contextLength),
      temperature: temperature ?? 1,
      topP: topP ?? 1,
      topK: Math.max(0, topK ?? 0),
      stopTokens: [...served.dialogue.stopTokens, ...ids],
      ...(alternatives != null && alternatives > 0 && { alternatives }),
    };
    const run: ChatTask["run"] = async (onPiece) => {
      const watch = (drawn: DrawnToken) => {
        const choice = choices[drawn.place]!;
        onPiece(drawn.place, choice.take(drawn));
        return !choice.isStopped;
      };
      const job = { prompt, seed: body.seed, watch, signal };
      const group = await this.#options.queue.group(sampler, settings, job);
      for (const [i, { stopReason }] of group.entries()) onPiece(i, choices[i]!.finish(stopReason));
    };
    return {
      head: {
        id: `chatcmpl-${randomUUID()}`,
        created: Math.floor(Date.now() / 1000),
        model: body.model,
      },
      parts: { served, logprobs: body.logprobs ?? false, tokenIds: body.return_token_ids ?? false },
      promptTokens,
      choices,
      run,
    };
  }

  /** Ends what is under way. */
  close(): void {
    this.#ending.abort(new Refusal("restarting", "the server is ending"));
  }
}

function tokenLimit(body: ChatBody, promptTokens: number, contextLength: number): number {
  const asked = body.max_completion_tokens ?? body.max_tokens;
  const left = contextLength - promptTokens;
  const limit = asked ?? Math.min(DEFAULT_MAX_TOKENS, left);
  if (limit >= 1 && limit <= left) return limit;
  const param = body.max_completion_tokens == null && asked != null ? "max_tokens" : "max_completion_tokens";
  throw new ChatRefusal(
    left < 1
      ? `messages: the model's context has ${contextLength} tokens, the prompt ${promptTokens}`
      : `${param}: the model's context has ${contextLength} tokens, of which the prompt leaves ${left}, got ${asked}`,
    { param: left < 1 ? "messages" : param, code: "context_length_exceeded" },
  );
}
