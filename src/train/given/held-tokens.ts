/**
 * @module
 * Checks the functions of a user's token-level algorithm: failures name the member, and results have the batch's shape.
 */
import type { TokenAlgorithm, TokenTerm } from "../../objective/index.ts";
import { membersOf } from "../../parts/index.ts";
import { onCopies } from "./on-copies.ts";
import { heldFunction, requireCount, requireNumbers, requireOneOf, requireRow } from "./returned.ts";

const MEMBERS = [
  "name",
  "unit",
  "advantage",
  "ratioLevel",
  "surrogate",
  "aggregation",
  "kl",
  "entropyCoefficient",
  "correction",
  "value",
  "truncated",
  "correctsStaleness",
] as const satisfies readonly (keyof TokenAlgorithm)[];

const CLIPPED = ["none", "low", "high", "dual"] as const satisfies readonly TokenTerm["clipped"][];

const isNoNaN = (number: number) => !Number.isNaN(number);
const isAny = () => true;

/** The algorithm with every function of it named and checked. */
export function heldTokens(algorithm: TokenAlgorithm, name: string): TokenAlgorithm {
  const own = membersOf(algorithm, MEMBERS);
  return {
    ...own,
    advantage: heldAdvantage(own.advantage, `${name}: advantage`),
    ratioLevel: heldRatioLevel(own.ratioLevel, `${name}: ratioLevel`),
    surrogate: heldSurrogate(own.surrogate, `${name}: surrogate`),
    aggregation: heldAggregation(own.aggregation, `${name}: aggregation`),
    kl: heldKl(own.kl, `${name}: kl`),
    ...(own.value && { value: heldValue(own.value, `${name}: value`) }),
  };
}

function heldAdvantage(given: TokenAlgorithm["advantage"], name: string): TokenAlgorithm["advantage"] {
  const own = membersOf(given, ["of", "needsSpread", "values"]);
  const of = heldFunction(onCopies(own.of), name, (found, groups) => {
    const { advantages, returns } = found ?? {};
    requireCount(advantages, groups.length, "groups of advantages", name);
    if (returns !== undefined) requireCount(returns, groups.length, "groups of returns", name);
    for (const [g, { completions }] of groups.entries()) {
      const rows = advantages![g];
      requireCount(rows, completions.length, `rows of advantages for group ${g}`, name);
      if (returns !== undefined) {
        requireCount(returns[g], completions.length, `rows of returns for group ${g}`, name);
      }
      for (const [i, { mask, penalties }] of completions.entries()) {
        const place = `completion ${i} of group ${g}`;
        // Penalties grow with the distance of log-probs, and are a matter of the batch.
        const fits = penalties === undefined ? Number.isFinite : isNoNaN;
        requireRow(rows![i], { mask, place, fits }, name);
        // A return is NaN where there is none.
        if (returns !== undefined) requireRow(returns[g]![i], { mask, place, fits: isAny }, name);
      }
    }
  });
  return { ...own, of };
}

function heldRatioLevel(given: TokenAlgorithm["ratioLevel"], name: string): TokenAlgorithm["ratioLevel"] {
  const own = membersOf(given, ["keepsTokenCredit", "ratios", "pullback"]);
  const place = "a completion";
  return {
    ...own,
    ratios: heldFunction(onCopies(own.ratios), `${name}.ratios`, (row, _logRatios, mask) =>
      requireRow(row, { mask, place, fits: isNoNaN }, `${name}.ratios`),
    ),
    pullback: heldFunction(onCopies(own.pullback), `${name}.pullback`, (row, ratios, upstream, mask) => {
      // Infinite slopes and ratios are a matter of the batch; their sums and products may be no number.
      const areFinite = [ratios, upstream].every((input) => input.every(Number.isFinite));
      requireRow(row, { mask, place, fits: areFinite ? isNoNaN : isAny }, `${name}.pullback`);
    }),
  };
}

function heldSurrogate(surrogate: TokenAlgorithm["surrogate"], name: string): TokenAlgorithm["surrogate"] {
  const names = ["value", "ratioDerivative", "logprobDerivative"];
  return heldFunction(surrogate, name, (term, ratio, advantage) => {
    const input = `ratio ${ratio}, advantage ${advantage}`;
    requireNumbers(term, names, input, name);
    requireOneOf(term.clipped, "clipped", { choices: CLIPPED, input }, name);
  });
}

function heldAggregation(
  aggregation: TokenAlgorithm["aggregation"],
  name: string,
): TokenAlgorithm["aggregation"] {
  return heldFunction(onCopies(aggregation), name, (rows, masks) => {
    requireCount(rows, masks.length, "rows", name);
    for (const [i, mask] of masks.entries()) {
      requireRow(rows[i], { mask, place: `completion ${i}`, fits: Number.isFinite }, name);
    }
  });
}

function heldKl(given: TokenAlgorithm["kl"], name: string): TokenAlgorithm["kl"] {
  const { shareAt, ...own } = membersOf(given, ["coefficient", "shareAt", "estimate", "placement"]);
  const place = `${name}.shareAt`;
  return {
    ...own,
    estimate: heldFunction(own.estimate, `${name}.estimate`, (found, logprob, reference) =>
      requireNumbers(
        found,
        ["value", "derivative"],
        `log-probs ${logprob} and ${reference}`,
        `${name}.estimate`,
      ),
    ),
    ...(shareAt && {
      shareAt: heldFunction(shareAt, place, (share, progress) =>
        requireRow([share], { mask: [1], place: `progress ${progress}`, fits: (one) => one >= 0 }, place),
      ),
    }),
  };
}

function heldValue(
  given: NonNullable<TokenAlgorithm["value"]>,
  name: string,
): NonNullable<TokenAlgorithm["value"]> {
  const own = membersOf(given, ["coefficient", "loss"]);
  const loss = heldFunction(own.loss, `${name}.loss`, (found, value, oldValue, target) =>
    requireNumbers(
      found,
      ["value", "derivative"],
      `values ${value} and ${oldValue}, target ${target}`,
      `${name}.loss`,
    ),
  );
  return { ...own, loss };
}
