/**
 * @module
 * The names of an iteration's metrics, so that a grid with a wrong one is refused before it runs: a run that has not
 * measured something does not say what there is.
 */
import type { IterationMetrics } from "../../train/index.ts";

/** A number, parts whose names a run chooses, or known parts. */
type Shape<Value> = Value extends number
  ? "number"
  : string extends keyof Value
    ? "parts"
    : { readonly [Key in keyof Value]-?: Shape<NonNullable<Value[Key]>> };

/** A metric that is added to the type and not here does not compile. */
const SHAPE: Shape<Omit<IterationMetrics, "event" | "iteration" | "skipReason">> = {
  learningRate: "number",
  problems: "number",
  brokenRows: "number",
  filteredRows: "number",
  completions: "number",
  tokens: "number",
  reward: "number",
  rewardParts: "parts",
  accuracy: "number",
  agreement: "parts",
  unscorable: "number",
  withoutAnswer: "number",
  failedRewards: "number",
  rewardFactors: "parts",
  noisedAccuracy: "number",
  temporal: {
    groups: "number",
    orderedAccuracy: "number",
    shuffledAccuracy: "number",
    rewardedShare: "number",
    shuffledTokens: "number",
  },
  groupSpread: "number",
  groupsWithoutSpread: "number",
  samplingAttempts: "number",
  staleness: "number",
  usedGroups: "number",
  replayed: "number",
  completionTokensMean: "number",
  completionTokensMax: "number",
  truncatedShare: "number",
  entropy: "number",
  kl: "number",
  klCoefficient: "number",
  perceptionKl: "number",
  viewTerm: "number",
  loss: "number",
  gradientNorm: "number",
  samplerMismatch: "number",
  samplerMismatchMax: "number",
  samplerKl: "number",
  ratioMean: "number",
  ratioMin: "number",
  ratioMax: "number",
  correctionMean: "number",
  correctionBeyondShare: "number",
  clipLowShare: "number",
  clipHighShare: "number",
  advantageMagnitude: "number",
  weightMean: "number",
  weightMax: "number",
  effectiveTokens: "number",
  valueLoss: "number",
  valueClipShare: "number",
  explainedVariance: "number",
  pairs: "number",
  pairMargin: "number",
  pairAccuracy: "number",
  roles: { visual: "number", text: "number", neutral: "number" },
  alignment: "number",
  withoutVisualMass: "number",
  withoutLabels: "number",
  signalOverlap: "parts",
  signalCorrelation: "parts",
  advantageBonus: "number",
  steps: "number",
  skippedSteps: "number",
  timing: {
    waitSeconds: "number",
    prepareSeconds: "number",
    sampleSeconds: "number",
    verifySeconds: "number",
    creditSeconds: "number",
    scoreSeconds: "number",
    updateSeconds: "number",
    totalSeconds: "number",
    tokensPerSecond: "number",
  },
};

/** In the place of a name that a run chooses. */
const NAME = "<name>";

function namesIn(shape: object): string[] {
  return Object.entries(shape).flatMap(([key, inner]: [string, "number" | "parts" | object]) => {
    if (typeof inner === "object") return namesIn(inner).map((name) => `${key}.${name}`);
    return [inner === "number" ? key : `${key}.${NAME}`];
  });
}

/** Dotted names; of parts that a run names, `rewardParts.<name>`. */
export const METRIC_NAMES: readonly string[] = namesIn(SHAPE);

/** Whether iterations may have a metric of this name. */
export function isMetric(metric: string): boolean {
  return METRIC_NAMES.some((name) => {
    const before = name.slice(0, -NAME.length);
    return name.endsWith(NAME) ? metric.startsWith(before) && metric.length > before.length : metric === name;
  });
}
