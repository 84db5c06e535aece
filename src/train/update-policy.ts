/**
 * @module
 * The second half of an iteration: objective, gradient and step, minibatch by minibatch. The first minibatch is
 * on-policy, so its log-probs are the sampled ones and no forward pass is needed; later ones are scored anew.
 */
import type { CompletionCredit } from "../credit/index.ts";
import type { AdamParameters, Score } from "../engine/index.ts";
import { EngineError, NumericError } from "../errors/index.ts";
import { algorithmNeeds, type ObjectiveGroup, type ObjectiveMetrics, objective } from "../objective/index.ts";
import { type Group, groupRewards } from "./group.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Training } from "./training.ts";

/** A group with its credit and, where asked for, its log-probs under the reference. */
export interface CreditedGroup {
  readonly group: Group;
  readonly credits: readonly CompletionCredit[];
  /** `[G][T]` nats. */
  readonly refLogprobs?: readonly Float64Array[] | undefined;
  /** `[G][T]` estimates of the value head before the first step, reward units. */
  readonly oldValues?: readonly Float64Array[] | undefined;
}

/** What became of one minibatch. */
export interface StepOutcome {
  readonly applied: boolean;
  /** Why the step was skipped. */
  readonly reason?: string;
  readonly loss?: number;
  /** Before clipping. */
  readonly gradientNorm?: number;
  readonly metrics?: ObjectiveMetrics;
}

const sequencesOf = (groups: readonly CreditedGroup[]) =>
  groups.flatMap(({ group }) =>
    group.rollouts.map(({ completion }) => ({ prompt: group.prompt, completion: completion.tokens })),
  );

/** Gives each group its log-probs under the frozen reference. */
export async function withReference(
  training: Training,
  groups: readonly CreditedGroup[],
  watch: Stopwatch,
): Promise<CreditedGroup[]> {
  const { temperature } = training.config.sampling;
  const scores = await watch.time("score", () =>
    training.engine.score(sequencesOf(groups), { weights: "reference", temperature }),
  );
  let next = 0;
  return groups.map((credited) => ({
    ...credited,
    refLogprobs: credited.group.rollouts.map(() => scores[next++]!.logprobs),
  }));
}

/** Gives each group the estimates of the value head as it is. */
export async function withValues(
  training: Training,
  groups: readonly CreditedGroup[],
  watch: Stopwatch,
): Promise<CreditedGroup[]> {
  const scores = await watch.time("score", () =>
    training.engine.score(sequencesOf(groups), { values: true }),
  );
  let next = 0;
  return groups.map((credited) => ({
    ...credited,
    oldValues: credited.group.rollouts.map(() => valuesOf(scores[next++]!)),
  }));
}

function valuesOf({ values }: Score): Float64Array {
  if (values === undefined) throw new EngineError("score: expected values, got none");
  return values;
}

/** Splits into at most `parts` runs whose lengths differ by one at most. */
export function minibatchesOf<T>(items: readonly T[], parts: number): T[][] {
  const count = Math.min(parts, items.length);
  return Array.from({ length: count }, (_, i) =>
    items.slice(Math.floor((i * items.length) / count), Math.floor(((i + 1) * items.length) / count)),
  );
}

/** The batch as the objective sees it; log-probs and values are those of sampling unless scored anew. */
function objectiveGroups(
  groups: readonly CreditedGroup[],
  scores: readonly Score[] | undefined,
): ObjectiveGroup[] {
  let next = 0;
  return groups.map(({ group, credits, refLogprobs, oldValues }) => ({
    rewards: groupRewards(group),
    completions: group.rollouts.map(({ completion }, i) => ({
      ...present(scores?.[next++], completion.logprobs, oldValues?.[i]),
      oldValues: oldValues?.[i],
      oldLogprobs: completion.logprobs,
      refLogprobs: refLogprobs?.[i],
      mask: new Uint8Array(completion.tokens.length).fill(1),
      weights: credits[i]!.weights,
      isTruncated: completion.stopReason === "length",
    })),
  }));
}

function present(score: Score | undefined, logprobs: Float64Array, oldValues: Float64Array | undefined) {
  if (score === undefined) return { logprobs, values: oldValues };
  return { logprobs: score.logprobs, values: oldValues && valuesOf(score) };
}

async function step(
  training: Training,
  groups: readonly CreditedGroup[],
  isOnPolicy: boolean,
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
    await engine.accumulate(sequences, coefficients.flat(), {
      temperature,
      ...(valueCoefficients && { valueCoefficients: valueCoefficients.flat() }),
      ...(entropyCoefficients && { entropyCoefficients: entropyCoefficients.flat() }),
    });
    const { gradientNorm, applied } = await engine.step(adam);
    const outcome = { applied, loss, gradientNorm, metrics };
    return applied ? outcome : { ...outcome, reason: `the gradient's norm is ${gradientNorm}` };
  });
}

/**
 * One optimiser step per minibatch. A minibatch whose loss or gradient is not finite is skipped and leaves the
 * weights as they were.
 *
 * @param groups groups with spread, in the order in which they are shared among minibatches
 */
export async function updatePolicy(
  training: Training,
  groups: readonly CreditedGroup[],
  adam: AdamParameters,
  watch: Stopwatch,
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const minibatch of minibatchesOf(groups, training.config.train.minibatches)) {
    const isOnPolicy = outcomes.every(({ applied }) => !applied);
    try {
      outcomes.push(await step(training, minibatch, isOnPolicy, adam, watch));
    } catch (error) {
      if (!(error instanceof NumericError)) throw error;
      outcomes.push({ applied: false, reason: error.message });
    }
  }
  return outcomes;
}
