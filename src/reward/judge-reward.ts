/**
 * @module
 * The reward of an answer that a language model judges as right.
 */
import * as z from "zod";
import { PartError } from "../errors/index.ts";
import { judgeFields } from "../judge/index.ts";
import { judgeVerdict } from "../verify/index.ts";
import { entryOptions } from "./options.ts";
import { defineReward } from "./reward.ts";

/**
 * The judge's score in [0, 1]; null if its reply has no verdict. The run's verdict is unchanged; its agreement with the
 * judge is a metric.
 */
export const judgeReward = defineReward({
  schema: z
    .strictObject({ kind: z.literal("judge"), ...entryOptions(), ...judgeFields() })
    .describe("Reward by a language model behind an OpenAI-compatible server."),
  create: (options, { warn }) => {
    const verdict = judgeVerdict(options, { warn });
    return {
      isVerdict: true,
      score: async (answered, signal) => {
        const judged = answered.map(({ text, problem }) => verdict.judge(text, problem, signal));
        // All calls end before a failure is thrown, so that none continues in the background.
        const settled = await Promise.allSettled(judged);
        const failures = settled.flatMap((result): unknown[] =>
          result.status === "rejected" ? [result.reason] : [],
        );
        if (failures.length > 0) {
          throw failures.find((error) => error instanceof PartError && error.isTotal) ?? failures[0];
        }
        return settled.map((result) => (result.status === "fulfilled" ? result.value.score : null));
      },
    };
  },
});
