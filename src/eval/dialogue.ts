/**
 * @module
 * Between problems and tokens: how a problem is put to a model, and how its completion is read. The only place that
 * knows both the chat format and the data.
 */
import type { Problem } from "../data/index.ts";
import { ModelError } from "../errors/index.ts";
import {
  type ChatFormat,
  imageGrid,
  mergedTokens,
  type ProcessorConfig,
  type Prompt,
  type PromptChunk,
  promptFromMessages,
  type VideoProcessorConfig,
  videoGrid,
} from "../model/index.ts";
import { conversation, type Frame, textConversation } from "./conversation.ts";

/** How problems become conversations. */
export interface DialogueOptions extends ChatFormat, Frame {
  /** Ids that end a completion; at least one. The first ends a demonstration. */
  readonly stopTokens: readonly number[];
  /** How images and videos are cut into tokens; a text model has none. */
  readonly vision?: { readonly image: ProcessorConfig; readonly video: VideoProcessorConfig } | undefined;
  /** The question as the model is asked it; that of the problem unless given. */
  readonly question?: ((problem: Problem) => string) | undefined;
}

/** Problems to prompts, and tokens to text. */
export interface Dialogue {
  readonly stopTokens: readonly number[];
  /**
   * Images and videos where the question has their places; else first, then the question.
   *
   * @throws DataError when the question has not one place for each image and each video
   * @throws ModelError when there are images or videos and the model is a text model
   */
  prompt(problem: Problem): Prompt;
  /** Tokens of a prompt, those of its images and videos included. */
  promptTokens(prompt: Prompt): number;
  /** The tokens of a completion to imitate, its stop token included. */
  completionTokens(text: string): Int32Array;
  /** A completion's text, special tokens left out. */
  text(tokens: ArrayLike<number>): string;
  /** `[T]` the text of each token alone; "" for special tokens. */
  tokenTexts(tokens: ArrayLike<number>): string[];
}

/** The dialogue of a model with this tokenizer and chat template. */
export function createDialogue(options: DialogueOptions): Dialogue {
  const { tokenizer, stopTokens, vision, system, suffix } = options;
  const [stop] = stopTokens;
  const chunkTokens = (chunk: PromptChunk): number => {
    if (chunk.kind === "text") return chunk.tokens.length;
    if (vision === undefined)
      throw new ModelError(`prompt: has an image or video, but the model is a text model`);
    if (chunk.kind === "image") {
      return mergedTokens(imageGrid(chunk.image, vision.image), vision.image.mergeSize);
    }
    const { frames } = chunk.video;
    const size = frames[0] ?? { width: 0, height: 0 };
    return mergedTokens(videoGrid(size, frames.length, vision.video), vision.video.mergeSize);
  };
  const known = new Map<number, string>();
  const tokenText = (id: number): string => {
    const found = known.get(id) ?? tokenizer.decode([id], { skipSpecial: true });
    known.set(id, found);
    return found;
  };
  return {
    stopTokens,
    prompt(problem) {
      const { id, images, videos = [] } = problem;
      const question = options.question?.(problem) ?? problem.question;
      if (vision !== undefined) {
        const messages = conversation(question, images.length, { system, suffix }, videos.length);
        return promptFromMessages(messages, images, options, { videos });
      }
      const seen = images.length + videos.length;
      if (seen === 0) return promptFromMessages(textConversation(question, { system, suffix }), [], options);
      throw new ModelError(`problem ${id}: has ${seen} images or videos, but the model is a text model`);
    },
    promptTokens: ({ chunks }) => chunks.reduce((sum, chunk) => sum + chunkTokens(chunk), 0),
    completionTokens(text) {
      const tokens = tokenizer.encode(text, { special: false });
      return Int32Array.from(stop === undefined ? tokens : [...tokens, stop]);
    },
    text: (tokens) => tokenizer.decode(tokens, { skipSpecial: true }),
    tokenTexts: (tokens) => Array.from(tokens, tokenText),
  };
}
