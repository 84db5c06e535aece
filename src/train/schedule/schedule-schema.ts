/**
 * @module
 * The `sampling` and `train` parts of a configuration, which the function `train` takes as `sampling` and `schedule`.
 */
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { LEAST_TEMPERATURE } from "../../math/index.ts";
import { optimizerOptions, scheduleOptions } from "./optimizer-schema.ts";
import { replaySchema } from "./replay-schema.ts";
import { formsPerProblem, rolloutsSchema } from "./rollouts-schema.ts";
import { separateSchema } from "./separate-schema.ts";

export const samplingSchema = z
  .strictObject({
    temperature: z
      .number()
      .min(LEAST_TEMPERATURE)
      .default(1)
      .describe("Temperature of rollouts and of their log-probs."),
    topP: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe("Nucleus sampling: smallest set of tokens with this probability."),
    topK: z.int().min(0).default(0).describe("Keep the k likeliest tokens; 0 keeps all."),
    maxCompletionTokens: z
      .int()
      .min(1)
      .default(96)
      .describe("A completion is cut off after this many tokens."),
  })
  .describe("How completions are sampled.");

/** Default number of iterations. */
export const DEFAULT_ITERATIONS = 150;

export const scheduleSchema = z
  .strictObject({
    iterations: z
      .int()
      .min(1)
      .optional()
      .describe(`Rounds of sampling and updating; default: ${DEFAULT_ITERATIONS}, unless epochs is given.`),
    epochs: z
      .number()
      .positive()
      .optional()
      .describe(
        "Passes over the training problems, in place of iterations; also sets the length of the learning-rate schedule.",
      ),
    promptsPerIteration: z.int().min(1).default(48).describe("Problems a round, P."),
    groupSize: z.int().min(2).default(8).describe("Completions per problem, G."),
    dynamicSampling: z
      .strictObject({
        maxAttempts: z.int().min(1).default(10).describe("Most rounds of sampling in an iteration."),
        spreadOf: z
          .enum(["accuracy", "reward"])
          .default("accuracy")
          .describe("The value that must differ within a group for the group to count."),
      })
      .optional()
      .describe(
        "Draw more problems until promptsPerIteration groups have spread, as in DAPO; off by default, {} for its defaults.",
      ),
    rollouts: rolloutsSchema
      .optional()
      .describe(
        "Another way to sample a batch: NoisyRollout or Share-GRPO; by default each prompt unchanged.",
      ),
    replay: replaySchema
      .optional()
      .describe(
        "Selective sample replay (SSR of VL-Rethinker, arXiv:2504.08837): groups whose rewards are all equal give way to earlier completions whose advantage is not 0; off unless given, {} for defaults.",
      ),
    separate: separateSchema
      .optional()
      .describe(
        "Rewards normalised separately (GDPO, arXiv:2601.05242), with multipliers that follow targets (Faithful GRPO, arXiv:2604.08476).",
      ),
    equalGroups: z
      .enum(["count", "drop"])
      .default("count")
      .describe(
        "Groups with equal rewards: count them in the means of the loss, as the papers' means over the batch do, or drop them, so that means run over the other groups. Groups with a gradient from a KL, entropy or credit term are never dropped, except for earlier completions with replay.",
      ),
    creditScale: z
      .enum(["printed", "mean-one"])
      .default("printed")
      .describe(
        "Scale of credit weights: as the paper prints them, or divided by their mean over the tokens of each completion.",
      ),
    minibatches: z
      .int()
      .min(1)
      .default(1)
      .describe(
        "Optimiser steps per promptsPerIteration groups: a minibatch always has promptsPerIteration / minibatches prompts, rounded up.",
      ),
    maxStaleness: z
      .int()
      .min(0)
      .default(0)
      .describe(
        "Batches sampled ahead while gradients are computed: the update policy is at most this many versions (iterations) ahead of the sampling policy; 0 samples on policy. Needs an engine that overlaps both, such as tinker.",
      ),
    ...optimizerOptions({ learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0, maxGradientNorm: 1 }),
    ...scheduleOptions("constant", 0),
    checkpointEvery: z
      .int()
      .min(0)
      .default(50)
      .describe("Iterations between checkpoints; 0 saves only at the end."),
    keepCheckpoints: z.int().min(1).default(2).describe("Number of newest checkpoints to keep."),
    maxConsecutiveSkips: z
      .int()
      .min(1)
      .default(5)
      .describe(
        "Stop after this many consecutive steps with a non-finite loss or gradient, which are skipped.",
      ),
    maxFailedRewardShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe(
        "Largest share of an iteration's completions on which a reward may fail; such completions have no reward. Above it the run saves a checkpoint and stops.",
      ),
    rewardTimeoutSeconds: z
      .number()
      .positive()
      .default(600)
      .describe("Time limit of one reward call; after it the reward counts as failed on its completions."),
    evaluateEvery: z
      .int()
      .min(0)
      .default(0)
      .describe("Iterations between evaluations on validation; 0 never."),
    evaluateProblems: z.int().min(1).default(200).describe("Number of problems in such an evaluation."),
    reportKlEvery: z
      .int()
      .min(0)
      .default(10)
      .describe("Iterations between reports of KL to the reference when the loss has no KL term; 0 never."),
    rolloutsEvery: z.int().min(0).default(1).describe("Iterations between rollout files; 0 writes none."),
    rolloutGroups: z.int().min(0).default(8).describe("Groups written to a rollout file; 0 writes all."),
  })
  .describe("Reinforcement learning.");

/** How completions are sampled, every default filled in. */
export type Sampling = z.output<typeof samplingSchema>;

/** The training schedule, every default filled in. */
export type Schedule = z.output<typeof scheduleSchema>;

/**
 * Iterations of a run.
 *
 *     ⌈epochs · problems · forms / promptsPerIteration⌉
 *
 * An iteration has every form of its problems: as many as shared rollouts have variants, else one.
 *
 * @param problems of the training source; Infinity for an endless source
 * @throws ConfigError when both are given, or epochs of an endless source
 */
export function plannedIterations(
  schedule: Pick<Schedule, "iterations" | "epochs" | "promptsPerIteration"> &
    Partial<Pick<Schedule, "rollouts">>,
  problems: number,
): number {
  const { iterations, epochs, promptsPerIteration } = schedule;
  if (epochs === undefined) return iterations ?? DEFAULT_ITERATIONS;
  if (iterations !== undefined) {
    throw new ConfigError(
      `train.epochs: expected train.epochs or train.iterations, got both (${epochs} and ${iterations})`,
    );
  }
  if (problems === Infinity) {
    throw new ConfigError("train.epochs: the training source is endless; set train.iterations");
  }
  return Math.max(1, Math.ceil((epochs * problems * formsPerProblem(schedule)) / promptsPerIteration));
}
