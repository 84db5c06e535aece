/**
 * @module
 * Which metrics belong together, and what each is called on a chart.
 */
import type { IterationMetrics, MetricEvent } from "../../src/view/protocol.ts";

/** A metric with its event. */
export interface MetricName {
  readonly event: string;
  readonly key: string;
  readonly title: string;
}

/** A heading with its metrics. */
export interface MetricSection {
  readonly title: string;
  readonly metrics: readonly MetricName[];
}

const HEADINGS = ["Outcome", "Policy", "Credit", "Completions", "Optimiser", "Time"] as const;
type Heading = (typeof HEADINGS)[number];

/** The heading of each metric of an iteration; of a metric with parts, that of all its parts. */
const HEADING_OF: Readonly<
  Record<Exclude<keyof IterationMetrics, "event" | "iteration" | "skipReason">, Heading>
> = {
  reward: "Outcome",
  accuracy: "Outcome",
  rewardParts: "Outcome",
  agreement: "Outcome",
  temporal: "Outcome",
  noisedAccuracy: "Outcome",
  rewardFactors: "Outcome",
  groupSpread: "Outcome",
  groupsWithoutSpread: "Outcome",
  unscorable: "Outcome",
  withoutAnswer: "Outcome",
  failedRewards: "Outcome",
  entropy: "Policy",
  kl: "Policy",
  klCoefficient: "Policy",
  perceptionKl: "Policy",
  viewTerm: "Policy",
  loss: "Policy",
  gradientNorm: "Policy",
  samplerMismatch: "Policy",
  samplerMismatchMax: "Policy",
  samplerKl: "Policy",
  ratioMean: "Policy",
  ratioMin: "Policy",
  ratioMax: "Policy",
  correctionMean: "Policy",
  correctionBeyondShare: "Policy",
  clipLowShare: "Policy",
  clipHighShare: "Policy",
  advantageMagnitude: "Policy",
  staleness: "Policy",
  valueLoss: "Policy",
  valueClipShare: "Policy",
  explainedVariance: "Policy",
  pairs: "Policy",
  pairMargin: "Policy",
  pairAccuracy: "Policy",
  weightMean: "Credit",
  weightMax: "Credit",
  effectiveTokens: "Credit",
  roles: "Credit",
  alignment: "Credit",
  withoutVisualMass: "Credit",
  withoutLabels: "Credit",
  advantageBonus: "Credit",
  signalOverlap: "Credit",
  signalCorrelation: "Credit",
  problems: "Completions",
  brokenRows: "Completions",
  filteredRows: "Completions",
  completions: "Completions",
  tokens: "Completions",
  samplingAttempts: "Completions",
  usedGroups: "Completions",
  replayed: "Completions",
  completionTokensMean: "Completions",
  completionTokensMax: "Completions",
  truncatedShare: "Completions",
  learningRate: "Optimiser",
  steps: "Optimiser",
  skippedSteps: "Optimiser",
  timing: "Time",
};
const headings = new Map<string, Heading>(Object.entries(HEADING_OF));
const EVENTS: Readonly<Record<string, string>> = { evaluation: "Evaluation", "warm-start": "Warm start" };
const OTHER = "Other";
const FIRST: readonly string[] = ["reward", "accuracy", "entropy", "kl", "weightMax", "effectiveTokens"];

/** `completionTokensMean` to `completion tokens mean`. */
export function metricTitle(key: string): string {
  return key
    .replace(/^timing\./, "")
    .replaceAll(".", " · ")
    .replaceAll(/([a-z])([A-Z])/g, (_, low: string, high: string) => `${low} ${high.toLowerCase()}`)
    .replace(/ Seconds$| seconds$/, ", s")
    .replace(/^kl$/, "KL");
}

function sectionOf(event: string, key: string): string {
  if (event !== "iteration") return EVENTS[event] ?? event;
  return headings.get(key.split(".", 1)[0] ?? "") ?? OTHER;
}

function rank(key: string): number {
  const place = FIRST.indexOf(key);
  return place < 0 ? FIRST.length : place;
}

/** Every metric that any of the runs has, under headings. */
export function metricSections(
  runs: readonly Readonly<Record<string, MetricEvent>>[],
  find: string,
): MetricSection[] {
  const sections = new Map<string, Map<string, MetricName>>();
  const wanted = find.toLowerCase();
  for (const [event, { columns }] of runs.flatMap((events) => Object.entries(events))) {
    for (const key of Object.keys(columns)) {
      const title = metricTitle(key);
      if (!`${title} ${key}`.toLowerCase().includes(wanted)) continue;
      const heading = sectionOf(event, key);
      const inside = sections.get(heading) ?? new Map<string, MetricName>();
      inside.set(`${event} ${key}`, { event, key, title });
      sections.set(heading, inside);
    }
  }
  const order = [...HEADINGS, ...Object.values(EVENTS), OTHER];
  return [...sections]
    .sort(([a], [b]) => ((order.indexOf(a) + 99) % 99) - ((order.indexOf(b) + 99) % 99))
    .map(([title, metrics]) => ({
      title,
      metrics: [...metrics.values()].sort((a, b) => rank(a.key) - rank(b.key)),
    }));
}
