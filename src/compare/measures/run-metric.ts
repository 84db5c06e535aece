/**
 * @module
 * A metric of a cell's iterations, read from its metrics.jsonl. It is a mean over a part of the run, such as the
 * reward of the last tenth or the seconds of an iteration.
 */
import { join } from "node:path";
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { type KindDefinition, nearestName } from "../../parts/index.ts";
import { recordSettings } from "../cell.ts";
import { type IterationColumns, iterationColumns, METRICS } from "../iteration-columns.ts";
import { type Evidence, type Measure, type MeasureContext, unitOption } from "../measure.ts";
import { isMetric, METRIC_NAMES } from "./metric-names.ts";

const share = z.number().min(0).max(1);

const schema = z
  .strictObject({
    kind: z.literal("run"),
    metric: z
      .string()
      .describe("Dotted key of an iteration in metrics.jsonl, such as reward or timing.totalSeconds."),
    from: share.default(0).describe("Share of the run at which the mean begins."),
    to: share.default(1).describe("Share of the run at which it ends."),
    unit: unitOption,
  })
  .describe("A mean over iterations of a metric of the run.");

const evidence: Evidence = {
  isOfWeights: false,
  identity: (config) => ({ of: METRICS, record: recordSettings(config) }),
  gather: ({ runDirectory }) => Promise.resolve(iterationColumns(join(runDirectory!, METRICS))),
};

/** Mean of a column between two shares of its length, rounded to whole iterations; at least one. NaN where none has a number. */
function stretchMean(column: readonly (number | null)[], from: number, to: number): number {
  const begin = Math.min(Math.floor(from * column.length), column.length - 1);
  const end = Math.max(Math.ceil(to * column.length), begin + 1);
  const kept = column.slice(begin, end).filter((value) => value !== null);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/** A mean over iterations. */
export const runMeasure: KindDefinition<typeof schema, MeasureContext, Measure> = {
  schema,
  create: ({ metric, from, to, unit }, { name }) => {
    if (!isMetric(metric)) {
      const near = nearestName(metric, METRIC_NAMES);
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      throw new ConfigError(
        `measures.${name}.metric: expected one of ${METRIC_NAMES.join(", ")}, got "${metric}"${hint}`,
      );
    }
    if (from > to) throw new ConfigError(`measures.${name}.from: expected at most to (${to}), got ${from}`);
    return {
      name,
      unit,
      evidence,
      // A run has only what it measured: without any step no gradient's norm.
      pick: (columns) => ({ value: stretchMean((columns as IterationColumns)[metric] ?? [], from, to) }),
    };
  },
};
