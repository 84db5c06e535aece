/**
 * @module
 * A client of OpenAI-compatible servers, for judges and for models under test. Start with `chat-client`; `chat-wire` has
 * what is sent and read, `request-gate` how many requests are under way; clock and waits are `http`'s.
 */
export { ChatClient, type ChatClientContext, type ChatSpending } from "./chat-client.ts";
export type {
  ChatAnswer,
  ChatChoice,
  ChatRequest,
  ChatUsage,
  Message,
  MessagePart,
} from "./chat-wire.ts";
export { type ChatServerOptions, chatServerFields } from "./options.ts";
