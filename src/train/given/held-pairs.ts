/**
 * @module
 * Checks the functions of a user's algorithm that compares pairs: failures name the member, and pairs are of the group.
 */
import { PartError } from "../../errors/index.ts";
import type { PairAlgorithm } from "../../objective/index.ts";
import { membersOf, shownValue } from "../../parts/index.ts";
import { onCopies } from "./on-copies.ts";
import { heldFunction, requireNumbers } from "./returned.ts";

const MEMBERS = [
  "name",
  "unit",
  "pairs",
  "loss",
  "beta",
  "divergence",
  "truncated",
] as const satisfies readonly (keyof PairAlgorithm)[];

/** The algorithm with every function of it named and checked. */
export function heldPairs(algorithm: PairAlgorithm, name: string): PairAlgorithm {
  const own = membersOf(algorithm, MEMBERS);
  const [pairs, loss, divergence] = [`${name}: pairs`, `${name}: loss`, `${name}: divergence`];
  return {
    ...own,
    pairs: heldFunction(onCopies(own.pairs), pairs, (found, rewards) =>
      requirePairs(found, rewards.length, pairs),
    ),
    loss: heldFunction(own.loss, loss, (found, difference) =>
      requireNumbers(found, ["value", "derivative"], `difference ${difference}`, loss),
    ),
    divergence: heldFunction(own.divergence, divergence, (found, logprob, reference) =>
      requireNumbers(found, ["value"], `log-probs ${logprob} and ${reference}`, divergence),
    ),
  };
}

function requirePairs(found: unknown, completions: number, where: string): void {
  if (!Array.isArray(found)) {
    throw new PartError(`${where}: expected a list of pairs, got ${shownValue(found)}`);
  }
  const isIndex = (index: unknown) =>
    Number.isInteger(index) && Number(index) >= 0 && Number(index) < completions;
  for (const pair of found as readonly unknown[]) {
    const { chosen, rejected } = (pair ?? {}) as Readonly<Record<string, unknown>>;
    if (isIndex(chosen) && isIndex(rejected)) continue;
    const got = `chosen ${shownValue(chosen)} and rejected ${shownValue(rejected)}`;
    throw new PartError(`${where}: expected indices of the group's ${completions} completions, got ${got}`);
  }
}
