/**
 * @module
 * A batch with everything that the update needs of it before the first step: model outputs, credit, and advantages over the
 * whole batch.
 */
import type { CompletionCredit } from "../../credit/index.ts";
import { NumericError } from "../../errors/index.ts";
import { knownAdvantages } from "../../objective/index.ts";
import type { Group } from "../batch/group.ts";
import { hasGradient, hasShapedGradient } from "../batch/has-gradient.ts";
import type { Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { type CreditInputs, creditGroups } from "./credit-groups.ts";
import {
  type CreditedGroup,
  type MeasuredGroup,
  masksOf,
  measureGroups,
  objectiveGroups,
  type SeparateFactors,
  withShapedForms,
} from "./measured-group.ts";

/** Why a batch has no credit. */
export interface Uncredited {
  readonly reason: string;
}

/** A batch before its credit. */
interface BatchInputs {
  readonly credit: Omit<CreditInputs, "advantages">;
  /** Ask for log-probs under the frozen reference. */
  readonly reference: boolean;
  readonly apart?: SeparateFactors | undefined;
}

/**
 * Measures and credits the groups with a gradient, or returns a reason if a number is not finite. Groups without a
 * gradient stay in the batch for the means of the loss.
 *
 * If the credit method changes rewards and equal groups are dropped, the shaped rewards decide.
 */
export async function creditedBatch(
  training: Training,
  groups: readonly Group[],
  inputs: BatchInputs,
  watch: Stopwatch,
): Promise<readonly CreditedGroup[] | Uncredited> {
  if (groups.length === 0) return [];
  const moving = groups.filter((group) => hasGradient(training, group));
  const measured = new Map(
    (await measureGroups(training, moving, inputs, watch)).map((own) => [own.group, own]),
  );
  const whole = groups.map((group) => measured.get(group) ?? unmeasured(training, group, inputs));
  try {
    const advantages = training.credit.needs.advantage
      ? advantagesOf(training, whole, (own) => measured.has(own.group))
      : undefined;
    const credits = await creditGroups(training, moving, { ...inputs.credit, advantages }, watch);
    const creditOf = new Map(moving.map((group, p) => [group, credits[p]!]));
    const credited = whole.map((own): CreditedGroup => {
      const found = creditOf.get(own.group);
      return found === undefined ? idle(own) : { ...own, credits: found };
    });
    return withAdvantages(training, filtered(training, shaped(training, credited)));
  } catch (error) {
    if (!(error instanceof NumericError)) throw error;
    return { reason: error.message };
  }
}

/** `[P][G][T]` advantages over the whole batch, of the groups that are asked for. */
function advantagesOf(
  { objective }: Training,
  whole: readonly MeasuredGroup[],
  isAsked: (group: MeasuredGroup) => boolean,
): (readonly Float64Array[])[] | undefined {
  return knownAdvantages(objective, objectiveGroups(whole))?.flatMap(({ advantages }, p) =>
    isAsked(whole[p]!) ? [advantages] : [],
  );
}

/** The groups with their advantages over all of them, by the rewards as the credit method has shaped them. */
function withAdvantages({ objective }: Training, groups: readonly CreditedGroup[]): CreditedGroup[] {
  const known = knownAdvantages(objective, objectiveGroups(groups));
  return groups.map((group, p) => ({ ...group, known: known?.[p] }));
}

/** Of a problem in several forms, the rewards of the other forms are shaped too. */
function shaped({ credit }: Training, groups: readonly CreditedGroup[]): readonly CreditedGroup[] {
  return credit.needs.allGroups ? withShapedForms(groups) : groups;
}

function filtered(training: Training, groups: readonly CreditedGroup[]): readonly CreditedGroup[] {
  const { credit, schedule } = training;
  const isFiltered = credit.needs.allGroups && schedule.equalGroups === "drop";
  return isFiltered ? groups.filter((group) => hasShapedGradient(training, group)) : groups;
}

function unmeasured(training: Training, group: Group, { apart }: BatchInputs): MeasuredGroup {
  return { group, masks: masksOf(group, training), apart };
}

/** A group without a gradient: it counts in the means of the loss and is not measured. */
function idle(own: MeasuredGroup): CreditedGroup {
  const credits = own.group.rollouts.map(
    ({ completion }): CompletionCredit => ({ weights: new Float64Array(completion.tokens.length).fill(1) }),
  );
  return { ...own, isIdle: true, credits };
}
