/**
 * @module
 * The lines of an answers file: an answer to a problem with all that judging it again needs, a verdict that came later,
 * a row that gave no problem, and the header.
 */
import * as z from "zod";
import type { ScoredAnswer } from "../../benchmark/index.ts";
import type { Problem } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import type { Judgement } from "../../verify/index.ts";
import type { Response } from "../respondent.ts";
import { imageDigest } from "./image-digest.ts";

/** The verdict on an answer, as fields of its line. */
const verdictFields = {
  extracted: z.string().nullable(),
  /** 0 to 1; null where it cannot be judged, or is not judged yet. */
  score: z.number().min(0).max(1).nullable(),
  reason: z.string(),
  /** False while the verdict is missing: the answer is judged when the evaluation is resumed. */
  isJudged: z.literal(false).optional(),
};

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
  /** Digest of the images and videos; absent for a problem without them. */
  images: z.string().optional(),
  completion: z.string(),
  /** The mean over a problem's answers where only their sum is known; null where nothing is. */
  completionTokens: z.number().min(0).nullable(),
  promptTokens: z.number().min(0).optional(),
  stopReason: z.enum(["stop", "length"]),
  ...verdictFields,
});

/** One answer, with its verdict or marked as not judged. */
export type AnswerRecord = z.output<typeof answerSchema>;

const verdictSchema = z.strictObject({
  event: z.literal("verdict"),
  index: z.int().min(0),
  sample: z.int().min(0),
  ...verdictFields,
});

/** The verdict on an answer that was recorded without one, or the reason why there is still none. */
export type VerdictRecord = z.output<typeof verdictSchema>;

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
  /** Answers that the last call asked for; absent where the number is not known. */
  planned: z.int().min(0).optional(),
  /** The prompt format: its name and own words, or the hash of its module; absent where it is not recorded. */
  prompt: z.record(z.string(), z.unknown()).optional(),
});

/** The first line: what the answers are of. */
export type AnswersHeader = z.output<typeof headerSchema>;

/** The schema of each kind of line with an `event`; a line without one is an answer. */
const EVENTS = { evaluation: headerSchema, verdict: verdictSchema, skipped: skippedSchema } as const;

/** Fields of an answer that has no verdict, and why. */
export function unjudged(reason: string) {
  return { extracted: null, score: null, reason, isJudged: false } as const;
}

/** The record of an answer that is not judged yet. */
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
): AnswerRecord {
  const { id, kind, question, answers, options, columns } = problem;
  const images = imageDigest(problem);
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
    ...(images !== undefined && { images }),
    completion: text,
    completionTokens: completionTokens ?? null,
    ...(promptTokens !== undefined && { promptTokens }),
    stopReason,
    ...unjudged("not judged yet"),
  };
}

/** An answer with a verdict in the place of what it had. */
export function judgedRecord(
  { isJudged: _isJudged, ...answer }: AnswerRecord,
  { extracted, score, reason, isJudged }: Judgement & Pick<AnswerRecord, "isJudged">,
): AnswerRecord {
  return { ...answer, extracted, score, reason, ...(isJudged === false && { isJudged }) };
}

/** The verdict of an answer as a line of its own. */
export function verdictRecord(answer: AnswerRecord): VerdictRecord {
  const { index, sample, extracted, score, reason, isJudged } = answer;
  return {
    event: "verdict",
    index,
    sample,
    extracted,
    score,
    reason,
    ...(isJudged === false && { isJudged }),
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

/** Any line of an answers file. */
export type AnswersLine = AnswerRecord | VerdictRecord | SkippedRecord | AnswersHeader;

/**
 * A line of an answers file.
 *
 * @throws DataError naming the place and the field
 */
export function readLine(text: string, place: string): AnswersLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${place}: expected a JSON object, got ${JSON.stringify(text.slice(0, 60))}`, {
      cause,
    });
  }
  const event = (json as { readonly event?: unknown } | null)?.event;
  const isKnown = typeof event === "string" && Object.hasOwn(EVENTS, event);
  const schema =
    event === undefined ? answerSchema : EVENTS[isKnown ? (event as keyof typeof EVENTS) : "evaluation"];
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new DataError(`${place}: is no line of an answers file: ${path.join(".")}: ${message}`);
}
