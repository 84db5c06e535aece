/**
 * @module
 * A problem as messages of OpenAI's API: the conversation that a model in process is asked, its images as PNG files in data
 * URIs. PNG keeps every pixel, so a server sees what a model in process sees.
 */
import type { Message, MessagePart } from "../chat/index.ts";
import type { Problem } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import { type ChatMessage, encodePng, type RgbImage } from "../model/index.ts";
import type { AnswerFormat } from "./answer-format.ts";
import { conversation } from "./conversation.ts";

/** An image as the address of itself. */
async function dataUri(image: RgbImage): Promise<string> {
  return `data:image/png;base64,${Buffer.from(await encodePng(image)).toString("base64")}`;
}

async function imagePart(image: RgbImage): Promise<MessagePart> {
  return { type: "image_url", image_url: { url: await dataUri(image) } };
}

/** Words around a question, where a request may have a system message of its own. */
type Words = Omit<AnswerFormat, "system"> & { readonly system?: string | undefined };

/**
 * The conversation of a problem, its images and videos still places.
 *
 * @throws DataError when the question has not one place for each image and each video
 */
export function problemConversation(problem: Problem, { question, system, suffix }: Words): ChatMessage[] {
  const { images, videos = [] } = problem;
  const asked = question?.(problem) ?? problem.question;
  return conversation(asked, images.length, { system, suffix }, videos.length);
}

/**
 * The messages of a problem. Images and videos are at their places in the question; else first.
 *
 * @param videos `frames` sends each frame of a video as an image
 * @throws DataError when the problem has a video and they are refused, or not one place for each image
 */
export async function problemMessages(
  problem: Problem,
  words: Words,
  videos: "refuse" | "frames",
): Promise<Message[]> {
  const { id, images, videos: clips = [] } = problem;
  if (clips.length > 0 && videos === "refuse") {
    throw new DataError(
      `problem ${id}: has a video, for which the API of chat completions has no part; videos: frames sends its frames`,
    );
  }
  const messages = problemConversation(problem, words);
  const media = {
    image: images.map((image) => [image]),
    video: clips.map(({ frames }) => [...frames]),
  };
  return Promise.all(messages.map((message) => withMedia(message, media)));
}

/** Pictures by kind of part; each part takes the next of its kind. */
type Media = Readonly<Record<"image" | "video", RgbImage[][]>>;

async function withMedia({ role, content }: ChatMessage, media: Media): Promise<Message> {
  if (typeof content === "string") return { role, content };
  // Not every server takes a list of parts for no more than a text.
  if (content.every((part) => part.type === "text")) {
    return { role, content: content.map(({ text }) => text).join("") };
  }
  const parts = content.map(async (part) => {
    if (part.type === "text") return [part];
    return Promise.all((media[part.type].shift() ?? []).map(imagePart));
  });
  return { role, content: (await Promise.all(parts)).flat() };
}
