/**
 * @module
 * A line of an answers file: one answer to one problem with its verdict, and all that judging it again needs.
 */
import * as z from "zod";
import type { ScoredAnswer } from "../../benchmark/index.ts";
import type { Problem } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import type { Judgement } from "../../verify/index.ts";
import type { Response } from "../respondent.ts";

const answerSchema = z.strictObject({
  /** Id of the problem. */
  problem: z.string(),
  /** Place of the problem in its source, from 0. */
  index: z.int().min(0),
  /** Which of the answers to the problem, from 0. */
  sample: z.int().min(0),
  kind: z.string().optional(),
  /** As the benchmark states it. */
  question: z.string(),
  /** As the model was asked it, where a template changes it. */
  prompt: z.string().optional(),
  answers: z.array(z.string()),
  options: z.array(z.string()).optional(),
  columns: z.record(z.string(), z.unknown()),
  completion: z.string(),
  completionTokens: z.int().min(0),
  promptTokens: z.int().min(0).optional(),
  stopReason: z.enum(["stop", "length"]),
  extracted: z.string().nullable(),
  /** 0 to 1; null where it cannot be judged. */
  score: z.number().min(0).max(1).nullable(),
  reason: z.string(),
});

/** One answer, judged. */
export type AnswerRecord = z.output<typeof answerSchema>;

const skippedSchema = z.strictObject({
  event: z.literal("skipped"),
  index: z.int().min(0),
  /** Broken rows cannot be read; all other skipped rows are beyond the limits. */
  isBroken: z.boolean(),
  message: z.string(),
});

/** A row that gave no problem. */
export type SkippedRecord = z.output<typeof skippedSchema>;

const headerSchema = z.strictObject({
  event: z.literal("evaluation"),
  version: z.literal(1),
  benchmark: z.string(),
  /** Its options, without the places of its files; absent where there are none. */
  options: z.record(z.string(), z.unknown()).optional(),
  /** Of the benchmark's files. */
  fingerprint: z.string(),
  model: z.string(),
  /** The rule, or the judge and its rule. */
  verdict: z.string(),
  protocol: z.looseObject({}),
  /** The prompt format: its name and own words, or the hash of its module; absent where it is not recorded. */
  prompt: z.record(z.string(), z.unknown()).optional(),
});

/** The first line: what the answers are of. */
export type AnswersHeader = z.output<typeof headerSchema>;

/** The schema of each kind of line. */
export const LINES = { answer: answerSchema, skipped: skippedSchema, header: headerSchema } as const;

/** The record of an answer. */
export function answerRecord(
  {
    problem,
    index,
    sample,
    prompt,
  }: {
    readonly problem: Problem;
    readonly index: number;
    readonly sample: number;
    readonly prompt: string | undefined;
  },
  { text, completionTokens, promptTokens, stopReason }: Response,
  { extracted, score, reason }: Judgement,
): AnswerRecord {
  const { id, kind, question, answers, options, columns } = problem;
  return {
    problem: id,
    index,
    sample,
    ...(kind !== undefined && { kind }),
    question,
    ...(prompt !== undefined && { prompt }),
    answers: [...answers],
    ...(options && { options: [...options] }),
    columns,
    completion: text,
    completionTokens,
    ...(promptTokens !== undefined && { promptTokens }),
    stopReason,
    extracted,
    score,
    reason,
  };
}

/** A recorded answer as the measures take it. */
export function scoredAnswer(record: AnswerRecord): ScoredAnswer {
  const { problem: id, kind, question, answers, options, columns, completion: text } = record;
  const { extracted, score, reason } = record;
  const problem = {
    id,
    question,
    answers,
    columns,
    ...(kind !== undefined && { kind }),
    ...(options && { options }),
  };
  return { problem, text, extracted, score, reason };
}

/**
 * A line of an answers file.
 *
 * @throws DataError naming the place and the field
 */
export function readLine(text: string, place: string): AnswerRecord | SkippedRecord | AnswersHeader {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${place}: expected a JSON object, got ${JSON.stringify(text.slice(0, 60))}`, {
      cause,
    });
  }
  const event = (json as { readonly event?: unknown } | null)?.event;
  const schema = event === undefined ? LINES.answer : event === "skipped" ? LINES.skipped : LINES.header;
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new DataError(`${place}: is no line of an answers file: ${path.join(".")}: ${message}`);
}
