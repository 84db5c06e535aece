/**
 * @module
 * The rule of VLMEvalKit for DynaMath (Apache-2.0, commit e8e78f0), which is the authors' with a judge behind it.
 */
import { type JudgedProblem, pythonFloat } from "../../verify/index.ts";
import type { Reading, ReadingRule } from "./reading.ts";

/** The text from the first brace to the last, without backslashes; all of a text without braces. */
function jsonPart(reply: string): string {
  const [from, to] = [reply.indexOf("{"), reply.lastIndexOf("}")];
  return (from >= 0 && from < to ? reply.slice(from, to + 1) : reply).replaceAll("\\", "");
}

/** The text of `short answer` in the JSON of a reply as VLMEvalKit reads it; undefined where there is none. */
function shortAnswer(reply: string): string | undefined {
  let json: unknown;
  try {
    // Line feeds within texts are not JSON, and models write them.
    json = JSON.parse(jsonPart(reply).replaceAll(/\p{Cc}/gu, " "));
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null || !("short answer" in json)) return undefined;
  const short = json["short answer"];
  return typeof short === "string" ? short : undefined;
}

/** A float, or a multiple of π, that begins a text; undefined where there is none. */
function floatIn(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const [first = ""] = text.split(" ");
  const [factor = "", ...rest] = first.split("π");
  const value = pythonFloat(factor);
  return value === undefined || rest.length === 0 ? value : value * Math.PI;
}

/** A text of one letter, or the only one of A to E that is in it, within words too. */
function letterIn(text: string): string | undefined {
  if (Array.from(text).length === 1) return text.toUpperCase();
  const found = Array.from("ABCDE").filter((letter) => text.toUpperCase().includes(letter));
  return found.length === 1 ? found[0] : undefined;
}

/** The first texts that can be read decide: numbers within 0.001, or the same letter. Undefined where none can be. */
function readingOf(texts: readonly string[], { answers, columns }: JudgedProblem): Reading | undefined {
  const accepted = answers[0] ?? "";
  if (columns["answer_type"] === "float") {
    const value = texts.map(floatIn).find((found) => found !== undefined);
    if (value === undefined) return undefined;
    return {
      extracted: String(value),
      isRight: Math.abs(value - (pythonFloat(accepted) ?? Number.NaN)) <= 0.001,
    };
  }
  if (columns["answer_type"] === "multiple choice") {
    const letter = texts.map(letterIn).find((found) => found !== undefined);
    return letter === undefined ? undefined : { extracted: letter, isRight: letter === accepted };
  }
  const [extracted = ""] = texts;
  return { extracted, isRight: accepted.toLowerCase().includes(extracted.toLowerCase()) };
}

/** A reply that cannot be read is right where the accepted letter is among its first three. */
function unread(reply: string, { answers, columns }: JudgedProblem): Reading {
  const start = Array.from(jsonPart(reply)).slice(0, 3).join("").toUpperCase();
  return { isRight: columns["answer_type"] === "multiple choice" && start.includes(answers[0] ?? "") };
}

/** The short answer, else the whole reply; texts are right where they are part of the accepted one. Else a judge is asked. */
export const dynaMathRule: ReadingRule = (reply, problem) => {
  const texts = [shortAnswer(reply), jsonPart(reply)].filter((text) => text !== undefined);
  return readingOf(texts, problem) ?? { ...unread(reply, problem), asksJudge: true };
};

/** An answer that the judge has written for a reply. */
export function dynaMathJudgeRead(answer: string, problem: JudgedProblem, reply: string): Reading {
  return readingOf([answer], problem) ?? unread(reply, problem);
}
