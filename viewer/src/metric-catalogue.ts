/**
 * @module
 * Which metrics belong together, and what each is called on a chart.
 */
import type { MetricEvent } from "../../src/view/protocol.ts";

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

const SECTIONS: readonly (readonly [title: string, pattern: RegExp])[] = [
  ["Outcome", /^(reward|accuracy|rewardParts\..*|agreement\..*|temporal\..*|groupSpread|groupsWithoutSpread|unscorable)$/],
  [
    "Policy",
    /^(entropy|kl|loss|ratio.*|clip.*|staleness|sampler.*|advantageMagnitude|gradientNorm|value\..*|pair\..*)$/,
  ],
  ["Credit", /^(weight.*|effectiveTokens|roles\..*|alignment|credit\..*)$/],
  [
    "Completions",
    /^(completionTokens.*|truncatedShare|tokens|completions|problems|brokenRows|filteredRows)$/,
  ],
  ["Optimiser", /^(learningRate|steps|skippedSteps)$/],
  ["Time", /^timing\./],
];
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
  return SECTIONS.find(([, pattern]) => pattern.test(key))?.[0] ?? OTHER;
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
  const order = [...SECTIONS.map(([title]) => title), ...Object.values(EVENTS), OTHER];
  return [...sections]
    .sort(([a], [b]) => ((order.indexOf(a) + 99) % 99) - ((order.indexOf(b) + 99) % 99))
    .map(([title, metrics]) => ({
      title,
      metrics: [...metrics.values()].sort((a, b) => rank(a.key) - rank(b.key)),
    }));
}
