/**
 * @module
 * An OpenAI-compatible server of chat completions for tests: the test sets each reply.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A request to the server. */
export interface ChatCall {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly temperature: number;
  readonly max_tokens: number;
  readonly authorization: string | undefined;
}

/** A reply that never comes. */
export const SILENCE: unique symbol = Symbol("silence");

/** Its reply: a text as a chat completion, a status with a body, or no reply ever. */
export type ChatReply =
  | string
  | { readonly status: number; readonly body?: string; readonly retryAfter?: string }
  | typeof SILENCE;

export interface ChatServer {
  /** Base address, /v1 included. */
  readonly url: string;
  readonly calls: readonly ChatCall[];
  /** The most calls that were open at once. */
  readonly most: () => number;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** Starts a server on a free port. */
export async function startChatServer(
  reply: (call: ChatCall, number: number) => ChatReply | Promise<ChatReply>,
): Promise<ChatServer> {
  const calls: ChatCall[] = [];
  let open = 0;
  let most = 0;
  const server = createServer((request, response) => {
    void (async () => {
      open += 1;
      most = Math.max(most, open);
      const sent = JSON.parse(await bodyOf(request)) as Omit<ChatCall, "authorization">;
      const call = { ...sent, authorization: request.headers.authorization };
      calls.push(call);
      const answer = await reply(call, calls.length);
      open -= 1;
      if (answer === SILENCE) return;
      if (typeof answer === "object") {
        response.writeHead(answer.status, {
          ...(answer.retryAfter !== undefined && { "retry-after": answer.retryAfter }),
        });
        response.end(answer.body ?? "");
        return;
      }
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        JSON.stringify({
          model: `${call.model}-served`,
          choices: [{ message: { role: "assistant", content: answer }, finish_reason: "stop" }],
          usage: { prompt_tokens: 20, completion_tokens: 2, total_tokens: 22 },
        }),
      );
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    most: () => most,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
