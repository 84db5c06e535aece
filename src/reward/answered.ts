/**
 * @module
 * Converts sampled completions to the input of rewards: text, thought, extracted answer, verdict.
 */
import type { Problem } from "../data/index.ts";
import type { Completion } from "../engine/index.ts";
import { batchSignal } from "../parts/index.ts";
import { type Verdict, withoutThought } from "../verify/index.ts";
import type { Answered } from "./reward.ts";

/** Completions with their problems, judged by the run's verdict. */
export function answeredOf(
  verdict: Verdict,
  completions: readonly {
    readonly problem: Problem;
    readonly completion: Completion;
    readonly text: string;
    readonly labels?: Answered["labels"];
  }[],
  signal?: AbortSignal,
): Promise<Answered[]> {
  const shared = batchSignal(signal);
  return Promise.all(
    completions.map(async ({ problem, completion, text, labels }): Promise<Answered> => {
      const judgement = await verdict.judge(text, problem, shared);
      return {
        problem,
        text,
        afterThought: withoutThought(text) ?? "",
        extracted: judgement.extracted,
        judgement,
        ...(labels && { labels }),
        tokens: completion.tokens,
        stopReason: completion.stopReason,
      };
    }),
  );
}
