/**
 * @module
 * How a run's credit method grouped tokens, read from its recorded rollouts: the number of clusters of a completion, and how much
 * of all weight the heaviest of them hold.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { mean } from "../../math/index.ts";
import { isSettings, type KindDefinition } from "../../parts/index.ts";
import { recordSettings } from "../cell.ts";
import { jsonRecords } from "../iteration-columns.ts";
import { type Evidence, type Measure, type MeasureContext, unitOption } from "../measure.ts";

const METRICS = ["clusters", "heaviestCluster", "twoHeaviestClusters"] as const;

const schema = z
  .strictObject({
    kind: z.literal("rollouts"),
    metric: z
      .enum(METRICS)
      .describe("Clusters of a completion, or the share of weight of its heaviest one or two."),
    unit: unitOption,
  })
  .describe("Clusters of tokens in recorded rollouts; of credit methods that make any, such as at-rl.");

/** Means over completions. */
type ClusterMeans = Readonly<Record<(typeof METRICS)[number], number>>;

/**
 * Weight of each cluster of a completion as a share of that of all, the heaviest first; clusters of one weight a token.
 *
 * @param clusters `[T]`
 * @param weights `[T]`
 */
export function clusterShares(clusters: readonly number[], weights: readonly number[]): number[] {
  const byCluster = new Map(clusters.map((cluster, t) => [cluster, weights[t] ?? 0]));
  const total = [...byCluster.values()].reduce((sum, weight) => sum + weight, 0);
  return [...byCluster.values()].map((weight) => weight / total).sort((a, b) => b - a);
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");

function completionShares(file: string): number[][] {
  return jsonRecords(readFileSync(file, "utf8"), file).flatMap((record): number[][] => {
    if (!isSettings(record)) return [];
    const { clusters, weights } = record;
    // Without any weight no share is defined.
    if (!isNumbers(clusters) || !isNumbers(weights) || weights.every((weight) => weight === 0)) return [];
    return [clusterShares(clusters, weights)];
  });
}

/** Null where no completion has clusters, as of a credit method that makes none. */
function meansOf(runDirectory: string): ClusterMeans | null {
  const folder = join(runDirectory, "rollouts");
  const all = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => completionShares(join(folder, name)));
  if (all.length === 0) return null;
  return {
    clusters: mean(all.map((shares) => shares.length)),
    heaviestCluster: mean(all.map(([first = 0]) => first)),
    twoHeaviestClusters: mean(all.map(([first = 0, second = 0]) => first + second)),
  };
}

const evidence: Evidence = {
  isOfWeights: false,
  identity: (config) => ({ of: "clusters of rollouts", record: recordSettings(config) }),
  gather: ({ runDirectory }) => Promise.resolve(meansOf(runDirectory!)),
};

/** A mean over recorded completions. */
export const rolloutClusters: KindDefinition<typeof schema, MeasureContext, Measure> = {
  schema,
  create: ({ metric, unit }, { name }) => ({
    name,
    unit,
    evidence,
    async check({ train }) {
      if (train.rolloutsEvery > 0) return;
      throw new ConfigError(
        `measures.${name}: expected runs with recorded rollouts, got train.rolloutsEvery 0`,
      );
    },
    pick: (found) => ({ value: (found as ClusterMeans | null)?.[metric] ?? Number.NaN }),
  }),
};
