/**
 * @module
 * The supervised warm start: raise the mean log-prob of demonstrations' tokens, through the same two calls that
 * reinforcement learning uses.
 */
import type { DemonstrationSource } from "../data/index.ts";
import type { Engine, Sequence } from "../engine/index.ts";
import type { Dialogue } from "../eval/index.ts";
import type { Config } from "./config/schema.ts";
import type { Curriculum } from "./curriculum.ts";
import { learningRateAt } from "./learning-rate.ts";
import type { LoopStep, Phase } from "./loop.ts";

export interface WarmStartMetrics {
  readonly event: "warm-start";
  /** Optimiser steps so far, this one included. */
  readonly iteration: number;
  readonly learningRate: number;
  /** Completion tokens of the batch. */
  readonly tokens: number;
  /** Mean negative log-prob of the batch's tokens before the step, nats; only at steps that measure it. */
  readonly loss?: number;
  readonly gradientNorm?: number;
  readonly skipReason?: string;
  readonly timing: { readonly totalSeconds: number; readonly tokensPerSecond: number };
}

/** What a warm start works with. */
export interface WarmStart {
  readonly config: Config;
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly curriculum: Curriculum;
  /** Milliseconds from any fixed moment. */
  readonly clock: () => number;
}

async function batchAt(
  { config, dialogue }: WarmStart,
  source: DemonstrationSource,
  step: number,
): Promise<Sequence[]> {
  const { batchSize } = config.sft;
  const places = Array.from({ length: batchSize }, (_, i) => (step - 1) * batchSize + i);
  const shown = await Promise.all(places.map(async (place) => source.demonstration(place)));
  return shown.map(({ problem, completion }) => ({
    prompt: dialogue.prompt(problem),
    completion: dialogue.completionTokens(completion),
  }));
}

async function meanLoss(engine: Engine, sequences: readonly Sequence[], tokens: number): Promise<number> {
  const scores = await engine.score(sequences);
  return -scores.reduce((sum, { logprobs }) => sum + logprobs.reduce((a, b) => a + b, 0), 0) / tokens;
}

/**
 * One step on the mean negative log-likelihood of a batch.
 *
 *     loss = −1/N · Σ log π(oₜ) over the N tokens of the batch,   cₜ = 1/N
 *
 * @param step counted from 1
 */
async function runStep(warmStart: WarmStart, step: number): Promise<LoopStep> {
  const { config, curriculum, engine, clock } = warmStart;
  const { sft } = config;
  const lesson = curriculum.at(step);
  const start = clock();
  const sequences = await batchAt(warmStart, lesson.source, step);
  const tokens = sequences.reduce((sum, { completion }) => sum + completion.length, 0);
  const isMeasured = step === 1 || step === sft.steps || step % sft.reportEvery === 0;
  const loss = isMeasured ? await meanLoss(engine, sequences, tokens) : undefined;
  const learningRate = learningRateAt(sft, lesson.index, lesson.length);
  await engine.accumulate(
    sequences,
    sequences.map(({ completion }) => new Float64Array(completion.length).fill(1 / tokens)),
  );
  const { gradientNorm, applied } = await engine.step({
    learningRate,
    beta1: sft.beta1,
    beta2: sft.beta2,
    epsilon: sft.epsilon,
    weightDecay: sft.weightDecay,
    maxGradientNorm: sft.maxGradientNorm,
  });
  const skipReason = applied ? undefined : `the gradient's norm is ${gradientNorm}`;
  const totalSeconds = (clock() - start) / 1000;
  const record: WarmStartMetrics = {
    event: "warm-start",
    iteration: step,
    learningRate,
    tokens,
    ...(loss !== undefined && { loss }),
    ...(applied && { gradientNorm }),
    ...(skipReason !== undefined && { skipReason }),
    timing: { totalSeconds, tokensPerSecond: totalSeconds > 0 ? tokens / totalSeconds : 0 },
  };
  return { records: [record], skips: [skipReason] };
}

/** The warm start as a phase of the loop. Its batches are functions of the step, so it has no state of its own. */
export function warmStartPhase(warmStart: WarmStart): Phase {
  const { sft, train } = warmStart.config;
  return {
    steps: sft.steps,
    checkpointEvery: sft.checkpointEvery,
    keepCheckpoints: train.keepCheckpoints,
    maxConsecutiveSkips: train.maxConsecutiveSkips,
    run: (step) => runStep(warmStart, step),
    state: () => ({}),
    restore: () => {},
  };
}
