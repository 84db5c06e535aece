/**
 * @module
 * Asks a model the problems of a benchmark: each answer is recorded and judged as it comes.
 */

import type { Problem, ProblemSource } from "../../data/index.ts";
import { batchSignal } from "../../parts/index.ts";
import type { Verdict } from "../../verify/index.ts";
import { allEnded } from "../all-ended.ts";
import { drawProblem, isSkipped, type ProblemLimits } from "../draw-problem.ts";
import type { Respondent, Response } from "../respondent.ts";
import { RowTally } from "../row-tally.ts";
import type { AnswerJournal } from "./answer-journal.ts";
import { answerRecord } from "./answer-record.ts";
import { AnswerVerdict } from "./answer-verdict.ts";
import { requireSameImages } from "./image-digest.ts";
import { drawTemplate, inTemplate, templatesOf } from "./prompt-templates.ts";
import type { Protocol } from "./protocol.ts";
import { judgeRecorded, recordAnswers } from "./record-answers.ts";

export interface AnswerOptions {
  /** Of the benchmark, open. */
  readonly source: ProblemSource;
  readonly respondent: Respondent;
  readonly protocol: Protocol;
  /** Decides on each answer: the benchmark's own verdict, or a judge. */
  readonly verdict: Verdict;
  readonly journal: AnswerJournal;
  /** The first n problems of the source; all of a smaller one. */
  readonly problems: number;
  readonly limits?: ProblemLimits | undefined;
  /** Broken rows are skipped up to this share; 0 unless given. */
  readonly maxBrokenShare?: number | undefined;
  /** The setting that this share is from, named where it is passed; "maxBrokenShare" unless given. */
  readonly brokenSetting?: string | undefined;
  /** Problems sampled at once. */
  readonly batchSize: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Aborted, no further answer is recorded. */
  readonly signal?: AbortSignal | undefined;
}

/** A problem as it is asked. */
interface Asked {
  readonly index: number;
  readonly problem: Problem;
  /** The problem with its question in a template. */
  readonly asked: Problem;
}

/** The options of an evaluation with its state. */
interface Asking extends AnswerOptions {
  readonly judging: AnswerVerdict;
  readonly tally: RowTally;
}

/** The prompts of a respondent; where a server makes them, its check of a problem alone. */
function promptsOf(respondent: Respondent): NonNullable<Respondent["dialogue"]> {
  if (respondent.dialogue !== undefined) return respondent.dialogue;
  const prompt = (problem: Problem) => {
    respondent.check?.(problem);
    return { chunks: [] };
  };
  return { prompt, promptTokens: () => 0 };
}

/** Draws the problems of rows; rows that give none are recorded. */
async function drawBatch(rows: readonly number[], options: Asking): Promise<Asked[]> {
  const { source, respondent, protocol, journal, limits, tally } = options;
  const dialogue = promptsOf(respondent);
  const templates = templatesOf(protocol.promptTemplates);
  const batch: Asked[] = [];
  for (const index of rows) {
    const template = templates[drawTemplate(templates, protocol.seed, index)]!;
    let problem: Problem | undefined;
    const asked = {
      ...source,
      problem: async (place: number) => {
        problem = await source.problem(place);
        return { ...problem, question: inTemplate(template, problem.question) };
      },
    };
    const drawn = await drawProblem({ source: asked, dialogue, limits }, index);
    if (isSkipped(drawn)) {
      journal.skip({ event: "skipped", ...drawn });
      tally.skipped(drawn);
    } else {
      batch.push({ index, problem: problem!, asked: drawn.problem });
      tally.used();
    }
  }
  return batch;
}

/** Answers to the problems of a batch that are not recorded yet, recorded as they come. */
async function answerBatch(batch: readonly Asked[], options: Asking): Promise<void> {
  const { respondent, protocol, judging, journal } = options;
  const signal = batchSignal(options.signal);
  const { samples, temperature, topP, maxCompletionTokens, seed, system } = protocol;
  const request = {
    samples,
    temperature,
    topP,
    maxCompletionTokens,
    seed,
    ...(system !== undefined && { system }),
  };
  const record = async ({ index, problem, asked }: Asked, responses: readonly Response[]) => {
    signal?.throwIfAborted();
    const prompt = asked.question === problem.question ? undefined : asked.question;
    const missing = [...responses.entries()].filter(([sample]) => !journal.has(index, sample));
    const answers = missing.map(([sample, response]) =>
      answerRecord({ problem, index, sample, prompt }, response),
    );
    await recordAnswers(journal, answers, judging, signal);
  };
  const calls = respondent.isSeparate === true ? batch.map((one) => [one]) : [batch];
  await allEnded(
    calls
      .filter((call) => call.length > 0)
      .map(async (call) => {
        const problems = call.map(({ asked }) => asked);
        const responses = await respondent.respond(problems, request, signal);
        await allEnded(call.map((one, i) => record(one, responses[i] ?? [])));
      }),
  );
}

/** Whether every answer to a problem is recorded. */
function isAnswered(index: number, { journal, protocol }: AnswerOptions): boolean {
  for (let sample = 0; sample < protocol.samples; sample++) if (!journal.has(index, sample)) return false;
  return true;
}

/** Answers all problems, or throws; checks the signal between batches. */
async function answerAll(options: Asking): Promise<void> {
  const { source, journal, batchSize, signal, onProgress, judging, tally } = options;
  const { size } = source;
  const total = Math.min(options.problems, size);
  await requireSameImages(journal.path, journal.answers, source);
  await judgeRecorded(journal, options.verdict, batchSize, batchSignal(signal));
  let [done, row] = [0, 0];
  while (done < total && row < size) {
    signal?.throwIfAborted();
    const rows: number[] = [];
    for (; rows.length < Math.min(batchSize, total - done) && row < size; row++) {
      if (isAnswered(row, options)) {
        tally.used();
        done += 1;
      } else {
        // A row that was skipped before is drawn again: its file or a limit may have changed.
        rows.push(row);
      }
    }
    const batch = await drawBatch(rows, options);
    await answerBatch(batch, options);
    done += batch.length;
    onProgress?.(done, total);
  }
  judging.requireSome(journal.answers);
}

/**
 * Answers and judges the first problems of a benchmark; what the journal has is neither sampled nor judged again, and its
 * answers without a verdict are judged first. An engine's answer depends on the seed and the problem alone, so a resumed
 * evaluation has the answers of one that never stopped. Rows that gave no problem before are drawn again.
 *
 * A verdict that fails on one answer leaves it without a verdict (`AnswerVerdict`), and the evaluation continues.
 *
 * @returns whether every problem was answered; false where the signal was aborted
 * @throws DataError when too many rows are broken; RunError when the images of recorded answers have changed; the
 *   respondent's and the verdict's errors, with every earlier answer recorded
 */
export async function answerBenchmark(options: AnswerOptions): Promise<boolean> {
  const { source, verdict, signal, maxBrokenShare = 0, brokenSetting } = options;
  const tally = new RowTally(maxBrokenShare, source.size, { setting: brokenSetting, isOnce: true });
  try {
    await answerAll({ ...options, judging: new AnswerVerdict(verdict), tally });
    return true;
  } catch (error) {
    if (signal?.aborted === true) return false;
    throw error;
  }
}
