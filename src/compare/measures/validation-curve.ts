/**
 * @module
 * How fast a run learns: its evaluations on validation between iterations as one curve, and numbers of it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { isSettings, type KindDefinition } from "../../parts/index.ts";
import { recordSettings } from "../cell.ts";
import { jsonRecords, METRICS } from "../iteration-columns.ts";
import type { Evidence, Measure, MeasureContext, Measured } from "../measure.ts";

const schema = z
  .strictObject({
    kind: z.literal("curve"),
    pick: z
      .enum(["area", "tokens"])
      .default("area")
      .describe(
        "area: mean accuracy over the run; tokens: sampled tokens until the accuracy reaches the threshold.",
      ),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("For tokens: the accuracy to reach. A run that does not counts with all of its tokens."),
  })
  .refine(({ pick, threshold }) => (pick === "tokens") === (threshold !== undefined), {
    path: ["threshold"],
    error: "expected a threshold with pick: tokens, and with no other",
  })
  .describe("A number of the run's curve on validation; it needs train.evaluateEvery.");

/** One evaluation of a run. */
export interface CurvePoint {
  readonly iteration: number;
  /** Sampled until then. */
  readonly tokens: number;
  readonly accuracy: number;
}

/**
 * The evaluations of a run in its order, from its metrics.jsonl.
 *
 * @throws RunError when a line is not JSON
 */
export function validationCurve(file: string): CurvePoint[] {
  const points: CurvePoint[] = [];
  let tokens = 0;
  for (const record of jsonRecords(readFileSync(file, "utf8"), file)) {
    if (!isSettings(record)) continue;
    if (record["event"] === "iteration") tokens += Number(record["tokens"]);
    if (record["event"] !== "evaluation" || record["split"] !== "validation") continue;
    // Of an evaluation in which nothing could be judged nothing is known.
    if (Number(record["problems"]) > 0 && record["unscorable"] === record["problems"]) continue;
    points.push({
      iteration: Number(record["iteration"]),
      tokens,
      accuracy: Number(record["accuracy"]),
    });
  }
  return points;
}

/**
 * Mean height of a curve between its first and its last point, by trapezoids over iterations.
 *
 * @returns NaN for fewer than two points
 */
export function meanHeight(points: readonly CurvePoint[]): number {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.iteration === first.iteration) return Number.NaN;
  const area = points
    .slice(1)
    .reduce(
      (sum, { iteration, accuracy }, i) =>
        sum + (iteration - points[i]!.iteration) * ((accuracy + points[i]!.accuracy) / 2),
      0,
    );
  return area / (last.iteration - first.iteration);
}

/**
 * Sampled tokens at which a curve first reaches a height, on the line between two points.
 *
 * @returns the tokens of the last point where it never does; NaN for no point
 */
export function tokensTo(threshold: number, points: readonly CurvePoint[]): number {
  const reached = points.findIndex(({ accuracy }) => accuracy >= threshold);
  if (reached < 0) return points.at(-1)?.tokens ?? Number.NaN;
  const after = points[reached]!;
  const before = points[reached - 1];
  if (before === undefined) return after.tokens;
  const share = (threshold - before.accuracy) / (after.accuracy - before.accuracy);
  return before.tokens + share * (after.tokens - before.tokens);
}

const evidence: Evidence = {
  isOfWeights: false,
  identity: (config) => ({ of: "validation curve", record: recordSettings(config) }),
  gather: ({ runDirectory }) => Promise.resolve(validationCurve(join(runDirectory!, METRICS))),
};

/** A number of the curve on validation. */
export const curveMeasure: KindDefinition<typeof schema, MeasureContext, Measure> = {
  schema,
  create: ({ pick, threshold }, { name }) => ({
    name,
    unit: pick === "area" ? "share" : "number",
    evidence,
    async check({ train }) {
      if (train.evaluateEvery > 0) return;
      throw new ConfigError(
        `measures.${name}: expected runs with evaluations on validation, got train.evaluateEvery 0`,
      );
    },
    pick(found): Measured {
      const points = found as readonly CurvePoint[];
      return { value: threshold === undefined ? meanHeight(points) : tokensTo(threshold, points) };
    },
  }),
};
