/**
 * @module
 * Benchmarks that ask for a word, a number or a phrase about one image: ChartQA, DocVQA, InfographicVQA, TextVQA, VQAv2. They are
 * older than chat models and have no prompt of their authors.
 */
import * as z from "zod";
import type { ProblemSource, Row } from "../data/index.ts";
import { requiredText } from "./cells.ts";
import { openPublished, type ProblemOfRow, type PublishedForm, publishedSource } from "./published-rows.ts";

/** Text after the question, by tool. */
export const SHORT_PROMPTS = {
  vlmevalkit: "\nAnswer the question using a single word or phrase.",
  "lmms-eval": "\nAnswer the question using a single word or phrase.",
  question: "",
} as const;

type Prompts = Readonly<Record<keyof typeof SHORT_PROMPTS, string>>;

/** The option `prompt`. */
export const shortPromptOption = z
  .enum(["vlmevalkit", "lmms-eval", "question"])
  .default("vlmevalkit")
  .describe("The request behind the question: that of VLMEvalKit, of lmms-eval, or none.");

/** Parts of a problem that differ between these benchmarks. */
interface ShortAnswers {
  readonly id: string;
  readonly answers: readonly string[];
  readonly kind?: string | undefined;
}

/** The files to open. */
interface ShortAnswerFiles<Name extends string> {
  readonly name: string;
  readonly data: string | undefined;
  readonly forms: readonly PublishedForm<Name>[];
  readonly prompt: keyof Prompts;
  /** Requests, if they differ from the usual requests. */
  readonly prompts?: Prompts;
  /** The question as it is asked; the column `question` unless given. */
  readonly question?: (row: Row) => string;
}

/**
 * The problems of a benchmark's files: each question with the request after it.
 *
 * @throws DataError when there are no such files
 */
export async function openShortAnswers<Name extends string>(
  {
    name,
    data,
    forms,
    prompt,
    prompts = SHORT_PROMPTS,
    question = (row) => requiredText(row, "question"),
  }: ShortAnswerFiles<Name>,
  read: (row: Row, place: { readonly form: Name; readonly index: number }) => ShortAnswers,
): Promise<ProblemSource> {
  const published = await openPublished(name, data, forms);
  return publishedSource(published, (row, place): ProblemOfRow => {
    const { id, answers, kind } = read(row, place);
    return { id, question: question(row) + prompts[prompt], answers, ...(kind !== undefined && { kind }) };
  });
}
