/**
 * @module
 * A reward by an external command: one process for the whole run, a JSON line in and a JSON line out for each
 * completion.
 */
import * as z from "zod";
import { LineProcess } from "./line-process.ts";
import { entryOptions } from "./options.ts";
import { type Answered, defineReward } from "./reward.ts";

/** The line that the command reads for one completion. */
function lineOf({ problem, text, afterThought, extracted, judgement, tokens, stopReason }: Answered): object {
  const { id, question, answers, options, kind, columns } = problem;
  return {
    problem: { id, question, answers, ...(options && { options }), ...(kind && { kind }), columns },
    completion: text,
    afterThought,
    extracted,
    verdict: judgement.score,
    tokens: tokens.length,
    stopReason,
  };
}

/**
 * The command reads lines `{ problem, completion, afterThought, extracted, verdict, tokens, stopReason }` on standard
 * input and answers each, in order, with a line that is a number, null, or an object with `reward`. Its standard error
 * goes to the program's own.
 *
 * The process starts with the first batch and ends with the run.
 */
export const commandReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("command"),
      ...entryOptions(),
      command: z.array(z.string().min(1)).min(1).describe("Program and arguments."),
      cwd: z.string().min(1).optional().describe("Working directory; default: the configuration file's."),
      timeoutSeconds: z.number().positive().default(60).describe("Time limit for one completion."),
    })
    .describe("Reward by a command: JSON lines in, JSON lines out, one process for the whole run."),
  create: ({ command, cwd, timeoutSeconds, name = "command" }) => {
    const process = new LineProcess({
      command,
      cwd,
      name: `reward "${name}"`,
      limit: timeoutSeconds * 1000,
    });
    return {
      score: async (answered, signal) => {
        const lines = await process.ask(answered.map(lineOf), signal);
        return lines.map((line) => {
          const value = typeof line === "object" && line !== null && "reward" in line ? line.reward : line;
          return value as number | null;
        });
      },
      close: () => process.close(),
    };
  },
});
