/**
 * @module
 * The kinds of measures, and how a grid's file names them.
 */
import { ConfigError } from "../../errors/index.ts";
import { createPart, kindsOf, nearestName, parseOptions, type Settings } from "../../parts/index.ts";
import type { Measure, MeasureContext } from "../measure.ts";
import { diagnosisMeasure } from "./diagnosis.ts";
import { evaluationMeasure } from "./evaluation.ts";
import { rolloutClusters } from "./rollout-clusters.ts";
import { runMeasure } from "./run-metric.ts";
import { curveMeasure } from "./validation-curve.ts";

const definitions = [evaluationMeasure, runMeasure, curveMeasure, diagnosisMeasure, rolloutClusters] as const;

/**
 * The measures that a grid names.
 *
 * @throws ConfigError naming each option that is unknown or impossible
 */
export function readMeasures(named: Readonly<Record<string, Settings>>): Measure[] {
  return Object.entries(named).map(([name, options]) => readMeasure(name, options));
}

function readMeasure(name: string, options: Settings): Measure {
  const { kind = evaluationMeasure.schema.shape.kind.value, ...rest } = options;
  const where = `measures.${name}`;
  const kinds = kindsOf(definitions);
  const found = definitions.find(({ schema }) => schema.shape.kind.value === kind);
  if (found === undefined) {
    const near = typeof kind === "string" ? nearestName(kind, kinds) : undefined;
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    throw new ConfigError(
      `${where}.kind: expected one of ${kinds.join(", ")}, got ${JSON.stringify(kind)}${hint}`,
    );
  }
  const parsed = parseOptions(found.schema, { kind, ...rest }, where) as { readonly kind: string };
  return createPart<MeasureContext, Measure>(definitions, parsed, { name });
}
