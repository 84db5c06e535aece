/**
 * @module
 * The advantages of a batch before token credit: for credit methods that depend on them, and for minibatches of the batch.
 */
import { ConfigError } from "../errors/index.ts";
import type { Algorithm } from "./algorithm.ts";
import { checkGroups, requireGroups } from "./check.ts";
import { countedGroups } from "./counted-groups.ts";
import { type AlgorithmInput, resolveAlgorithm } from "./registry.ts";
import { batchAdvantages } from "./token-objective.ts";
import type { KnownAdvantages, ObjectiveGroup } from "./types.ts";

/**
 * The advantage of every token, as `objective` computes it for the same batch.
 *
 * @param config an algorithm, or the `algorithm` part of a configuration
 * @param groups `[P]` of `[G]` completions
 * @returns `[P][G][T]`; at masked tokens any number
 * @throws ConfigError when the algorithm compares pairs and so has no advantages
 * @throws ShapeError, NumericError as `objective` does
 */
export function tokenAdvantages(
  config: Algorithm | AlgorithmInput,
  groups: readonly ObjectiveGroup[],
): readonly (readonly Float64Array[])[] {
  const algorithm = resolveAlgorithm(config);
  if (algorithm.unit === "pair") {
    throw new ConfigError(
      `algorithm.kind "${algorithm.name ?? "pair"}": it compares completions and has no advantages`,
    );
  }
  requireGroups(groups);
  const kept = countedGroups(groups, algorithm);
  checkGroups(kept, algorithm);
  return batchAdvantages(algorithm, kept).advantages;
}

/**
 * The advantages of each group, for `known` of the same groups in a part of the batch. Inputs are not checked, since
 * `objective` checks each part.
 *
 * @returns `[P]`; undefined if the algorithm compares pairs
 * @throws NumericError when advantages are whitened and a number is not finite
 */
export function knownAdvantages(
  algorithm: Algorithm,
  groups: readonly ObjectiveGroup[],
): KnownAdvantages[] | undefined {
  if (algorithm.unit === "pair") return undefined;
  const { advantages, returns } = batchAdvantages(algorithm, countedGroups(groups, algorithm));
  return advantages.map((own, g) => ({ advantages: own, returns: returns?.[g] }));
}
