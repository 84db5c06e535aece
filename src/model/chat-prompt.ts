/**
 * @module
 * From a conversation with its images and videos to the prompt that the network reads. Only the template's
 * own text can make special tokens; the messages' text stays text, even if it looks like a special token.
 */
import { DataError, ModelError } from "../errors/index.ts";
import type { Placeholders, VideoWords } from "./architecture.ts";
import type { ChatMessage, ChatTemplate, RenderOptions } from "./chat-template.ts";
import type { RgbImage } from "./image/rgb-image.ts";
import type { VideoClip } from "./image/video-clip.ts";
import type { Prompt, PromptChunk } from "./prompt.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Private-use characters that replace the texts of the messages while the template is rendered. */
const OPEN = "\uE0F0";
const CLOSE = "\uE0F1";
const MARK = new RegExp(`${OPEN}\\d+${CLOSE}`, "g");
const MARK_PART = new RegExp(`[${OPEN}${CLOSE}]`);

/**
 * The messages with each text replaced by a mark, and the texts. The blanks around a text are no part of it, and a text
 * without anything else has no mark: templates trim texts, and ask whether they are empty.
 */
function markTexts(messages: readonly ChatMessage[]): { marked: ChatMessage[]; texts: string[] } {
  const texts: string[] = [];
  const mark = (text: string) => {
    const core = text.trim();
    if (core === "") return text;
    const start = text.indexOf(core);
    const own = `${OPEN}${texts.push(core) - 1}${CLOSE}`;
    return text.slice(0, start) + own + text.slice(start + core.length);
  };
  const marked = messages.map(({ role, content }) => ({
    role,
    content:
      typeof content === "string"
        ? mark(content)
        : content.map((part) => (part.type === "text" ? { type: part.type, text: mark(part.text) } : part)),
  }));
  return { marked, texts };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** The template's variables, and the videos. */
export interface PromptOptions extends RenderOptions {
  /** One per video part of the messages, in their order. */
  readonly videos?: readonly VideoClip[];
}

/** The parts that turn conversations into prompts. */
export interface ChatFormat {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** The placeholders of images and videos; undefined for a text model. */
  readonly placeholders?: Placeholders | undefined;
  /** The architecture's own template, for conversations that the directory's has no place for. */
  readonly ownTemplate?: ChatTemplate | undefined;
  /** The words around a video's frames; undefined where a video is one chunk. */
  readonly videoWords?: VideoWords | undefined;
}

/** How often a text holds another. */
function count(text: string, part: string | undefined): number {
  return part === undefined ? 0 : text.split(part).length - 1;
}

/** The fault of the places for images and videos in a rendered conversation. */
function wrongPlaces(
  rendered: string,
  asked: Readonly<Record<"image" | "video", number>>,
  placeholders: Placeholders | undefined,
): string {
  const wrong = (["image", "video"] as const).find(
    (kind) => count(rendered, placeholders?.[kind]) !== asked[kind],
  )!;
  const token = placeholders?.[wrong];
  return `chat template: expected ${asked[wrong]} times ${token}, got ${count(rendered, token)}`;
}

/** A conversation as text. */
interface Rendered {
  readonly text: string;
  /** The texts that its marks replace; undefined where the messages' texts are in the text itself. */
  readonly texts?: readonly string[];
}

/** Messages whose texts are all parts. */
function inParts(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.map((message) =>
    typeof message.content === "string"
      ? { ...message, content: [{ type: "text", text: message.content }] }
      : message,
  );
}

/**
 * The conversation as text, by the first template that has a place for all of it. First comes the directory's
 * template, which may take a message's text as a part only; then the architecture's own.
 *
 * A template may look at the texts, as those do that leave out earlier reasoning. Then it gives something else for the texts than
 * for their marks, which is taken as it is where no text could be read as a special token.
 *
 * @param special texts of the tokens that only the template may make
 * @throws ModelError saying why the directory's has none: it fails, leaves a message out, changes a text that could be
 *   read as a special token, or has other places for images and videos
 */
function render(
  messages: readonly ChatMessage[],
  special: readonly string[],
  asked: Readonly<Record<"image" | "video", number>>,
  { template, ownTemplate, placeholders }: ChatFormat,
  options: RenderOptions,
): Rendered {
  const { marked, texts } = markTexts(messages);
  const says = (text: string) => texts.every((_, i) => text.includes(`${OPEN}${i}${CLOSE}`));
  const requirePlaces = (text: string) => {
    const shows =
      count(text, placeholders?.image) === asked.image && count(text, placeholders?.video) === asked.video;
    if (!shows) throw new ModelError(wrongPlaces(text, asked, placeholders));
  };
  const inseparable = () =>
    new ModelError(
      "chat template: changes the text of messages, so their text cannot be separated from the template's own",
    );
  const attempt = (own: ChatTemplate, shaped: (given: readonly ChatMessage[]) => readonly ChatMessage[]) => {
    const text = own.render(shaped(marked), options);
    requirePlaces(text);
    if (MARK_PART.test(text.replaceAll(MARK, ""))) throw inseparable();
    if (!says(text)) throw new ModelError("chat template: leaves out what a message says");
    const real = own.render(shaped(messages), options);
    if (real === text.replaceAll(MARK, (mark) => texts[Number(mark.slice(1, -1))]!)) return { text, texts };
    if (texts.some((given) => special.some((token) => given.includes(token)))) throw inseparable();
    requirePlaces(real);
    return { text: real };
  };
  const attempts = [() => attempt(template, (given) => given)];
  if (placeholders !== undefined) {
    attempts.push(() => attempt(template, inParts));
    if (ownTemplate !== undefined) attempts.push(() => attempt(ownTemplate, inParts));
  }
  let trouble: unknown;
  for (const one of attempts) {
    try {
      return one();
    } catch (cause) {
      if (!(cause instanceof ModelError)) throw cause;
      trouble ??= cause;
    }
  }
  throw trouble;
}

/**
 * The prompt of a conversation: its text as token ids, each image and video in the place of its placeholder.
 *
 * Text between two special tokens is encoded as a whole, template and messages together, so the ids equal those
 * of the rendered conversation wherever the messages contain no special token.
 *
 * @param images one per image part of the messages, in their order
 * @throws DataError when the number of image or video parts is not the number of images or videos
 * @throws ModelError when the template does not give each image and video part one placeholder, or the model takes none
 */
export function promptFromMessages(
  messages: readonly ChatMessage[],
  images: readonly RgbImage[],
  format: ChatFormat,
  options: PromptOptions = {},
): Prompt {
  const { tokenizer, placeholders, videoWords } = format;
  const { videos = [] } = options;
  const parts = messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
  for (const [type, given] of [
    ["image", images.length],
    ["video", videos.length],
  ] as const) {
    const places = parts.filter((part) => part.type === type).length;
    if (places !== given) {
      throw new DataError(`prompt: expected ${type}s for ${places} ${type} parts, got ${given}`);
    }
    if (given > 0 && placeholders?.[type] === undefined)
      throw new ModelError(`prompt: has ${type}s, which the model does not take`);
  }
  const asked = { image: images.length, video: videos.length };
  const standIns = [placeholders?.image, placeholders?.video].filter((text) => text !== undefined);
  const special = [...new Set([...tokenizer.specialTokens, ...standIns])];
  const { text: rendered, texts } = render(messages, special, asked, format, options);

  const chunks: PromptChunk[] = [];
  let tokens: number[] = [];
  let run = "";
  let usedImages = 0;
  let usedVideos = 0;
  const endRun = () => {
    if (run !== "") for (const token of tokenizer.encode(run, { special: false })) tokens.push(token);
    run = "";
  };
  const endChunk = () => {
    endRun();
    if (tokens.length > 0) chunks.push({ kind: "text", tokens });
    tokens = [];
  };
  const showVideo = (video: VideoClip) => {
    for (const piece of videoWords?.(video) ?? [{ kind: "video" as const, video }]) {
      if (typeof piece === "string") run += piece;
      else {
        endChunk();
        chunks.push(piece);
      }
    }
  };
  const separators = [
    ...(texts === undefined ? [] : [`${OPEN}\\d+${CLOSE}`]),
    ...special.map(escaped).sort((a, b) => b.length - a.length),
  ];
  const pieces =
    separators.length === 0 ? [rendered] : rendered.split(new RegExp(`(${separators.join("|")})`));
  pieces.forEach((piece, i) => {
    // Splitting by a group puts the text between the matches at even places, and the matches at odd places.
    if (i % 2 === 0) {
      run += piece;
    } else if (texts !== undefined && piece.startsWith(OPEN)) {
      run += texts[Number(piece.slice(1, -1))] ?? "";
    } else if (piece === placeholders?.image) {
      const image = images[usedImages++];
      endChunk();
      if (image !== undefined) chunks.push({ kind: "image", image });
    } else if (piece === placeholders?.video) {
      const video = videos[usedVideos++];
      if (video !== undefined) showVideo(video);
    } else {
      endRun();
      tokens.push(tokenizer.requireTokenId(piece));
    }
  });
  endChunk();
  return { chunks };
}
