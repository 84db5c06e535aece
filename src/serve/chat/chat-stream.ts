/**
 * @module
 * A completion as server-sent events: a chunk for the role of each choice, chunks of text as it comes, a chunk with the
 * reason of each end, the usage where it is asked for, `[DONE]`.
 */
import type { ServerResponse } from "node:http";
import { type ChunkNews, chunkBody, usageChunk, usageOf } from "./chat-bodies.ts";
import { chatFailure } from "./chat-refusal.ts";
import type { ChatTask } from "./chat-service.ts";

export class ChatStream {
  readonly #response: ServerResponse;
  readonly #task: ChatTask;
  readonly #hasUsage: boolean;
  readonly #begun = new Set<number>();

  constructor(response: ServerResponse, task: ChatTask, hasUsage: boolean) {
    this.#response = response;
    this.#task = task;
    this.#hasUsage = hasUsage;
  }

  /** @throws the task's error before the first chunk; after it the stream itself reports an error, and has no end */
  async run(): Promise<void> {
    const { head, choices, promptTokens, parts } = this.#task;
    const sendsTokens = parts.logprobs || parts.tokenIds;
    try {
      await this.#task.run((index, piece) => {
        if (!this.#begun.has(index)) this.#sendNews(index, { kind: "begin" });
        this.#begun.add(index);
        if (piece.text !== "" || (sendsTokens && piece.drawn.length > 0)) {
          this.#sendNews(index, { kind: "piece", ...piece });
        }
        const { finishReason } = choices[index]!;
        if (finishReason !== null) this.#sendNews(index, { kind: "end", finishReason });
      });
    } catch (error) {
      if (!this.#response.headersSent) throw error;
      this.#send(chatFailure(error).body);
      this.#response.end();
      return;
    }
    if (this.#hasUsage) this.#send(usageChunk(head, usageOf(promptTokens, choices)));
    this.#response.end("data: [DONE]\n\n");
  }

  #sendNews(index: number, news: ChunkNews): void {
    const { head, parts } = this.#task;
    const chunk = chunkBody(head, parts, index, news);
    this.#send(this.#hasUsage ? { ...chunk, usage: null } : chunk);
  }

  #send(event: object): void {
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      });
    }
    this.#response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
}
