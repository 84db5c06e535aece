/**
 * @module
 * How far the run's credit method and others agree on the completions that are learnt from. The others change nothing: what
 * they say is measured and forgotten.
 */
import type { CompletionCredit, CreditMethod } from "../../credit/index.ts";
import { signalAgreement } from "../../credit/index.ts";
import { NumericError } from "../../errors/index.ts";
import { tokenAdvantages } from "../../objective/index.ts";
import type { Agreement, Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { type CreditInputs, creditGroups } from "./credit-groups.ts";
import { type CreditedGroup, objectiveGroups } from "./measured-group.ts";

/** Of each pair of methods, by their names with a slash between. */
export interface AgreementMetrics {
  /** Mean over completions of the share of top tokens that both have. */
  readonly signalOverlap: Readonly<Record<string, number>>;
  /** Spearman's correlation of the completions' mean signals; a pair is missing where either has one value alone. */
  readonly signalCorrelation: Readonly<Record<string, number>>;
}

/** Names of methods, numbered where two have the same. */
function distinctNames(methods: readonly CreditMethod[]): string[] {
  const seen = new Map<string, number>();
  return methods.map(({ name = "own" }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}

/** What a method says of the groups; nothing where a signal is not a number. */
async function creditBy(
  method: CreditMethod,
  training: Training,
  groups: readonly CreditedGroup[],
  inputs: Omit<CreditInputs, "advantages">,
  watch: Stopwatch,
): Promise<readonly CompletionCredit[] | undefined> {
  const advantages = method.needs.advantage
    ? tokenAdvantages(training.objective, objectiveGroups(groups))
    : undefined;
  try {
    const own = groups.map(({ group }) => group);
    return (
      await creditGroups({ ...training, credit: method }, own, { ...inputs, advantages }, watch)
    ).flat();
  } catch (error) {
    if (!(error instanceof NumericError)) throw error;
    return undefined;
  }
}

/**
 * The agreement of every pair among the run's method and the others, on the groups that have a gradient.
 *
 * @param groups as credited by the run's own method
 */
export async function creditAgreement(
  training: Training,
  { methods, share }: Agreement,
  groups: readonly CreditedGroup[],
  inputs: Omit<CreditInputs, "advantages">,
  watch: Stopwatch,
): Promise<AgreementMetrics> {
  const masks = groups.flatMap(({ group }) =>
    group.rollouts.map(({ completion }) => new Uint8Array(completion.tokens.length).fill(1)),
  );
  const names = distinctNames([training.credit, ...methods]);
  const credits: (readonly CompletionCredit[] | undefined)[] = [groups.flatMap((group) => group.credits)];
  for (const method of methods) credits.push(await creditBy(method, training, groups, inputs, watch));
  const signalOverlap: Record<string, number> = {};
  const signalCorrelation: Record<string, number> = {};
  for (const [i, first] of credits.entries()) {
    for (let j = i + 1; j < credits.length; j++) {
      const second = credits[j];
      if (first === undefined || second === undefined) continue;
      const { overlap, correlation } = signalAgreement(first, second, masks, share);
      const pair = `${names[i]}/${names[j]}`;
      signalOverlap[pair] = overlap;
      if (correlation !== undefined) signalCorrelation[pair] = correlation;
    }
  }
  return { signalOverlap, signalCorrelation };
}
