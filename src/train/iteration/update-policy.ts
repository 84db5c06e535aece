/**
 * @module
 * The second half of an iteration: objective, gradient and step, minibatch by minibatch. The first minibatch is
 * on-policy, so it uses the sampled log-probs without a forward pass. Later minibatches are rescored, as is the first
 * if an earlier or a rounded policy sampled the batch. The old log-probs of every ratio come from the sampler, unless the
 * algorithm corrects for the sampler. Then they come from the trainer before the batch's first step. Advantages are
 * computed over the whole batch.
 */
import type { TermView } from "../../credit/index.ts";
import type { AdamParameters, Mismatch, Score, Sequence } from "../../engine/index.ts";
import { NumericError } from "../../errors/index.ts";
import {
  algorithmNeeds,
  type ObjectiveMetrics,
  type ObjectiveResult,
  objective,
} from "../../objective/index.ts";
import { hasGradient } from "../batch/has-gradient.ts";
import { type CreditedGroup, objectiveGroups, sequencesOf } from "../credit/measured-group.ts";
import { viewScores, viewsOf } from "../credit/view-scores.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { isRounded, roundingMismatch, samplerMismatch } from "./sampler-mismatch.ts";
import type { Training } from "./training.ts";

/** The result of one minibatch. */
export interface StepOutcome {
  readonly applied: boolean;
  /** No completion of the minibatch had a gradient, so there was no step. */
  readonly isIdle?: boolean;
  /** Why the step was skipped. */
  readonly reason?: string;
  readonly loss?: number;
  /** Gradient norm before clipping. */
  readonly gradientNorm?: number;
  readonly metrics?: ObjectiveMetrics;
  /** Only before the first step of the batch, if the engine's sampler and trainer are different programs or models. */
  readonly mismatch?: Mismatch;
}

/**
 * Splits groups into runs of as many completions as whole groups have; the last may have fewer. A run ends with the group
 * that fills it.
 *
 * @param completions of a run
 */
export function minibatchesOf<T extends { readonly group: { readonly rollouts: readonly unknown[] } }>(
  groups: readonly T[],
  completions: number,
): T[][] {
  const runs: T[][] = [];
  let room = 0;
  for (const own of groups) {
    if (room <= 0) {
      runs.push([]);
      room = completions;
    }
    runs.at(-1)!.push(own);
    room -= own.group.rollouts.length;
  }
  return runs;
}

/** Accumulates the gradient of the sequences that have one, on the original images. */
async function accumulateGiven(
  { engine, sampling }: Training,
  sequences: readonly Sequence[],
  { coefficients, valueCoefficients, entropyCoefficients }: ObjectiveResult,
) {
  const flat = [coefficients, valueCoefficients, entropyCoefficients].map((groups) => groups?.flat());
  const moves = (rows: readonly Float64Array[] | undefined, i: number) =>
    rows?.[i]?.some((coefficient) => coefficient !== 0) ?? false;
  const places = sequences.flatMap((_, i) => (flat.some((rows) => moves(rows, i)) ? [i] : []));
  if (places.length === 0) return undefined;
  const at = <T>(rows: readonly T[]) => places.map((place) => rows[place]!);
  const [policy = [], values, entropies] = flat;
  const { logprobs } = await engine.accumulate(at(sequences), at(policy), {
    temperature: sampling.temperature,
    ...(values && { valueCoefficients: at(values) }),
    ...(entropies && { entropyCoefficients: at(entropies) }),
  });
  return { places, logprobs };
}

/**
 * Accumulates the gradient through each view of the sequences that have one.
 *
 * @returns whether any sequence had a gradient
 */
async function accumulateViews(
  { engine, sampling }: Training,
  sequences: readonly Sequence[],
  views: readonly TermView[],
  { viewCoefficients }: ObjectiveResult,
): Promise<boolean> {
  let isAny = false;
  for (const [v, { image }] of views.entries()) {
    const rows = viewCoefficients?.[v]?.flat() ?? [];
    const places = [...rows.keys()].filter((i) => rows[i]!.some((coefficient) => coefficient !== 0));
    if (places.length === 0) continue;
    isAny = true;
    await engine.accumulate(
      places.map((i) => sequences[i]!),
      places.map((i) => rows[i]!),
      { temperature: sampling.temperature, image },
    );
  }
  return isAny;
}

/** Options of an update. */
interface UpdateOptions {
  readonly adam: AdamParameters;
  /** Whether another policy sampled the groups: earlier or rounded weights. */
  readonly isStale: boolean;
  /** Called after each step that changed the weights. */
  readonly onChange: () => void;
}

async function step(
  training: Training,
  groups: readonly CreditedGroup[],
  { isFirst, isOnPolicy }: { readonly isFirst: boolean; readonly isOnPolicy: boolean },
  { adam, onChange }: UpdateOptions,
  watch: Stopwatch,
): Promise<StepOutcome> {
  const { engine, objective: algorithm } = training;
  const sequences = sequencesOf(groups);
  const scores = isOnPolicy ? undefined : await presentScores(training, groups, watch);
  const { temperature } = training.sampling;
  const credits = groups.flatMap((group) => group.credits);
  const views = isOnPolicy ? undefined : await viewScores(engine, temperature, sequences, credits, watch);
  const result = objective(algorithm, objectiveGroups(groups, scores, views));
  const { loss, metrics } = result;
  return watch.time("update", async () => {
    const added = await accumulateGiven(training, sequences, result);
    const addedViews = await accumulateViews(training, sequences, viewsOf(credits), result);
    if (added === undefined && !addedViews) return { applied: true, isIdle: true, loss, metrics };
    const { gradientNorm, applied } = await engine.step(adam);
    if (applied) onChange();
    const mismatch = isFirst ? firstMismatch(training, groups, scores, added) : undefined;
    const outcome = { applied, loss, gradientNorm, metrics, ...(mismatch && { mismatch }) };
    return applied ? outcome : { ...outcome, reason: `the gradient's norm is ${gradientNorm}` };
  });
}

/** Sampler against trainer, where they are two programs or two models. */
function firstMismatch(
  training: Training,
  groups: readonly CreditedGroup[],
  scores: readonly (Score | undefined)[] | undefined,
  added: Awaited<ReturnType<typeof accumulateGiven>>,
): Mismatch | undefined {
  if (isRounded(training)) return roundingMismatch(groups, scores);
  return added?.logprobs && samplerMismatch(groups, added.logprobs, added.places);
}

/** Scores by the current policy; groups without a gradient keep their sampled log-probs. */
async function presentScores(
  training: Training,
  groups: readonly CreditedGroup[],
  watch: Stopwatch,
): Promise<(Score | undefined)[]> {
  const { engine, objective: algorithm, sampling } = training;
  const { values } = algorithmNeeds(algorithm);
  const isScored = groups.flatMap(({ group }) => {
    const moves = hasGradient(training, group);
    return group.rollouts.map(() => moves);
  });
  const asked = sequencesOf(groups).filter((_, i) => isScored[i]);
  if (asked.length === 0) return isScored.map(() => undefined);
  const scored = await watch.time("score", () =>
    engine.score(asked, { temperature: sampling.temperature, ...(values && { values: true }) }),
  );
  let next = 0;
  return isScored.map((asksFor) => (asksFor ? scored[next++] : undefined));
}

/**
 * One optimiser step per minibatch. A minibatch with a non-finite loss or gradient is skipped and does not change the
 * weights.
 *
 * A minibatch has a fixed number of prompts, so fewer groups give fewer steps. A minibatch without any gradient gives
 * no step.
 *
 * @param groups in the order in which minibatches take them
 */
export async function updatePolicy(
  training: Training,
  groups: readonly CreditedGroup[],
  options: UpdateOptions,
  watch: Stopwatch,
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  const { promptsPerIteration, minibatches, groupSize } = training.schedule;
  const size = groupSize * Math.ceil(promptsPerIteration / minibatches);
  const isScored = algorithmNeeds(training.objective).trainerLogprobs;
  for (const minibatch of minibatchesOf(groups, size)) {
    const isFirst = outcomes.every(({ applied, isIdle }) => isIdle || !applied);
    try {
      outcomes.push(
        await step(
          training,
          minibatch,
          { isFirst, isOnPolicy: isFirst && (isScored || !options.isStale) },
          options,
          watch,
        ),
      );
    } catch (error) {
      if (!(error instanceof NumericError)) throw error;
      outcomes.push({ applied: false, reason: error.message });
    }
  }
  return outcomes;
}
