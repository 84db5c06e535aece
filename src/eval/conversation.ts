/**
 * @module
 * A question as the messages that a model is sent. Opens no file, so that the viewer's page asks as training does.
 */
import { questionParts } from "../data/question-parts.ts";
import type { ChatMessage } from "../model/chat-template.ts";

/** What stands around every question. */
export interface Frame {
  /** System message; the chat template's own unless given. */
  readonly system?: string | undefined;
  /** Text put after every question. */
  readonly suffix?: string | undefined;
}

/**
 * Images and videos where the question has their places; else first, then the question.
 *
 * @param images how many there are
 * @param videos how many there are
 * @throws DataError when the question has some places, but not one for each image or video
 */
export function conversation(
  question: string,
  images: number,
  { system, suffix = "" }: Frame = {},
  videos = 0,
): ChatMessage[] {
  return [
    ...systemMessage(system),
    { role: "user", content: questionParts(question + suffix, images, videos) },
  ];
}

/** The same for a text model, whose template reads texts, and takes a list of parts for no text at all. */
export function textConversation(question: string, { system, suffix = "" }: Frame = {}): ChatMessage[] {
  return [...systemMessage(system), { role: "user", content: question + suffix }];
}

function systemMessage(system: string | undefined): ChatMessage[] {
  return system === undefined ? [] : [{ role: "system", content: system }];
}
