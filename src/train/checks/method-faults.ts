/**
 * @module
 * Reasons why a credit method cannot work with the other parts of a run.
 */
import type { CreditMethod } from "../../credit/index.ts";
import { type Algorithm, hasAdvantages, keepsTokenCredit } from "../../objective/index.ts";
import type { Training } from "../iteration/training.ts";

/** Reasons why a credit method and an algorithm cannot be combined; empty if they can. */
export function pairFaults(credit: CreditMethod, objective: Algorithm): string[] {
  const pair = `credit.kind "${credit.name ?? "own"}" with algorithm.kind "${objective.name ?? "own"}"`;
  return [
    !credit.sharesEvenly &&
      !keepsTokenCredit(objective) &&
      `${pair}: a sequence-level ratio erases token credit; set algorithm.form to "token", or credit to uniform`,
    credit.addsLossTerm &&
      objective.unit === "pair" &&
      `${pair}: the method adds a token-level loss term, and the algorithm compares pairs; choose another method or algorithm`,
    credit.needs.advantage &&
      !hasAdvantages(objective) &&
      `${pair}: the credit depends on advantages, and an algorithm that compares completions has none`,
  ].filter((fault) => typeof fault === "string");
}

/** Reasons why a method cannot be compared with the run's method. */
export function comparisonFaults(method: CreditMethod, objective: Algorithm): string[] {
  if (!method.needs.advantage || hasAdvantages(objective)) return [];
  return [
    `creditAgreement.methods: "${method.name ?? "own"}" depends on advantages, and algorithm.kind "${objective.name ?? "own"}" has none`,
  ];
}

/** Reasons why a method has no labels. */
export function labelFaults({ name = "own", needs }: CreditMethod, { labels, source }: Training): string[] {
  if (!needs.labels || labels !== undefined) return [];
  return [
    `credit.kind "${name}": expected a task with token labels, got a task without (${source.fingerprint})`,
  ];
}

/** Reasons why a method has no rewards to read. */
export function rewardFaults(
  { name = "own", needs }: CreditMethod,
  rewards: readonly { readonly name: string }[],
): string[] {
  const known = rewards.map((reward) => reward.name);
  return (needs.rewards ?? [])
    .filter((reward) => !known.includes(reward))
    .map(
      (reward) =>
        `credit.kind "${name}": expected a reward named "${reward}", whose scores it reads; got ${known.join(", ") || "none"}`,
    );
}
