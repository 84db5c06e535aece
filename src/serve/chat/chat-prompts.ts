/**
 * @module
 * Messages to prompts, by the dialogue that evaluations in process ask with. Equal conversations are one prompt, which an
 * engine computes once.
 */
import { createHash } from "node:crypto";
import { DataError, ModelError } from "../../errors/index.ts";
import type { ChatMessage, ContentPart, Prompt, RgbImage } from "../../model/index.ts";
import { heldBytes, MOST_BYTES } from "../held-bytes.ts";
import { Kept, type KeptLimits } from "../kept.ts";
import type { ServedModel } from "../served-model.ts";
import { ChatRefusal } from "./chat-refusal.ts";
import type { ChatBodyMessage } from "./chat-schema.ts";
import { imageOf } from "./data-uri.ts";

/** Pixels of all images of a request. */
const MAX_PIXELS = 2 ** 26;
/** A text of more characters than this for each token of the context is not even encoded, which would take long. */
const CHARACTERS_PER_TOKEN = 16;
const KEPT: KeptLimits = { values: 256, bytes: MOST_BYTES };

/** A prompt and its number of tokens, image tokens included. */
export interface ChatPrompt {
  readonly prompt: Prompt;
  readonly tokens: number;
}

export class ChatPrompts {
  readonly #known: Kept<Promise<ChatPrompt>>;

  /** @param limits of prompts that are kept, least recently used first out */
  constructor(limits = KEPT) {
    this.#known = new Kept(limits);
  }

  /** @throws ChatRefusal when a message cannot be read, or the model does not take it */
  async prompt(served: ServedModel, messages: readonly ChatBodyMessage[]): Promise<ChatPrompt> {
    const key = createHash("sha256")
      .update(JSON.stringify([served.name, messages]))
      .digest("hex");
    const found = this.#known.use(key, () => made(served, messages));
    found.then(
      ({ prompt }) => this.#known.hold(key, found, heldBytes(prompt)),
      () => this.#known.drop(key, found),
    );
    return found;
  }
}

async function made(served: ServedModel, messages: readonly ChatBodyMessage[]): Promise<ChatPrompt> {
  const { dialogue } = served;
  requireShort(messages, served.contextLength);
  const images = await imagesOf(messages, dialogue.sight !== undefined);
  try {
    const prompt = dialogue.conversationPrompt(
      messages.map((message) => chatMessage(message, dialogue.sight !== undefined)),
      images,
    );
    return { prompt, tokens: dialogue.promptTokens(prompt) };
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof DataError)) throw error;
    throw new ChatRefusal(error.message, { param: "messages", code: "invalid_value" });
  }
}

function requireShort(messages: readonly ChatBodyMessage[], contextLength: number): void {
  const most = CHARACTERS_PER_TOKEN * contextLength;
  let characters = 0;
  for (const { content } of messages) {
    for (const part of content) characters += part.type === "text" ? part.text.length : 0;
  }
  if (characters <= most) return;
  throw new ChatRefusal(
    `messages: expected at most ${most} characters, ${CHARACTERS_PER_TOKEN} for each token of the model's context, got ${characters}`,
    { param: "messages", code: "context_length_exceeded" },
  );
}

/** The images of messages in their order. */
async function imagesOf(messages: readonly ChatBodyMessage[], canSee: boolean): Promise<RgbImage[]> {
  const images: RgbImage[] = [];
  let left = MAX_PIXELS;
  for (const [m, { content }] of messages.entries()) {
    for (const [p, part] of content.entries()) {
      if (part.type === "text") continue;
      const param = `messages[${m}].content[${p}].image_url.url`;
      if (!canSee) throw new ChatRefusal(`${param}: the model is a text model`, { param });
      const image = await imageOf(part.image_url.url, param, left);
      left -= image.width * image.height;
      images.push(image);
    }
  }
  return images;
}

/** A message as templates take it: what a user says in parts, so that images have their places; all else as a text. */
function chatMessage({ role, content }: ChatBodyMessage, canSee: boolean): ChatMessage {
  const parts = content.map((part): ContentPart => (part.type === "text" ? part : { type: "image" }));
  const name = role === "developer" ? "system" : role;
  if (role === "user" && canSee) return { role: name, content: parts };
  return { role: name, content: parts.map((part) => (part.type === "text" ? part.text : "")).join("") };
}
