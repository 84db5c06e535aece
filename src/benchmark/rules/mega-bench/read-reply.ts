/**
 * @module
 * How MEGA-Bench's code reads a reply: the answer after "Answer:", code blocks, JSON.
 */
import { pythonLiteral } from "../../python/read.ts";
import { isDict, type PythonDict, type PythonValue } from "../../python/value.ts";
import { pythonStr } from "../../python/write.ts";
import { isEmpty, jsonInText } from "./json-in-text.ts";

/** How a task's replies are read, in the words of the published files. */
export const READINGS = ["answer_string", "ascii_answer_string", "verbatim_answer_string", "json"] as const;
export type ReplyReading = (typeof READINGS)[number];

/** Whose code reads: VLMEvalKit's takes the first "Answer:", the authors' and lmms-eval's the last. */
interface ReadingOptions {
  readonly isLastAnswer: boolean;
}

/** A text that is a quoted string, without its quotes. */
export function unquotedText(value: PythonValue): PythonValue {
  if (typeof value !== "string") return value;
  const literal = pythonLiteral(value);
  return typeof literal === "string" ? literal : value;
}

function withLastAnswer(reply: string): string {
  const text = reply.replaceAll("answer:", "Answer:");
  const last = text.lastIndexOf("Answer:");
  return last < 0 ? text : text.slice(0, last).replaceAll("Answer:", "") + text.slice(last);
}

const ANSWER = /\*\*?Answer:\s*([\s\S]*?)\*\*?|(?<![\p{L}\p{N}_])Answer:\s*([\s\S]*)/u;
const ASCII_ANSWER = /\*\*?Answer:([\s\S]*?)\*\*?|(?<![\p{L}\p{N}_])Answer:([\s\S]*)/u;

/** Without blank lines at either end, and one blank line for several. */
function withoutBlankLines(text: string, isVerbatim: boolean): string {
  const single = text.replaceAll(/^[^\S\n]*\n(?:[^\S\n]*\n)*[^\S\n]*$/gm, "");
  const ended = isVerbatim ? single.replace(/(?:\n\s*)+$/, "") : single.trimEnd();
  return ended.replace(/^(?:\s*\n)+/, "");
}

function answerIn(reply: string, reading: ReplyReading, { isLastAnswer }: ReadingOptions): string {
  const text = isLastAnswer ? withLastAnswer(reply) : reply;
  const match = (reading === "answer_string" ? ANSWER : ASCII_ANSWER).exec(text);
  const answer = match === null ? text : match[1] || match[2] || "";
  return reading === "answer_string"
    ? answer.trim()
    : withoutBlankLines(answer, reading === "verbatim_answer_string");
}

const BLOCKS = {
  answer_string: /```[\p{L}\p{N}_]*\s*\n*([\s\S]*?)\s*```/u,
  ascii_answer_string: /```[\p{L}\p{N}_]*(?:\s*\n+)?([\s\S]*?)\s*```/u,
  verbatim_answer_string: /```[\p{L}\p{N}_]*(?:\s*\n+)?([\s\S]*?)(?:\n+\s*)?```/u,
} as const;

/** The content of the code block of a text; undefined if there is none. */
export function codeBlock(text: string, reading: keyof typeof BLOCKS): string | undefined {
  const isBlank = reading !== "answer_string" && (text.trim() === "" || Array.from(text).length > 10_000);
  const block = BLOCKS[reading].exec(isBlank ? text.trimEnd() : text)?.[1];
  return reading === "answer_string" ? block?.trim() : block;
}

const SHORT = /^(?:[\w-]+(?:,\s*[\w-]+)*|[\w-]+\.|\([\w-]+\)$)/;

/** The first paragraph alone, where it begins as a choice does and a blank line follows its first line. */
function withoutRemarks(answer: string): string {
  const first = answer.split("\n\n")[0]!.trim();
  const lines = answer.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  const line = lines.findIndex((text) => text.trim() !== "");
  const isSingle = line < 0 || (line + 1 < lines.length && lines[line + 1]!.trim() === "");
  return SHORT.test(first) && first !== "" && isSingle ? first : answer;
}

/** The text that a reply gives for an answer of one field. */
function answerText(
  reply: string,
  reading: Exclude<ReplyReading, "json">,
  isSingleLine: boolean,
  options: ReadingOptions,
): string {
  const found = answerIn(reply, reading, options);
  const code = codeBlock(found, reading);
  const text = code ?? (isSingleLine && reading === "answer_string" ? withoutRemarks(found) : found);
  if (!/^[{[]/.test(text)) return unquotedText(text) as string;
  const value = jsonInText(text);
  for (const brackets of ["{}", "[]"] as const) {
    if (isEmpty(value, brackets) && !text.includes(brackets)) return text;
  }
  return pythonStr(value);
}

/** A reply's value of each field of the answer. */
export function readReply(
  reply: string,
  reading: ReplyReading,
  fields: readonly (readonly [name: string, right: PythonValue])[],
  options: ReadingOptions,
): PythonDict {
  if (reading === "json") {
    const value = jsonInText(reply);
    if (isDict(value) && value.entries.length > 0)
      return { type: "dict", entries: value.entries.map(([key, of]) => [key, unquotedText(of)]) };
    return { type: "dict", entries: fields.map(([name]) => [name, reply]) };
  }
  const [name, right] = fields.find(([field]) => !field.startsWith("##"))!;
  const isSingleLine = typeof right === "string" && !right.includes("\n");
  return { type: "dict", entries: [[name, answerText(reply, reading, isSingleLine, options)]] };
}
