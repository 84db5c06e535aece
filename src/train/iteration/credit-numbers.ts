/**
 * @module
 * Metrics of an iteration's credit.
 */
import type { CompletionCredit, TokenRole } from "../../credit/index.ts";
import { mean, shareOf } from "../../math/index.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";

/** Metrics of roles, of additions to advantages, and of missing signals. */
export function creditNumbers(used: readonly CreditedGroup[]) {
  return { ...roleNumbers(used), ...lackNumbers(used), ...bonusNumbers(used) };
}

/** Credits of completions with tokens that count. */
function countedCredits(used: readonly CreditedGroup[]): CompletionCredit[] {
  return used.flatMap(({ credits, masks }) => credits.filter((_, i) => masks[i]!.includes(1)));
}

function roleNumbers(used: readonly CreditedGroup[]) {
  const credits = countedCredits(used).filter(({ roles }) => roles !== undefined);
  if (credits.length === 0) return {};
  const roles = credits.flatMap(({ roles: own }) => own ?? []);
  const shareIn = (role: TokenRole) => shareOf(roles.filter((own) => own === role).length, roles.length);
  const aligned = credits.flatMap(({ roles: own = [], alignment }) =>
    own.flatMap((role, t) => (role === "neutral" ? [] : (alignment?.[t] ?? []))),
  );
  return {
    roles: { visual: shareIn("visual"), text: shareIn("text"), neutral: shareIn("neutral") },
    alignment: mean(aligned),
  };
}

/** Warnings about completions with uniform weights because no signal distinguishes their tokens. */
function lackNumbers(used: readonly CreditedGroup[]) {
  const credits = countedCredits(used);
  const blind = credits.filter(({ lacksVisualMass }) => lacksVisualMass).length;
  const unlabelled = credits.filter(({ lacksLabels }) => lacksLabels).length;
  return {
    ...(blind > 0 && { withoutVisualMass: shareOf(blind, credits.length) }),
    ...(unlabelled > 0 && { withoutLabels: shareOf(unlabelled, credits.length) }),
  };
}

function bonusNumbers(used: readonly CreditedGroup[]) {
  const added = countedCredits(used).flatMap(({ advantageBonus }) => advantageBonus ?? []);
  if (added.length === 0) return {};
  const tokens = added.reduce((sum, { length }) => sum + length, 0);
  return {
    advantageBonus: shareOf(
      added.reduce((sum, own) => sum + mean(own) * own.length, 0),
      tokens,
    ),
  };
}
