/**
 * @module
 * Between problems and tokens: how a problem is put to a model, and how its completion is read. The only place that
 * knows both the chat format and the data.
 */
import type { Demonstration, Problem } from "../data/index.ts";
import { ModelError, PartError } from "../errors/index.ts";
import {
  type ChatFormat,
  type ChatMessage,
  type Prompt,
  type PromptChunk,
  type PromptModel,
  promptFromMessages,
  type RgbImage,
  type Sight,
} from "../model/index.ts";
import { partError, shownValue } from "../parts/index.ts";
import { continuedConversation, conversation, type Frame, textConversation } from "./conversation.ts";
import { type Decode, tokenTexts } from "./token-texts.ts";

/**
 * How problems become conversations: what `openPrompts` says of a model's directory, and the words around a question. The
 * first of `stopTokens` ends a demonstration; without `sight` the model is a text model.
 */
export interface DialogueOptions extends ChatFormat, Pick<PromptModel, "stopTokens" | "sight">, Frame {
  /** The question as the model is asked it; that of the problem unless given. */
  readonly question?: ((problem: Problem) => string) | undefined;
}

/** Problems to prompts, and tokens to text. */
export interface Dialogue {
  readonly stopTokens: readonly number[];
  /** The model's sizes and its parts for images; undefined for a text model. */
  readonly sight?: Sight | undefined;
  /**
   * Images and videos where the question has their places; else first, then the question.
   *
   * @param frame words in the place of the dialogue's own, where given
   * @throws DataError when the question has not one place for each image and each video
   * @throws ModelError when there are images or videos and the model is a text model
   */
  prompt(problem: Problem, frame?: Frame): Prompt;
  /**
   * The prompt of a conversation as its messages are, without the dialogue's own words. A text model takes messages whose
   * content is a text.
   *
   * @param images one for each image part, in their order
   * @throws DataError when the number of image parts is another
   * @throws ModelError when there are images and the model is a text model, or its template fails on the messages
   */
  conversationPrompt(messages: readonly ChatMessage[], images: readonly RgbImage[]): Prompt;
  /**
   * The prompts of the later turns of a demonstrated conversation: each after all turns before it.
   *
   * @returns in the order of `demonstration.later`; none without later turns
   * @throws DataError, ModelError as `prompt` does; ModelError where the model is a text model
   */
  laterPrompts(demonstration: Demonstration): Prompt[];
  /** Tokens of a prompt, tokens of its images and videos included. */
  promptTokens(prompt: Prompt): number;
  /** The tokens of a completion to imitate, its stop token included. */
  completionTokens(text: string): Int32Array;
  /** A completion's text, special tokens left out. */
  text(tokens: ArrayLike<number>): string;
  /** `[T]` texts that joined are `text`; "" for special tokens, and within a character (`token-texts.ts`). */
  tokenTexts(tokens: ArrayLike<number>): string[];
  /** The text of a token by itself; of a special token its name, of a stop token "". */
  tokenName(token: number): string;
}

/** The dialogue of a model with this tokenizer and chat template. */
export function createDialogue(options: DialogueOptions): Dialogue {
  const { tokenizer, stopTokens, sight, system, suffix } = options;
  const [stop] = stopTokens;
  const chunkTokens = (chunk: PromptChunk): number => {
    if (chunk.kind === "text") return chunk.tokens.length;
    if (sight === undefined)
      throw new ModelError(`prompt: has an image or video, but the model is a text model`);
    return sight.vision.tokens(chunk);
  };
  /** The question as the model is asked it. */
  const asked = (problem: Problem): string => {
    if (options.question === undefined) return problem.question;
    const where = `prompt format: question (problem ${problem.id})`;
    let text: unknown;
    try {
      text = options.question(problem);
    } catch (error) {
      throw partError(error, where);
    }
    if (typeof text === "string") return text;
    throw new PartError(`${where}: expected a text, got ${shownValue(text)}`);
  };
  const known = new Map<number, string>();
  const decode: Decode = (ids) => {
    const [id] = ids;
    if (id === undefined || ids.length > 1) return tokenizer.decode(ids, { skipSpecial: true });
    const found = known.get(id) ?? tokenizer.decode(ids, { skipSpecial: true });
    known.set(id, found);
    return found;
  };
  return {
    stopTokens,
    sight,
    prompt(problem, given = {}) {
      const { id, images, videos = [] } = problem;
      const question = asked(problem);
      const frame = { system: given.system ?? system, suffix: given.suffix ?? suffix };
      if (sight !== undefined) {
        const messages = conversation(question, images.length, frame, videos.length);
        return promptFromMessages(messages, images, options, { videos });
      }
      const seen = images.length + videos.length;
      if (seen === 0) return promptFromMessages(textConversation(question, frame), [], options);
      throw new ModelError(`problem ${id}: has ${seen} images or videos, but the model is a text model`);
    },
    conversationPrompt: (messages, images) => promptFromMessages(messages, images, options),
    laterPrompts({ problem, completion, later = [] }) {
      if (later.length === 0) return [];
      if (sight === undefined) {
        throw new ModelError(`problem ${problem.id}: has later turns, but the model is a text model`);
      }
      const turns = [{ ...problem, question: asked(problem), completion }, ...later];
      return later.map((turn, i) => {
        const before = turns.slice(0, i + 1);
        const earlier = before.map(({ question, images, videos = [], completion: answer }) => ({
          question,
          images: images.length,
          videos: videos.length,
          answer,
        }));
        const all = [...before, turn];
        const images = all.flatMap((own) => own.images);
        const videos = all.flatMap((own) => own.videos ?? []);
        const messages = continuedConversation(
          earlier,
          turn.question,
          turn.images.length,
          { system, suffix },
          turn.videos?.length ?? 0,
        );
        return promptFromMessages(messages, images, options, { videos });
      });
    },
    promptTokens: ({ chunks }) => chunks.reduce((sum, chunk) => sum + chunkTokens(chunk), 0),
    completionTokens(text) {
      const tokens = tokenizer.encode(text, { special: false });
      return Int32Array.from(stop === undefined ? tokens : [...tokens, stop]);
    },
    text: (tokens) => tokenizer.decode(tokens, { skipSpecial: true }),
    tokenTexts: (tokens) => tokenTexts(tokens, decode),
    tokenName: (token) =>
      stopTokens.includes(token) ? "" : decode([token]) || tokenizer.decode([token], { skipSpecial: false }),
  };
}
