/**
 * @module
 * Records answers and their verdicts. An answer is on disk before anything is waited for, so that no failure of a judge
 * loses it.
 */
import { setImmediate } from "node:timers/promises";
import type { Verdict } from "../../verify/index.ts";
import { allEnded } from "../all-ended.ts";
import type { AnswerJournal } from "./answer-journal.ts";
import type { AnswerRecord } from "./answer-record.ts";
import { AnswerVerdict } from "./answer-verdict.ts";

/** A verdict once it is there, or its error. */
type Outcome = { readonly judged: AnswerRecord } | { readonly error: unknown };

/**
 * Records answers and judges them. A verdict that is there at once, such as that of a rule, is in the line of its answer; any
 * other follows in a line of its own.
 *
 * @throws the verdict's error, with every answer recorded; the signal's reason when it is aborted
 */
export async function recordAnswers(
  journal: AnswerJournal,
  answers: readonly AnswerRecord[],
  verdict: AnswerVerdict,
  signal: AbortSignal | undefined,
): Promise<void> {
  const outcomes: (Outcome | undefined)[] = answers.map(() => undefined);
  const judging = answers.map(async (answer, i) => {
    outcomes[i] = await verdict.on(answer, signal).then(
      (judged) => ({ judged }),
      (error: unknown) => ({ error }),
    );
  });
  // Rules need no timer and no network: their verdicts are there before the event loop turns.
  await Promise.race([Promise.all(judging), setImmediate()]);
  signal?.throwIfAborted();
  for (const [i, answer] of answers.entries()) {
    const outcome = outcomes[i];
    journal.add(outcome !== undefined && "judged" in outcome ? outcome.judged : answer);
  }
  await allEnded(
    judging.map(async (ended, i) => {
      await ended;
      signal?.throwIfAborted();
      const outcome = outcomes[i]!;
      if ("error" in outcome) throw outcome.error;
      journal.judge(outcome.judged);
    }),
  );
}

/**
 * Judges the answers that were recorded without a verdict, some at once. A verdict that has judged other answers may fail on
 * any number of these: they are those on which it failed before.
 *
 * @throws the verdict's error, with every earlier verdict recorded; the signal's reason when it is aborted
 */
export async function judgeRecorded(
  journal: AnswerJournal,
  verdict: Verdict,
  atOnce: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { unjudged, answers } = journal;
  const judging = new AnswerVerdict(verdict, unjudged.length < answers.length ? Infinity : undefined);
  for (let start = 0; start < unjudged.length; start += atOnce) {
    await allEnded(
      unjudged.slice(start, start + atOnce).map(async (answer) => {
        const judged = await judging.on(answer, signal);
        signal?.throwIfAborted();
        journal.judge(judged);
      }),
    );
  }
  judging.requireSome(journal.answers);
}
