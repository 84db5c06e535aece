/**
 * @module
 * Evaluations made up for tests: the model and the benchmark of `made-benchmark.ts`, with an answers file.
 */
import { join } from "node:path";
import { AnswerJournal, type AnswerOptions, type Protocol } from "../eval/index.ts";
import { adder, GREEDY, sums } from "./made-benchmark.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** An answers file that is not there yet. */
export const freshFile = () => join(temporaryDirectory(), "sums", "answers.jsonl");

const open = new Map<string, AnswerJournal>();

/** Ends the journal of a file, as the end of its process does. */
export function endJournal(path: string): void {
  open.get(path)?.close();
  open.delete(path);
}

/** The journal of a file; an earlier one of the same file ends, as that of a killed process does. */
export function journalOf(path: string, protocol: Protocol = GREEDY): AnswerJournal {
  endJournal(path);
  const journal = new AnswerJournal(path, {
    event: "evaluation",
    version: 1,
    benchmark: "sums",
    fingerprint: "sums",
    model: "adder",
    verdict: "numeric",
    protocol,
  });
  open.set(path, journal);
  return journal;
}

/** Twenty sums, asked greedily in batches of six, unless given otherwise. */
export function answerOptions(path: string, given: Partial<AnswerOptions> = {}): AnswerOptions {
  const { source, verdict } = sums(20);
  const protocol = given.protocol ?? GREEDY;
  const common = { source, verdict, respondent: adder(), problems: 20, batchSize: 6, protocol };
  return { ...common, journal: given.journal ?? journalOf(path, protocol), ...given };
}
