/**
 * @module
 * Conversations: turns of a user and an assistant, paired into questions and their answers.
 */
import { DataError } from "../../../errors/index.ts";
import { type Asked, asText, contentAsked, described, joined } from "./asked.ts";
import { isStruct } from "./cells.ts";
import { unquoted } from "./literal.ts";

/** A question, and the answer that follows it, if one does. */
export interface Exchange {
  readonly asked: Asked;
  readonly answer: string | undefined;
  /** Text of the conversation's system turns; undefined where it has none. */
  readonly system: string | undefined;
}

type Speaker = "user" | "assistant" | "system";

interface Turn {
  readonly from: Speaker;
  readonly content: unknown;
}

/** Roles of LLaVA, ShareGPT, OpenAI and ms-swift, in any case. */
const SPEAKERS: Readonly<Record<string, Speaker>> = {
  human: "user",
  user: "user",
  gpt: "assistant",
  assistant: "assistant",
  model: "assistant",
  bot: "assistant",
  system: "system",
  developer: "system",
};

function turnsOf(turn: unknown): Turn[] {
  if (!isStruct(turn)) throw new DataError("conversations: expected turns");
  const role = turn["from"] ?? turn["role"];
  const content = turn["value"] ?? turn["content"];
  if (role === undefined || role === null) {
    // ms-swift's `conversation`: both turns in one struct.
    const [human, assistant] = [turn["human"] ?? turn["user"], turn["assistant"]];
    if (human === undefined) throw new DataError("conversations: expected turns with a role and a content");
    const answer: Turn[] = assistant == null ? [] : [{ from: "assistant", content: assistant }];
    return [{ from: "user", content: human }, ...answer];
  }
  const name = typeof role === "string" ? role.trim().toLowerCase() : "";
  const from = Object.hasOwn(SPEAKERS, name) ? SPEAKERS[name] : undefined;
  if (from === undefined)
    throw new DataError(`conversations: expected turns of a user and an assistant, got ${described(role)}`);
  return [{ from, content }];
}

/** Whether a cell is a conversation: a list of structs with roles. */
export function isConversation(value: unknown): value is readonly unknown[] {
  const roles = ["from", "role", "human", "user"];
  return Array.isArray(value) && value.some((turn) => isStruct(turn) && roles.some((key) => key in turn));
}

/** The text of an assistant's turn. */
function answerText(turns: readonly Turn[]): string {
  const said = joined(
    turns.map(({ content }) => contentAsked(content, "answer")),
    "\n",
  );
  if (said.images.length + said.videos.length > 0)
    throw new DataError("answer: expected text alone, got an image or a video in an assistant's turn");
  return said.text;
}

/**
 * The exchanges of a conversation, in order. Turns of one speaker in a row are one; what an assistant says before the first
 * question is left out.
 *
 * @param value a list of `{from, value}` or `{role, content}`, or of `{human, assistant}`, or a text that is such a list
 * @throws DataError when it is not a conversation, has turns of other speakers, or media in an answer
 */
export function exchangesOf(value: unknown): Exchange[] {
  const list = unquoted(value);
  if (!Array.isArray(list)) throw new DataError("conversations: expected a list of turns");
  const all = list.flatMap(turnsOf);
  const turns = all.filter(({ from }) => from !== "system");
  const instructions = all.filter(({ from }) => from === "system");
  const system =
    instructions.map(({ content }) => contentAsked(content, "system").text).join("\n") || undefined;
  const first = turns.findIndex(({ from }) => from === "user");
  const exchanges: { asked: Turn[]; answer: Turn[] }[] = [];
  for (const turn of first < 0 ? [] : turns.slice(first)) {
    const last = exchanges.at(-1);
    if (turn.from === "assistant") last?.answer.push(turn);
    else if (last === undefined || last.answer.length > 0) exchanges.push({ asked: [turn], answer: [] });
    else last.asked.push(turn);
  }
  return exchanges.map(({ asked, answer }) => ({
    asked: joined(
      asked.map(({ content }) => contentAsked(content, "question")),
      "\n",
    ),
    answer: answer.length === 0 ? undefined : answerText(answer),
    system,
  }));
}

/** The assistant's text in a cell that is a text, or messages without a question. */
export function spokenText(value: unknown, what: string): string {
  const said = unquoted(value);
  if (!isConversation(said)) return asText(value, what);
  return answerText(said.flatMap(turnsOf).filter(({ from }) => from === "assistant"));
}
