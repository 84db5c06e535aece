/**
 * @module
 * Groups of metrics, and each metric's name on a chart.
 */
import type {
  EvaluationRecord,
  IterationMetrics,
  MetricEvent,
  RunEvent,
  WarmStartMetrics,
} from "./protocol.ts";

/** Number of metrics of one kind of line that are kept. */
export const MOST_METRICS = 400;
/** Number of kinds of lines that are kept. */
export const MOST_EVENTS = 16;
/** Said where some are left out. */
export const CUT_METRICS = `Some metrics are left out: the first ${MOST_METRICS} of each kind of line and the first ${MOST_EVENTS} kinds are shown.`;

/** One curve of a chart. */
export interface MetricCurve {
  readonly event: string;
  readonly key: string;
  /** Keys of the ends of its interval. */
  readonly interval?: { readonly low: string; readonly high: string };
  /** Its name among the curves of its chart; absent where it is the only one. */
  readonly name?: string;
  /** Drawn thin, behind a curve that matters more. */
  readonly isFaint?: boolean;
}

/** A chart: one metric, or several that are read together. */
export interface MetricChart {
  readonly id: string;
  readonly title: string;
  readonly curves: readonly MetricCurve[];
  /** Values are shares in [0, 1], shown as per cent. */
  readonly isShare: boolean;
}

/** A heading with its charts. */
export interface MetricSection {
  readonly title: string;
  readonly charts: readonly MetricChart[];
}

const HEADINGS = [
  "Outcome",
  "Policy",
  "Value head",
  "Pairs",
  "Credit",
  "Completions",
  "Optimiser",
  "Time",
  "Evaluation",
  "Warm start",
] as const;
type Heading = (typeof HEADINGS)[number];

/** Keys of a record that are metrics: all except its place and its texts. */
type MetricKey<Event> = Exclude<keyof Event, "event" | "iteration" | "skipReason" | "split">;
type Headings<Event> = Readonly<Record<MetricKey<Event>, Heading>>;

/**
 * The heading of each metric of an iteration; of a metric with parts, that of all its parts. A metric that is added to the
 * type and not here does not compile.
 */
const OF_ITERATION: Headings<IterationMetrics> = {
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
  valueLoss: "Value head",
  valueClipShare: "Value head",
  explainedVariance: "Value head",
  pairs: "Pairs",
  pairMargin: "Pairs",
  pairAccuracy: "Pairs",
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
const OF_EVALUATION: Headings<EvaluationRecord> = {
  problems: "Evaluation",
  accuracy: "Evaluation",
  low: "Evaluation",
  high: "Evaluation",
  byKind: "Evaluation",
  measures: "Evaluation",
  completionTokensMean: "Evaluation",
  truncatedShare: "Evaluation",
  unscorable: "Evaluation",
  brokenRows: "Evaluation",
  filteredRows: "Evaluation",
};
const OF_WARM_START: Headings<WarmStartMetrics> = {
  learningRate: "Warm start",
  tokens: "Warm start",
  loss: "Warm start",
  validationLoss: "Warm start",
  gradientNorm: "Warm start",
  timing: "Warm start",
};

/** Events that metrics.jsonl holds. */
type RecordedEvent =
  | Extract<RunEvent, { readonly iteration: number }>["event"]
  | "observer-failed"
  | "warning";
/** The headings of an event's metrics; undefined for events that are messages and have no curve. */
const EVENTS: Readonly<Record<RecordedEvent, Readonly<Record<string, Heading>> | undefined>> = {
  iteration: OF_ITERATION,
  evaluation: OF_EVALUATION,
  "warm-start": OF_WARM_START,
  "broken-row": undefined,
  "reward-failed": undefined,
  "observer-failed": undefined,
  warning: undefined,
};
const events = new Map<string, Readonly<Record<string, Heading>> | undefined>(Object.entries(EVENTS));
/** Of metrics that a later version of Fovea wrote. */
const UNKNOWN = "Not known to this version";
const FIRST: readonly string[] = ["accuracy", "reward", "entropy", "kl", "weightMax", "effectiveTokens"];
/** Parts of rewards may have any size. */
const SHARES =
  /^(?!rewardParts\.)(?:.*(?:accuracy|share)$|(?:roles|byKind|measures)\.|(?:alignment|groupsWithoutSpread|withoutAnswer|withoutLabels|withoutVisualMass)$)/i;

/** `completionTokensMean` to `completion tokens mean`. */
export function metricTitle(key: string): string {
  return key
    .replace(/^timing\./, "")
    .replaceAll(".", " · ")
    .replaceAll(/([a-z])([A-Z])/g, (_, low: string, high: string) => `${low} ${high.toLowerCase()}`)
    .replace(/ Seconds$| seconds$/, ", s")
    .replace(/^kl$/, "KL");
}

/** The heading of a metric; undefined where it has no chart. */
function headingOf(event: string, key: string): string | undefined {
  if (!events.has(event)) return UNKNOWN;
  const headings = events.get(event);
  return headings === undefined ? undefined : (headings[key.split(".", 1)[0] ?? ""] ?? UNKNOWN);
}

function rank({ curves: [first] }: MetricChart): number {
  const place = FIRST.indexOf(first?.key ?? "");
  return place < 0 ? FIRST.length : place;
}

/** Training and validation in one chart. */
const ACCURACY = "accuracy";

type Runs = readonly Readonly<Record<string, MetricEvent>>[];

/** Whether a metric has the values of another wherever both are: one chart is enough. */
function repeats(runs: Runs, key: string, other: string): boolean {
  const pairs = runs.flatMap(({ iteration }) => {
    const [one, two] = [iteration?.columns[key], iteration?.columns[other]];
    return one === undefined ? [] : [[one.mean, two?.mean]];
  });
  return pairs.length > 0 && pairs.every(([one, two]) => JSON.stringify(one) === JSON.stringify(two));
}

/** Keys of an event in any run. */
function keysOf(runs: Runs): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  for (const [event, { columns }] of runs.flatMap((one) => Object.entries(one))) {
    const own = keys.get(event) ?? new Set();
    for (const key of Object.keys(columns)) own.add(key);
    keys.set(event, own);
  }
  return keys;
}

/** The chart of a key; undefined where another chart has it: ends of intervals, and counts beside a share. */
function chartOf(event: string, key: string, keys: ReadonlySet<string>): MetricChart | undefined {
  const last = key.slice(key.lastIndexOf(".") + 1);
  const prefix = key.slice(0, key.length - last.length);
  const hasInterval = keys.has(`${prefix}low`) && keys.has(`${prefix}high`);
  if (hasInterval && (last === "low" || last === "high")) return undefined;
  if (last === "of" && keys.has(`${prefix}share`)) return undefined;
  const isMiddle = hasInterval && (last === "share" || last === ACCURACY);
  const interval = isMiddle ? { interval: { low: `${prefix}low`, high: `${prefix}high` } } : {};
  return {
    id: `${event} ${key}`,
    title: metricTitle(last === "share" ? prefix.slice(0, -1) : key),
    curves: [{ event, key, ...interval }],
    isShare: SHARES.test(key),
  };
}

/** The accuracy of samples in training behind that of greedy answers on validation. */
function accuracyChart(training: MetricChart, validation: MetricChart): MetricChart {
  return {
    ...training,
    curves: [
      ...training.curves.map((curve) => ({ ...curve, name: "training", isFaint: true })),
      ...validation.curves.map((curve) => ({ ...curve, name: "validation" })),
    ],
  };
}

/** Every metric that any of the runs has, as charts under headings. */
export function metricSections(runs: Runs, find: string): MetricSection[] {
  const sections = new Map<string, MetricChart[]>();
  const wanted = find.toLowerCase();
  const keys = keysOf(runs);
  const hasBoth = keys.get("iteration")?.has(ACCURACY) === true && keys.get("evaluation")?.has(ACCURACY);
  for (const [event, own] of keys) {
    for (const key of own) {
      const heading = headingOf(event, key);
      const alone = chartOf(event, key, own);
      if (heading === undefined || alone === undefined) continue;
      if (event === "iteration" && key === "rewardParts.accuracy" && repeats(runs, key, ACCURACY)) continue;
      if (event === "evaluation" && key === ACCURACY && hasBoth === true) continue;
      const validation =
        event === "iteration" && key === ACCURACY && hasBoth === true
          ? chartOf("evaluation", ACCURACY, keys.get("evaluation") ?? new Set())
          : undefined;
      const chart = validation === undefined ? alone : accuracyChart(alone, validation);
      if (!`${chart.title} ${key}`.toLowerCase().includes(wanted)) continue;
      sections.set(heading, [...(sections.get(heading) ?? []), chart]);
    }
  }
  const order: readonly string[] = [...HEADINGS, UNKNOWN];
  return [...sections]
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([title, charts]) => ({ title, charts: charts.toSorted((a, b) => rank(a) - rank(b)) }));
}
