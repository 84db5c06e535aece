/**
 * @module
 * A run in numbers: how each metric began and ended, its evaluations, and some of its last completions.
 */
import { mean } from "../../math/index.ts";
import type { MetricEvent, MetricsReply, RolloutDetail, RunSummary } from "../protocol.ts";
import { isObject, numberOf, parseObject, textOf } from "../runs/json-fields.ts";
import type { Run } from "../runs/run.ts";

/** Buckets that the curves have. */
const POINTS = 150;
/** Share of the buckets that are the beginning, and the end. */
const EDGE = 0.1;
/** Groups of completions that are shown. */
const SHOWN_GROUPS = 3;
const SHOWN_COMPLETIONS = 4;

/** How a metric went. */
export interface MetricChange {
  readonly key: string;
  /** Means over the first and the last tenth of the run. */
  readonly first: number;
  readonly last: number;
}

/** A greedy evaluation with its interval. */
export interface EvaluationRow {
  readonly iteration: number;
  readonly accuracy: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly problems: number | null;
}

/** All that a report shows. */
export interface ReportContent {
  readonly name: string;
  readonly summary: RunSummary;
  readonly metrics: MetricsReply;
  readonly changes: readonly MetricChange[];
  readonly evaluations: readonly EvaluationRow[];
  readonly groups: readonly (readonly RolloutDetail[])[];
  /** In words: version, commit, processor, Node. */
  readonly environment: readonly (readonly [name: string, value: string])[];
}

/** How a run ended, printed after its number of iterations. */
export function endText({ isFinished, stopped }: RunSummary): string {
  if (isFinished) return ", finished";
  if (stopped === null) return "";
  return `, ${stopped.status}${stopped.message === null ? "" : `: ${stopped.message}`}`;
}

/** Means of the first and last tenth of every metric that varies, in the order in which they were written. */
function changesOf({ columns }: MetricEvent): MetricChange[] {
  return Object.entries(columns).flatMap(([key, { mean: values }]) => {
    const present = values.filter((value): value is number => value !== null);
    const [one] = present;
    if (one === undefined || present.every((value) => value === one)) return [];
    const count = Math.max(1, Math.ceil(present.length * EDGE));
    return [{ key, first: mean(present.slice(0, count)), last: mean(present.slice(-count)) }];
  });
}

function evaluationsOf(event: MetricEvent | undefined): EvaluationRow[] {
  if (event === undefined) return [];
  const { x, columns } = event;
  const at = (key: string, row: number) => columns[key]?.mean[row] ?? null;
  return x.flatMap((iteration, row) => {
    const accuracy = at("accuracy", row);
    if (accuracy === null) return [];
    return [
      { iteration, accuracy, low: at("low", row), high: at("high", row), problems: at("problems", row) },
    ];
  });
}

/** The last iteration's first groups whose rewards differ, else its first groups. */
async function lastGroups(run: Run): Promise<RolloutDetail[][]> {
  const iteration = (await run.iterations()).at(-1);
  if (iteration === undefined) return [];
  const { groups } = await run.rollouts(iteration, 0);
  const spread = groups.filter(({ hasSpread }) => hasSpread);
  const chosen = (spread.length > 0 ? spread : groups).slice(0, SHOWN_GROUPS);
  const shown: RolloutDetail[][] = [];
  for (const { at } of chosen) shown.push((await run.group(iteration, at)).slice(0, SHOWN_COMPLETIONS));
  return shown;
}

function environmentOf(text: string | undefined): [string, string][] {
  const environment = text === undefined ? undefined : parseObject(text);
  if (environment === undefined) return [];
  const { fovea, commit, node, cpu, cores, startedAt, packages } = environment;
  const named: [string, string][] = [
    ["started", textOf(startedAt)],
    ["Fovea", textOf(fovea)],
    ["commit", `${textOf(commit)}${environment["hasUncommittedChanges"] === true ? " with changes" : ""}`],
    ["Node", textOf(node)],
    ["processor", `${textOf(cpu)}${numberOf(cores) === null ? "" : `, ${numberOf(cores)} cores`}`],
    ...(isObject(packages)
      ? Object.entries(packages).map(([key, value]): [string, string] => [key, textOf(value)])
      : []),
  ];
  return named.filter(([, value]) => value !== "");
}

/** The metrics in buckets, but each evaluation by itself: a mean of several would be the result of none. */
async function reportMetrics(run: Run): Promise<MetricsReply> {
  const all = Number.MAX_SAFE_INTEGER;
  const metrics = await run.metrics(0, all, POINTS);
  const { evaluation } = (await run.metrics(0, all, all)).events;
  return evaluation === undefined ? metrics : { ...metrics, events: { ...metrics.events, evaluation } };
}

/**
 * Reads what a report shows.
 *
 * @throws RunError when the directory holds no run that can be read
 */
export async function reportContent(run: Run): Promise<ReportContent> {
  await run.record();
  const summary = await run.summary();
  const metrics = await reportMetrics(run);
  const main = metrics.events["iteration"] ?? metrics.events["warm-start"];
  return {
    name: run.id,
    summary,
    metrics,
    changes: main === undefined ? [] : changesOf(main),
    evaluations: evaluationsOf(metrics.events["evaluation"]),
    groups: await lastGroups(run),
    environment: environmentOf(await run.environmentText()),
  };
}
