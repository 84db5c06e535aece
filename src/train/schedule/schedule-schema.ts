/**
 * @module
 * How completions are sampled and how learning goes on: the `sampling` and `train` parts of a configuration, which
 * `train` takes as `sampling` and `schedule`.
 */
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { optimizerOptions, scheduleOptions } from "./optimizer-schema.ts";
import { replaySchema } from "./replay-schema.ts";
import { rolloutsSchema } from "./rollouts-schema.ts";
import { separateSchema } from "./separate-schema.ts";

export const samplingSchema = z
  .strictObject({
    temperature: z.number().positive().default(1).describe("Temperature of rollouts and of their log-probs."),
    topP: z.number().gt(0).max(1).default(1).describe("Nucleus: least set of tokens with this probability."),
    topK: z.int().min(0).default(0).describe("Keep the k likeliest tokens; 0 keeps all."),
    maxCompletionTokens: z
      .int()
      .min(1)
      .default(96)
      .describe("A completion is cut off after this many tokens."),
  })
  .describe("How completions are sampled.");

/** Iterations of a run that names neither iterations nor epochs. */
export const DEFAULT_ITERATIONS = 150;

export const scheduleSchema = z
  .strictObject({
    iterations: z
      .int()
      .min(1)
      .optional()
      .describe(`Rounds of sampling and learning; ${DEFAULT_ITERATIONS} unless it or epochs is given.`),
    epochs: z
      .number()
      .positive()
      .optional()
      .describe(
        "Passes over the training problems, in place of iterations; the learning-rate schedule follows from it.",
      ),
    promptsPerIteration: z.int().min(1).default(48).describe("Problems a round, P."),
    groupSize: z.int().min(2).default(8).describe("Completions per problem, G."),
    dynamicSampling: z
      .strictObject({
        maxAttempts: z.int().min(1).default(10).describe("Rounds of sampling an iteration at most."),
        spreadOf: z
          .enum(["accuracy", "reward"])
          .default("accuracy")
          .describe("What must differ within a group for it to count."),
      })
      .optional()
      .describe(
        "Draw more problems until promptsPerIteration groups have spread, as in DAPO; off unless given, {} for defaults.",
      ),
    rollouts: rolloutsSchema
      .optional()
      .describe(
        "Another way to sample a batch: NoisyRollout or Share-GRPO; each prompt as it is unless given.",
      ),
    replay: replaySchema
      .optional()
      .describe(
        "Selective sample replay (SSR of VL-Rethinker, arXiv:2504.08837): groups whose rewards are all equal give way to earlier completions whose advantage is not 0; off unless given, {} for defaults.",
      ),
    separate: separateSchema
      .optional()
      .describe(
        "Rewards normalised apart (GDPO, arXiv:2601.05242), with multipliers that follow targets (Faithful GRPO, arXiv:2604.08476).",
      ),
    equalGroups: z
      .enum(["count", "drop"])
      .default("count")
      .describe(
        "Groups whose rewards are all equal: count them in the means of the loss, as the papers' means over the batch do, " +
          "or drop them, so that means run over the other groups. Groups with a gradient of a KL, entropy or credit term stay.",
      ),
    creditScale: z
      .enum(["printed", "mean-one"])
      .default("printed")
      .describe(
        "Weights of the credit method as its paper prints them, or divided by their mean over the tokens of each completion.",
      ),
    minibatches: z
      .int()
      .min(1)
      .default(1)
      .describe(
        "Optimiser steps a round of promptsPerIteration groups: a minibatch has promptsPerIteration / minibatches " +
          "prompts, rounded up, however many groups there are.",
      ),
    maxStaleness: z
      .int()
      .min(0)
      .default(0)
      .describe(
        "Batches that are sampled ahead while gradients are computed: a batch is learnt from at most so many policy versions (iterations) after the one that sampled it; 0 samples on policy. Needs an engine that overlaps, such as tinker.",
      ),
    ...optimizerOptions({ learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0, maxGradientNorm: 1 }),
    ...scheduleOptions("constant", 0),
    checkpointEvery: z
      .int()
      .min(0)
      .default(50)
      .describe("Iterations between checkpoints; 0 only at the end."),
    keepCheckpoints: z.int().min(1).default(2).describe("Checkpoints that are kept, the newest."),
    maxConsecutiveSkips: z
      .int()
      .min(1)
      .default(5)
      .describe(
        "The run stops after this many steps in a row were skipped for a loss or gradient not finite.",
      ),
    maxFailedRewardShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe(
        "Share of an iteration's completions on which a reward may fail; they have no reward. Above it the run saves a checkpoint and stops.",
      ),
    rewardTimeoutSeconds: z
      .number()
      .positive()
      .default(600)
      .describe("Time that one call of a reward may take; later its completions have failed."),
    evaluateEvery: z
      .int()
      .min(0)
      .default(0)
      .describe("Iterations between evaluations on validation; 0 never."),
    evaluateProblems: z.int().min(1).default(200).describe("Problems of such an evaluation."),
    reportKlEvery: z
      .int()
      .min(0)
      .default(10)
      .describe("Iterations between reports of KL to the reference when the loss has no KL term; 0 never."),
    rolloutsEvery: z
      .int()
      .min(0)
      .default(1)
      .describe("Iterations between files under rollouts/; 0 writes none."),
    rolloutGroups: z.int().min(0).default(8).describe("Groups written to such a file; 0 writes all."),
  })
  .describe("Reinforcement learning.");

/** How completions are sampled, every default filled in. */
export type Sampling = z.output<typeof samplingSchema>;

/** How learning goes on, every default filled in. */
export type Schedule = z.output<typeof scheduleSchema>;

/**
 * Iterations of a run.
 *
 *     ⌈epochs · problems / promptsPerIteration⌉
 *
 * @param problems of the training source; Infinity where it never ends
 * @throws ConfigError when both or neither can be meant
 */
export function plannedIterations(
  {
    iterations,
    epochs,
    promptsPerIteration,
  }: Pick<Schedule, "iterations" | "epochs" | "promptsPerIteration">,
  problems: number,
): number {
  if (epochs === undefined) return iterations ?? DEFAULT_ITERATIONS;
  if (iterations !== undefined) {
    throw new ConfigError(
      `train.epochs: expected it or train.iterations, got both (${epochs} and ${iterations})`,
    );
  }
  if (problems === Infinity) {
    throw new ConfigError("train.epochs: the training problems never end; set train.iterations");
  }
  return Math.max(1, Math.ceil((epochs * problems) / promptsPerIteration));
}
