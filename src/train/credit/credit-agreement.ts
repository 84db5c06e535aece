/**
 * @module
 * Agreement of the run's credit method with other methods on the completions that are trained on. The other methods are
 * only measured; they do not affect training.
 */
import type { CompletionCredit, CreditMethod } from "../../credit/index.ts";
import { signalAgreement } from "../../credit/index.ts";
import { NumericError } from "../../errors/index.ts";
import type { Agreement, Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { type CreditInputs, creditGroups } from "./credit-groups.ts";
import type { CreditedGroup } from "./measured-group.ts";

/** Agreement of each pair of methods; keys are both names with a slash between. */
export interface AgreementMetrics {
  /** Mean over completions of the overlap of their top tokens. */
  readonly signalOverlap: Readonly<Record<string, number>>;
  /** Spearman's correlation of the completions' mean signals; a pair is missing if either signal is constant. */
  readonly signalCorrelation: Readonly<Record<string, number>>;
}

/** Names of methods, numbered if two are the same. */
function distinctNames(methods: readonly CreditMethod[]): string[] {
  const seen = new Map<string, number>();
  return methods.map(({ name = "own" }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}

/** A method's credit of the groups; undefined when a signal is not a number. */
async function creditBy(
  method: CreditMethod,
  training: Training,
  groups: readonly CreditedGroup[],
  inputs: Omit<CreditInputs, "advantages">,
  watch: Stopwatch,
): Promise<readonly CompletionCredit[] | undefined> {
  const advantages = method.needs.advantage ? groups.map(({ known }) => known?.advantages ?? []) : undefined;
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
 * The agreement of every pair among the run's method and the compared methods, on groups with a gradient.
 *
 * @param groups credited by the run's method
 */
export async function creditAgreement(
  training: Training,
  { methods, share }: Agreement,
  groups: readonly CreditedGroup[],
  inputs: Omit<CreditInputs, "advantages">,
  watch: Stopwatch,
): Promise<AgreementMetrics> {
  const masks = groups.flatMap((group) => group.masks);
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
