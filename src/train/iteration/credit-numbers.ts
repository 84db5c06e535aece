/**
 * @module
 * Metrics of an iteration's credit.
 */
import type { TokenRole } from "../../credit/index.ts";
import { mean, shareOf } from "../../math/index.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";

/** Metrics of roles, of additions to advantages, and of missing signals. */
export function creditNumbers(used: readonly CreditedGroup[]) {
  return { ...roleNumbers(used), ...lackNumbers(used), ...bonusNumbers(used) };
}

function roleNumbers(used: readonly CreditedGroup[]) {
  const credits = used.flatMap(({ credits: own }) => own).filter(({ roles }) => roles !== undefined);
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
  const credits = used.flatMap(({ credits: own }) => own);
  const blind = credits.filter(({ lacksVisualMass }) => lacksVisualMass).length;
  const unlabelled = credits.filter(({ lacksLabels }) => lacksLabels).length;
  return {
    ...(blind > 0 && { withoutVisualMass: shareOf(blind, credits.length) }),
    ...(unlabelled > 0 && { withoutLabels: shareOf(unlabelled, credits.length) }),
  };
}

function bonusNumbers(used: readonly CreditedGroup[]) {
  const added = used.flatMap(({ credits }) => credits).flatMap(({ advantageBonus }) => advantageBonus ?? []);
  if (added.length === 0) return {};
  const tokens = added.reduce((sum, { length }) => sum + length, 0);
  return {
    advantageBonus: shareOf(
      added.reduce((sum, own) => sum + mean(own) * own.length, 0),
      tokens,
    ),
  };
}
