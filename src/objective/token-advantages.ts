/**
 * @module
 * The advantages of a batch before token credit, for credit methods that depend on them.
 */
import { ConfigError } from "../errors/index.ts";
import type { Algorithm } from "./algorithm.ts";
import { checkGroups, requireGroups } from "./check.ts";
import { countedGroups } from "./counted-groups.ts";
import { type AlgorithmInput, resolveAlgorithm } from "./registry.ts";
import { batchAdvantages } from "./token-objective.ts";
import type { ObjectiveGroup } from "./types.ts";

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
