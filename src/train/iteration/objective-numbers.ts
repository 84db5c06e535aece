/**
 * @module
 * The metrics of an objective over the minibatches of an iteration. Minibatches without a token that counts say nothing and
 * are left out.
 */
import { mean } from "../../math/index.ts";
import type { MetricCounts, ObjectiveMetrics, ValueMetrics } from "../../objective/index.ts";
import type { StepOutcome } from "./update-policy.ts";

/** Means of a minibatch, and of how many each is. */
const COUNTED = {
  kl: "divergences",
  perceptionKl: "perceptions",
  viewTerm: "viewTerms",
  ratioMean: "ratios",
  advantageMagnitude: "advantages",
  effectiveTokens: "credited",
} as const satisfies Readonly<Partial<Record<keyof ObjectiveMetrics, keyof MetricCounts>>>;

/**
 * The mean over minibatches, each of which is a mean of its own number of tokens or completions.
 *
 * @returns undefined where nothing was counted
 */
function pooled<T>(
  parts: readonly T[],
  value: (part: T) => number,
  count: (part: T) => number,
): number | undefined {
  const total = parts.reduce((sum, part) => sum + count(part), 0);
  if (total === 0) return undefined;
  return parts.reduce((sum, part) => sum + (count(part) === 0 ? 0 : value(part) * count(part)), 0) / total;
}

/** The numbers that there are, by name. */
function present<Name extends string>(
  numbers: Readonly<Record<Name, number | undefined>>,
): { readonly [name in Name]?: number } {
  const found = Object.entries(numbers).filter(([, number]) => number !== undefined);
  return Object.fromEntries(found) as { [name in Name]?: number };
}

/** The least or the greatest of numbers, if there are any. */
const end = (of: typeof Math.min, numbers: readonly number[]) =>
  numbers.length === 0 ? undefined : of(...numbers);

/**
 * The objective's metrics of all minibatches as one.
 *
 * @param isKlMeasured whether the batch has reference log-probs
 */
export function objectiveNumbers(steps: readonly StepOutcome[], isKlMeasured: boolean) {
  const measured = steps.flatMap(({ metrics }) => (metrics && metrics.tokens > 0 ? metrics : []));
  const withRatios = measured.filter(({ counts }) => counts.ratios > 0);
  const losses = steps.flatMap(({ loss }) => loss ?? []);
  const counted = (name: keyof typeof COUNTED) =>
    pooled(
      measured,
      (metrics) => metrics[name],
      ({ counts }) => counts[COUNTED[name]],
    );
  const byTokens = (name: "clipLowShare" | "clipHighShare" | "weightMean") =>
    pooled(
      measured,
      (metrics) => metrics[name],
      ({ tokens }) => tokens,
    );
  return present({
    kl: isKlMeasured ? counted("kl") : undefined,
    perceptionKl: measured.some(({ perceptionKl }) => perceptionKl > 0) ? counted("perceptionKl") : undefined,
    viewTerm: measured.some(({ viewTerm }) => viewTerm !== 0) ? counted("viewTerm") : undefined,
    loss: losses.length === 0 ? undefined : mean(losses),
    gradientNorm: gradientNorm(steps),
    ratioMean: counted("ratioMean"),
    ratioMin: end(
      Math.min,
      withRatios.map(({ ratioMin }) => ratioMin),
    ),
    ratioMax: end(
      Math.max,
      withRatios.map(({ ratioMax }) => ratioMax),
    ),
    ...correctionNumbers(measured),
    clipLowShare: byTokens("clipLowShare"),
    clipHighShare: byTokens("clipHighShare"),
    advantageMagnitude: counted("advantageMagnitude"),
    weightMean: byTokens("weightMean"),
    weightMax: end(
      Math.max,
      measured.map(({ weightMax }) => weightMax),
    ),
    effectiveTokens: counted("effectiveTokens"),
    ...valueNumbers(measured),
    ...pairNumbers(steps),
    ...mismatchNumbers(steps),
  });
}

/** Mean over applied steps, if any; some engines do not report it. */
function gradientNorm(steps: readonly StepOutcome[]): number | undefined {
  const norms = steps.flatMap(({ applied, isIdle, gradientNorm: norm = Number.NaN }) =>
    applied && !isIdle ? norm : [],
  );
  return norms.length === 0 || norms.some(Number.isNaN) ? undefined : mean(norms);
}

/** Difference between sampler and trainer; a batch is on policy in its first minibatch only. */
function mismatchNumbers(steps: readonly StepOutcome[]) {
  const { mismatch } = steps.find((step) => step.mismatch !== undefined) ?? {};
  return { samplerMismatch: mismatch?.mean, samplerMismatchMax: mismatch?.max, samplerKl: mismatch?.kl };
}

/** Correction for the sampler over minibatches, weighted by the tokens that have one. */
function correctionNumbers(measured: readonly ObjectiveMetrics[]) {
  const corrected = (name: "mean" | "beyondShare") =>
    pooled(
      measured,
      ({ correction }) => correction?.[name] ?? 0,
      ({ counts }) => counts.corrections,
    );
  return { correctionMean: corrected("mean"), correctionBeyondShare: corrected("beyondShare") };
}

/** Metrics of the value head over minibatches, weighted by the tokens that have a return. */
function valueNumbers(measured: readonly ObjectiveMetrics[]) {
  const parts = measured.flatMap(({ value }) => value ?? []);
  const byTokens = (name: keyof ValueMetrics) =>
    pooled(
      parts,
      (value) => value[name],
      ({ tokens }) => tokens,
    );
  return {
    valueLoss: byTokens("loss"),
    valueClipShare: byTokens("clipShare"),
    explainedVariance: byTokens("explainedVariance"),
  };
}

/** Metrics of the comparisons over minibatches, weighted by pairs; without any pair only their number. */
function pairNumbers(steps: readonly StepOutcome[]) {
  const parts = steps.flatMap(({ metrics }) => metrics?.pair ?? []);
  const byPairs = (name: "margin" | "accuracy") =>
    pooled(
      parts,
      (part) => part[name],
      ({ pairs }) => pairs,
    );
  return {
    pairs: parts.length === 0 ? undefined : parts.reduce((sum, { pairs }) => sum + pairs, 0),
    pairMargin: byPairs("margin"),
    pairAccuracy: byPairs("accuracy"),
  };
}
