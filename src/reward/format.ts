/**
 * @module
 * Whether a completion has the required format.
 */
import * as z from "zod";
import { boxedAnswer } from "../verify/index.ts";
import { entryOptions } from "./options.ts";
import { defineReward } from "./reward.ts";

/** Completion formats, named as the answer formats that request them. */
const COMPLETION_FORMS = [
  "think-answer",
  "think-boxed",
  "description-think-boxed",
  "info-think-answer",
] as const;
type CompletionForm = (typeof COMPLETION_FORMS)[number];

const faults: Readonly<Record<CompletionForm, (completion: string) => string | null>> = {
  "think-answer": answerTagFault,
  "think-boxed": boxFault,
  "description-think-boxed": (completion) => descriptionFault(completion, "description", boxFault),
  "info-think-answer": (completion) => descriptionFault(completion, "info", answerTagFault),
};

/**
 * Whether a completion has a form.
 *
 * - `think-answer`: `<think>…</think><answer>…</answer>` and nothing else: each tag exactly once and in this order,
 *   something inside both, at most white space between and around.
 * - `think-boxed`: `<think>…</think>` first, each tag exactly once, something inside, then text with `\boxed{…}` in it.
 * EasyR1's pattern for mathematics, except that EasyR1 accepts repeated tags and empty thoughts.
 * - `description-think-boxed`: `<description>…</description>` with something inside, then the form `think-boxed`.
 *   Vision-SR1's pattern.
 * - `info-think-answer`: `<info>…</info>` with something inside, then the form `think-answer`. Visionary-R1's pattern.
 *
 * Linear time.
 *
 * @returns null if it has the format, else the fault
 */
export function formatFault(completion: string, form: CompletionForm = "think-answer"): string | null {
  return faults[form](completion);
}

/** The end of each tag's text, or the fault of the tags. */
function tagPlaces(completion: string, tags: readonly string[]): readonly number[] | string {
  const places: number[] = [];
  for (const tag of tags) {
    const place = completion.indexOf(tag);
    if (place < 0) return `no ${tag}`;
    if (completion.includes(tag, place + 1)) return `more than one ${tag}`;
    places.push(place);
  }
  return places.every((place, i) => i === 0 || places[i - 1]! < place) ? places : "tags in another order";
}

function thoughtFault(completion: string, think: number, thinkEnd: number): string | null {
  if (completion.slice(0, think).trim() !== "") return "text before <think>";
  return completion.slice(think + "<think>".length, thinkEnd).trim() === "" ? "nothing in <think>" : null;
}

function answerTagFault(completion: string): string | null {
  const tags = ["<think>", "</think>", "<answer>", "</answer>"];
  const places = tagPlaces(completion, tags);
  if (typeof places === "string") return places;
  const [think = 0, thinkEnd = 0, answer = 0, answerEnd = 0] = places;
  const thought = thoughtFault(completion, think, thinkEnd);
  if (thought !== null) return thought;
  const between = (from: number, tag: number, to: number) =>
    completion.slice(from + tags[tag]!.length, to).trim();
  if (between(thinkEnd, 1, answer) !== "") return "text between </think> and <answer>";
  if (between(answer, 2, answerEnd) === "") return "nothing in <answer>";
  if (between(answerEnd, 3, completion.length) !== "") return "text after </answer>";
  return null;
}

function boxFault(completion: string): string | null {
  const places = tagPlaces(completion, ["<think>", "</think>"]);
  if (typeof places === "string") return places;
  const [think = 0, thinkEnd = 0] = places;
  const thought = thoughtFault(completion, think, thinkEnd);
  if (thought !== null) return thought;
  return boxedAnswer(completion.slice(thinkEnd)) === undefined ? "no \\boxed{…} after </think>" : null;
}

/** The fault of a description in tags of this name, or of the text after it. */
function descriptionFault(
  completion: string,
  tag: string,
  restFault: (completion: string) => string | null,
): string | null {
  const tags = [`<${tag}>`, `</${tag}>`] as const;
  const places = tagPlaces(completion, tags);
  if (typeof places === "string") return places;
  const [start = 0, end = 0] = places;
  if (completion.slice(0, start).trim() !== "") return `text before ${tags[0]}`;
  if (completion.slice(start + tags[0].length, end).trim() === "") return `nothing in ${tags[0]}`;
  return restFault(completion.slice(end + tags[1].length));
}

/** 1 if a completion has the required format, else 0. */
export const formatReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("format"),
      ...entryOptions(),
      form: z
        .enum(COMPLETION_FORMS)
        .default("think-answer")
        .describe(
          "think-answer: <think>…</think><answer>…</answer>; think-boxed: <think>…</think>, then \\boxed{…}; " +
            "description-think-boxed: <description>…</description> before it; " +
            "info-think-answer: <info>…</info> before <think> and <answer>.",
        ),
    })
    .describe("Reward of a completion in the required format."),
  create:
    ({ form }) =>
    (answered) =>
      answered.map(({ text }) => (formatFault(text, form) === null ? 1 : 0)),
});
