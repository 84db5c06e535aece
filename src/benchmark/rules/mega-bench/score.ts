/**
 * @module
 * The score of a reply to a MEGA-Bench question: each field of the answer by its own metric, and their mean or minimum.
 */
import { entryOf, isDict, type PythonDict, type PythonValue } from "../../python/value.ts";
import { pythonStr } from "../../python/write.ts";
import { fieldScore, METRICS, type MetricName, REFUSED, type RefusedName } from "./metrics.ts";
import { READINGS, type ReplyReading, readReply, unquotedText } from "./read-reply.ts";

/** How a task is scored, as `metric_info` says. */
interface TaskScoring {
  readonly reading: ReplyReading | undefined;
  readonly fields: readonly (readonly [field: string, metric: string])[];
  readonly aggregate: "mean" | "min";
  readonly weights: Readonly<Record<string, number>>;
}

/** The scoring, or a message about its fault. */
export function taskScoring(info: PythonValue | undefined): TaskScoring | string {
  if (!isDict(info)) return "expected a dict in Python's notation";
  const fields = [entryOf(info, "field_score_function"), entryOf(info, "global_aux_metrics")]
    .filter(isDict)
    .flatMap(({ entries }) =>
      entries.map(([field, metric]) => [pythonStr(field), pythonStr(metric)] as const),
    );
  if (fields.length === 0) return "has no field_score_function";
  const unknown = fields.find(
    ([, metric]) => !Object.hasOwn(METRICS, metric) && !Object.hasOwn(REFUSED, metric),
  );
  if (unknown !== undefined) return `field ${unknown[0]}: expected a metric of MEGA-Bench, got ${unknown[1]}`;
  const aggregation = entryOf(info, "aggregation");
  const aggregate = isDict(aggregation) ? entryOf(aggregation, "function") : undefined;
  if (aggregate !== "mean" && aggregate !== "min")
    return `aggregation: expected mean or min, got ${pythonStr(aggregate ?? null)}`;
  const weights = isDict(aggregation) ? entryOf(aggregation, "field_weights") : undefined;
  const listed = isDict(weights) ? weights.entries : [];
  const reading = entryOf(info, "response_parse_function");
  return {
    reading: READINGS.find((name) => name === reading),
    fields,
    aggregate,
    weights: Object.fromEntries(listed.map(([field, weight]) => [pythonStr(field), Number(weight)])),
  };
}

/** The metric for which a task is refused; undefined where all are by rule. */
export function refusedMetric({ fields }: TaskScoring): RefusedName | undefined {
  return fields
    .map(([, metric]) => metric)
    .find((metric): metric is RefusedName => Object.hasOwn(REFUSED, metric));
}

/** Whose code scores. */
type MegaBenchScorer = "authors" | "lmms-eval" | "vlmevalkit";

/** The data for a question's score. */
export interface Question {
  readonly scoring: TaskScoring;
  readonly answer: PythonDict;
  readonly context: PythonValue;
}

interface FieldScore {
  readonly score: number;
  readonly weight: number;
}

/**
 * The mean by weights, or the minimum, of the fields that count; 0 where none does. VLMEvalKit takes the mean of all of them, a
 * field that does not count as -1.
 */
function aggregated(
  scores: readonly FieldScore[],
  aggregate: "mean" | "min",
  scorer: MegaBenchScorer,
): number {
  const isVlmEvalKit = scorer === "vlmevalkit";
  const counted = isVlmEvalKit ? scores : scores.filter(({ score }) => score >= 0);
  if (counted.length === 0) return 0;
  if (aggregate === "min" && !isVlmEvalKit) return Math.min(...counted.map(({ score }) => score));
  const total = counted.reduce((sum, { weight }) => sum + weight, 0);
  const mean = total === 0 ? 0 : counted.reduce((sum, { score, weight }) => sum + score * weight, 0) / total;
  return Math.max(0, mean);
}

/** A reply's answer, and its score; null if it cannot be decided. */
export function replyScore(
  reply: string,
  { scoring, answer, context }: Question,
  scorer: MegaBenchScorer,
): { readonly read: PythonDict; readonly score: number | null } {
  const isVlmEvalKit = scorer === "vlmevalkit";
  const rightFields = answer.entries.map(([key, value]) => [pythonStr(key), value] as const);
  const read = readReply(reply, scoring.reading ?? "json", rightFields, { isLastAnswer: !isVlmEvalKit });
  const scores: FieldScore[] = [];
  for (const [field, metric] of scoring.fields) {
    const right = unquotedText(entryOf(answer, field) ?? "");
    const score = fieldScore(metric as MetricName, entryOf(read, field) ?? "", right, context, isVlmEvalKit);
    if (score === undefined) return { read, score: null };
    scores.push({ score, weight: scoring.weights[field] ?? 1 });
  }
  return { read, score: aggregated(scores, scoring.aggregate, scorer) };
}
