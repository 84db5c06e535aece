/**
 * @module
 * `/v1`: chat completions and models over HTTP, whole or as a stream of server-sent events.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { decodedPart } from "../../http/index.ts";
import { readBody } from "../read-body.ts";
import { Refusal } from "../refusal.ts";
import { sendJson } from "../send-body.ts";
import { completionBody, usageOf } from "./chat-bodies.ts";
import { chatFailure } from "./chat-refusal.ts";
import { readChatBody } from "./chat-schema.ts";
import { ChatService, type ChatServiceOptions } from "./chat-service.ts";
import { ChatStream } from "./chat-stream.ts";

const PREFIX = "/v1/";
const MAX_BYTES = 2 ** 25;
/** A body that is too large is read and discarded up to here, so that its sender gets the reason. */
const DISCARDED = 2 ** 28;

/** Longest time that the server's end waits for answers under way, which it notifies, ms. */
const REST_MS = 10_000;

export interface ChatEndpointOptions extends ChatServiceOptions {
  /** Largest body, bytes; 32 MiB unless given. */
  readonly maxBytes?: number | undefined;
  /** @throws Refusal when a request may not be answered */
  readonly check: (request: IncomingMessage) => void;
}

/** Whether an address is of this API. */
export function isChatPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** All addresses of the API. */
export class ChatEndpoint {
  readonly #options: ChatEndpointOptions;
  readonly #chat: ChatService;
  readonly #answers = new Set<Promise<void>>();

  constructor(options: ChatEndpointOptions) {
    this.#options = options;
    this.#chat = new ChatService(options);
  }

  answer(request: IncomingMessage, response: ServerResponse, path: string): void {
    const answered = answer(this.#chat, this.#options, request, response, path);
    this.#answers.add(answered);
    void answered.finally(() => this.#answers.delete(answered));
  }

  /** Ends what is under way; when it has heard so, the promise is kept. */
  async close(): Promise<void> {
    this.#chat.close();
    await Promise.race([Promise.all(this.#answers), delay(REST_MS, undefined, { ref: false })]);
  }
}

/** Answers a request; never throws. */
async function answer(
  chat: ChatService,
  { maxBytes = MAX_BYTES, check }: ChatEndpointOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort(new Refusal("failed", "the client has gone")));
  try {
    check(request);
    const call = `${request.method} ${path.slice(PREFIX.length)}`;
    if (call === "GET models") return sendJson(response, 200, { object: "list", data: chat.models() });
    const model = /^GET models\/(.+)$/.exec(call)?.[1];
    if (model !== undefined) return sendJson(response, 200, chat.model(decodedPart(model) ?? model));
    if (call !== "POST chat/completions") {
      throw new Refusal("unknown-path", `${request.method} ${path}: no such address`);
    }
    await complete(chat, maxBytes, request, response, gone.signal);
  } catch (error) {
    if (error instanceof Refusal && error.code === "too-large") await discard(request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, body } = chatFailure(error);
    if (!request.complete) response.setHeader("connection", "close");
    if (status === 429) response.setHeader("retry-after", "1");
    sendJson(response, status, body);
  }
}

async function complete(
  chat: ChatService,
  maxBytes: number,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const { body: sent } = await readBody(request, "chat/completions", maxBytes);
  const body = readChatBody(sent.json);
  await chat.within(gone, async (signal) => {
    const task = await chat.task(body, signal);
    if (body.stream === true) {
      await new ChatStream(response, task, body.stream_options?.include_usage ?? false).run();
      return;
    }
    await task.run(() => {});
    const { head, parts, choices, promptTokens } = task;
    sendJson(response, 200, completionBody(head, parts, choices, usageOf(promptTokens, choices)));
  });
}

async function discard(request: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > DISCARDED) return;
    }
  } catch {
    // Its sender has gone.
  }
}
