/**
 * @module
 * A question as the messages that a model is sent. Opens no file, so that the viewer's page asks as training does.
 */
import { questionParts } from "../data/question-parts.ts";
import type { ChatMessage } from "../model/chat-template.ts";

/** The text around every question. */
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

/** A turn of a conversation that is over: the question as it was asked, and its answer. */
export interface EarlierTurn {
  readonly question: string;
  /** How many images and videos the question has. */
  readonly images: number;
  readonly videos: number;
  readonly answer: string;
}

/**
 * A conversation whose last question is still to be answered.
 *
 * @param earlier turns before it, in order
 */
export function continuedConversation(
  earlier: readonly EarlierTurn[],
  question: string,
  images: number,
  { system, suffix = "" }: Frame = {},
  videos = 0,
): ChatMessage[] {
  const turns = earlier.flatMap((turn): ChatMessage[] => [
    { role: "user", content: questionParts(turn.question + suffix, turn.images, turn.videos) },
    { role: "assistant", content: turn.answer },
  ]);
  return [
    ...systemMessage(system),
    ...turns,
    { role: "user", content: questionParts(question + suffix, images, videos) },
  ];
}

function systemMessage(system: string | undefined): ChatMessage[] {
  return system === undefined ? [] : [{ role: "system", content: system }];
}
