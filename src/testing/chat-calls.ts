/**
 * @module
 * OpenAI's API by hand, for tests that send what no client would.
 */
import { encodePng, type RgbImage } from "../model/index.ts";

/** An answer with its status. */
export interface ChatRawAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
  readonly headers: Headers;
}

/** A chunk of a stream, as far as tests read it. */
export interface Chunk {
  readonly id: string;
  readonly object: string;
  readonly usage?: unknown;
  readonly error?: { readonly message: string };
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly role?: string; readonly content?: string };
    readonly logprobs: { readonly content: readonly { readonly logprob: number }[] } | null;
    readonly finish_reason: string | null;
    readonly token_ids?: readonly number[];
  }[];
}

/** How a call differs from others. */
interface CallInit {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export function postChat(url: string, body: unknown, init: CallInit = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(init.signal && { signal: init.signal }),
    headers: { "content-type": "application/json", ...init.headers },
  });
}

/** Sends one chat completion; a body that is a text is sent as it is. */
export async function chatCall(url: string, body: unknown, init: CallInit = {}): Promise<ChatRawAnswer> {
  const response = await postChat(url, body, init);
  return {
    status: response.status,
    json: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
}

/** The chunks of a stream, and whether it ended with [DONE]. */
export async function chatChunks(url: string, body: object): Promise<{ chunks: Chunk[]; isDone: boolean }> {
  const response = await postChat(url, { ...body, stream: true });
  if (response.status !== 200) throw new Error(`status ${response.status}: ${await response.text()}`);
  const events = (await response.text()).split("\n\n").filter((event) => event !== "");
  const data = events.map((event) => event.replace(/^data: /, ""));
  return {
    chunks: data.filter((each) => each !== "[DONE]").map((each) => JSON.parse(each) as Chunk),
    isDone: data.at(-1) === "[DONE]",
  };
}

/** An image as a part of a message. */
export async function imagePart(image: RgbImage): Promise<object> {
  const base64 = Buffer.from(await encodePng(image)).toString("base64");
  return { type: "image_url", image_url: { url: `data:image/png;base64,${base64}` } };
}
