/**
 * @module
 * Asks a model the problems of a benchmark: each answer is judged and recorded as it comes.
 */

import type { Problem, ProblemSource } from "../../data/index.ts";
import { PartError } from "../../errors/index.ts";
import { batchSignal } from "../../parts/index.ts";
import type { Verdict } from "../../verify/index.ts";
import { drawProblem, isSkipped, type ProblemLimits } from "../draw-problem.ts";
import type { Respondent, Response } from "../respondent.ts";
import { RowTally } from "../row-tally.ts";
import type { AnswerJournal } from "./answer-journal.ts";
import { answerRecord } from "./answer-record.ts";
import { drawTemplate, inTemplate, templatesOf } from "./prompt-templates.ts";
import type { Protocol } from "./protocol.ts";

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

/** Makes every prompt: what a server would do with it is not known here. */
const anyPrompt = { prompt: () => ({ chunks: [] }), promptTokens: () => 0 };

/** Draws the problems of rows; rows that give none are recorded. */
async function drawBatch(rows: readonly number[], options: AnswerOptions, tally: RowTally): Promise<Asked[]> {
  const { source, respondent, protocol, journal, limits } = options;
  const { dialogue = anyPrompt } = respondent;
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
async function answerBatch(batch: readonly Asked[], options: AnswerOptions): Promise<void> {
  const { respondent, protocol, verdict, journal } = options;
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
    const missing = [...responses.entries()].filter(([sample]) => !journal.has(index, sample));
    const judgements = await Promise.all(
      missing.map(async ([, { text }]) => verdict.judge(text, problem, signal)),
    );
    signal?.throwIfAborted();
    for (const { score } of judgements) {
      if (score === null || (score >= 0 && score <= 1)) continue;
      throw new PartError(
        `verdict ${verdict.name}: problem ${problem.id}: expected a score from 0 to 1 or null, got ${String(score)}`,
      );
    }
    const prompt = asked.question === problem.question ? undefined : asked.question;
    for (const [i, [sample, response]] of missing.entries()) {
      journal.add(answerRecord({ problem, index, sample, prompt }, response, judgements[i]!));
    }
  };
  const open = batch.filter(({ index }) => !isAnswered(index, options));
  const calls = respondent.isSeparate === true ? open.map((one) => [one]) : [open];
  const settled = await Promise.allSettled(
    calls
      .filter((call) => call.length > 0)
      .map(async (call) => {
        const problems = call.map(({ asked }) => asked);
        const responses = await respondent.respond(problems, request, signal);
        await Promise.all(call.map((one, i) => record(one, responses[i] ?? [])));
      }),
  );
  for (const outcome of settled) if (outcome.status === "rejected") throw outcome.reason;
}

/** Whether every answer to a problem is recorded. */
function isAnswered(
  index: number,
  { journal, protocol }: Pick<AnswerOptions, "journal" | "protocol">,
): boolean {
  for (let sample = 0; sample < protocol.samples; sample++) if (!journal.has(index, sample)) return false;
  return true;
}

/**
 * Answers and judges the first problems of a benchmark; what the journal has is neither sampled nor judged again. An
 * engine's answer depends on the seed and the problem alone, so a resumed evaluation has the answers of one that never
 * stopped.
 *
 * @returns whether every problem was answered; false where the signal was aborted
 * @throws DataError when too many rows are broken; the respondent's and the verdict's errors, with every earlier answer
 *   recorded
 */
export async function answerBenchmark(options: AnswerOptions): Promise<boolean> {
  const { source, journal, batchSize, signal, onProgress } = options;
  const isAborted = () => signal?.aborted ?? false;
  const { size } = source;
  const total = Math.min(options.problems, size);
  const tally = new RowTally(options.maxBrokenShare ?? 0, size, { setting: options.brokenSetting });
  let [done, row] = [0, 0];
  while (done < total && row < size) {
    if (isAborted()) return false;
    const rows: number[] = [];
    for (; rows.length < Math.min(batchSize, total - done) && row < size; row++) rows.push(row);
    if (rows.every((index) => journal.isSkipped(index) || isAnswered(index, options))) {
      for (const index of rows) {
        const skipped = journal.skippedRow(index);
        if (skipped === undefined) tally.used();
        else tally.skipped(skipped);
        done += Number(skipped === undefined);
      }
    } else {
      const batch = await drawBatch(rows, options, tally);
      try {
        await answerBatch(batch, options);
      } catch (error) {
        if (isAborted()) return false;
        throw error;
      }
      done += batch.length;
    }
    onProgress?.(done, total);
  }
  return true;
}
