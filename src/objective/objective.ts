/**
 * @module
 * The policy objective of a batch and its derivative in the log-probs of the sampled tokens, in closed form. Every
 * loss here depends on the model only through these log-probs, and the values of a value head. So an engine that can
 * add up the gradient of Σ c·log π can train with any of them.
 */
import { NumericError } from "../errors/index.ts";
import type { Algorithm } from "./algorithm.ts";
import { checkGroups, requireGroups } from "./check.ts";
import { countedGroups } from "./counted-groups.ts";
import { pairObjective } from "./pair-objective.ts";
import { type AlgorithmInput, resolveAlgorithm } from "./registry.ts";
import { tokenObjective } from "./token-objective.ts";
import type { ObjectiveContext, ObjectiveGroup, ObjectiveResult } from "./types.ts";

/**
 * Loss of a batch of groups and the coefficients that an engine accumulates.
 *
 *     loss = −Σ_{g,i,t} scale_{g,i,t} · ( f(ρₜ, Âᵢₜ·wₜ + bₜ) − β·KLₜ + Pₜ + Vₜ ) + loss of the values
 *     c    = −∂loss/∂log π(oₜ)
 *
 * scale is the aggregation, f the surrogate, ρ the importance ratio, w the token weights, b the credit's addition, β
 * the KL coefficient. Â is the advantage, of the completion in its group, or of the token where values are learnt. P
 * is the perception term of completions that have one. V is the term over views, which has its own coefficients for
 * each view. Where the algorithm stops a gradient (GSPO's token form, CISPO, REINFORCE), c is the derivative with
 * that stop. DPO compares pairs; its loss is in `pair-objective.ts`.
 *
 * Masked tokens are never looked at and have coefficient 0. A group without spread of rewards has advantage 0. Its
 * coefficients are 0 unless a KL or perception term acts, or the algorithm has no baseline of the group. Its tokens
 * count in the means. A completion that no verifier could judge has advantage 0, in parts and whitened too; its tokens
 * count in the means. A completion without counted tokens counts in no mean.
 *
 * @param config an algorithm, or the `algorithm` part of a configuration, whose missing options take their defaults
 * @param groups `[P]` of `[G]` completions
 * @param context of the run, for an algorithm that is given as a configuration
 * @throws ConfigError when an option is unknown or impossible, reference log-probs or values are missing where they
 *   are needed, or token weights meet an algorithm that erases them
 * @throws ShapeError when lengths do not agree, naming the completion
 * @throws NumericError when a reward, or a counted log-prob, weight or value is infinite or NaN, and when log-probs are
 *   so far apart that the loss or a coefficient would be
 * @example
 * const completion = (logprob: number) => ({ logprobs: [logprob], oldLogprobs: [logprob], mask: [1] });
 * objective({ kind: "reinforce" }, [{ rewards: [1, 0], completions: [completion(-1), completion(-2)] }]).coefficients;
 * // [[[0.25], [-0.25]]]
 */
export function objective(
  config: Algorithm | AlgorithmInput,
  groups: readonly ObjectiveGroup[],
  context: ObjectiveContext = {},
): ObjectiveResult {
  const algorithm = resolveAlgorithm(config, context);
  requireGroups(groups);
  const kept = countedGroups(groups, algorithm);
  checkGroups(kept, algorithm);
  const result = algorithm.unit === "pair" ? pairObjective(algorithm, kept) : tokenObjective(algorithm, kept);
  checkResult(result);
  return result;
}

function checkResult({ loss, coefficients, valueCoefficients, viewCoefficients }: ObjectiveResult): void {
  const all: [string, Float64Array[][] | undefined][] = [
    ["coefficients", coefficients],
    ["valueCoefficients", valueCoefficients],
    ...(viewCoefficients ?? []).map((groups, v): [string, Float64Array[][]] => [
      `viewCoefficients[${v}]`,
      groups,
    ]),
  ];
  for (const [name, groups] of all) {
    groups?.forEach((completions, g) => {
      completions.forEach((row, i) => {
        const t = row.findIndex((coefficient) => !Number.isFinite(coefficient));
        if (t < 0) return;
        throw new NumericError(
          `${name}[${t}]: expected a finite number, got ${row[t]}; the log-probs of policy, sampler or reference ` +
            `are too far apart (completion ${i} of group ${g})`,
        );
      });
    });
  }
  if (!Number.isFinite(loss)) {
    throw new NumericError(
      `the loss is ${loss}: the log-probs of policy, sampler or reference are too far apart`,
    );
  }
}
