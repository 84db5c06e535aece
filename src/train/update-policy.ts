/**
 * @module
 * The second half of an iteration: objective, gradient and step, minibatch by minibatch. The first minibatch is
 * on-policy, so its log-probs are the sampled ones and no forward pass is needed; later ones are scored anew, and so is
 * the first where an earlier policy sampled the batch. The old log-probs of every ratio are those that came with the
 * samples, whichever policy drew them, unless the algorithm corrects for the sampler: then they are the trainer's own before
 * the batch's first step, for which one more forward pass over the batch is made.
 */
import type { AdamParameters, Mismatch } from "../engine/index.ts";
import { NumericError } from "../errors/index.ts";
import { algorithmNeeds, type ObjectiveMetrics, objective } from "../objective/index.ts";
import { type CreditedGroup, objectiveGroups, sequencesOf, withTrainerLogprobs } from "./measured-group.ts";
import { samplerMismatch } from "./sampler-mismatch.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Training } from "./training.ts";

/** What became of one minibatch. */
export interface StepOutcome {
  readonly applied: boolean;
  /** Why the step was skipped. */
  readonly reason?: string;
  readonly loss?: number;
  /** Before clipping. */
  readonly gradientNorm?: number;
  readonly metrics?: ObjectiveMetrics;
  /** Only where the engine's sampler is another program than its trainer, and before the first step of the batch. */
  readonly mismatch?: Mismatch;
}

/** Splits into at most `parts` runs whose lengths differ by one at most. */
export function minibatchesOf<T>(items: readonly T[], parts: number): T[][] {
  const count = Math.min(parts, items.length);
  return Array.from({ length: count }, (_, i) =>
    items.slice(Math.floor((i * items.length) / count), Math.floor(((i + 1) * items.length) / count)),
  );
}

async function step(
  training: Training,
  groups: readonly CreditedGroup[],
  { isFirst, isOnPolicy }: { readonly isFirst: boolean; readonly isOnPolicy: boolean },
  adam: AdamParameters,
  watch: Stopwatch,
): Promise<StepOutcome> {
  const { engine, config } = training;
  const { temperature, maxCompletionTokens } = config.sampling;
  const sequences = sequencesOf(groups);
  const scores = isOnPolicy
    ? undefined
    : await watch.time("score", () =>
        engine.score(sequences, {
          temperature,
          ...(algorithmNeeds(config.algorithm).values && { values: true }),
        }),
      );
  const { loss, coefficients, valueCoefficients, entropyCoefficients, metrics } = objective(
    config.algorithm,
    objectiveGroups(groups, scores),
    { maxCompletionTokens },
  );
  return watch.time("update", async () => {
    const { logprobs } = await engine.accumulate(sequences, coefficients.flat(), {
      temperature,
      ...(valueCoefficients && { valueCoefficients: valueCoefficients.flat() }),
      ...(entropyCoefficients && { entropyCoefficients: entropyCoefficients.flat() }),
    });
    const { gradientNorm, applied } = await engine.step(adam);
    const mismatch = isFirst && logprobs ? samplerMismatch(groups, logprobs) : undefined;
    const outcome = { applied, loss, gradientNorm, metrics, ...(mismatch && { mismatch }) };
    return applied ? outcome : { ...outcome, reason: `the gradient's norm is ${gradientNorm}` };
  });
}

/**
 * One optimiser step per minibatch. A minibatch whose loss or gradient is not finite is skipped and leaves the
 * weights as they were.
 *
 * @param groups groups with spread, in the order in which they are shared among minibatches
 * @param isStale whether an earlier policy sampled them
 */
export async function updatePolicy(
  training: Training,
  groups: readonly CreditedGroup[],
  adam: AdamParameters,
  isStale: boolean,
  watch: Stopwatch,
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  const { algorithm, train } = training.config;
  const isScored = algorithmNeeds(algorithm).trainerLogprobs;
  const known = isScored ? await withTrainerLogprobs(training, groups, watch) : groups;
  for (const minibatch of minibatchesOf(known, train.minibatches)) {
    const isFirst = outcomes.every(({ applied }) => !applied);
    const isOnPolicy = isFirst && (isScored || !isStale);
    try {
      outcomes.push(await step(training, minibatch, { isFirst, isOnPolicy }, adam, watch));
    } catch (error) {
      if (!(error instanceof NumericError)) throw error;
      outcomes.push({ applied: false, reason: error.message });
    }
  }
  return outcomes;
}
