/**
 * @module
 * Whether a group moves the weights. A group whose rewards are all equal has advantage 0, and no gradient unless a term
 * beside the advantage has one.
 */
import { algorithmNeeds } from "../../objective/index.ts";
import { type CreditedGroup, hasShapedSpread } from "../credit/measured-group.ts";
import type { Training } from "../iteration/training.ts";
import { type Group, hasSpread } from "./group.ts";

/**
 * True for a group whose rewards differ. Also true for every group if the algorithm needs no spread, or has an entropy
 * term or a KL term (in the loss, or in the reward, where it gives the group spread). Also if the credit method changes
 * rewards or adds a term to the loss, or if advantages are whitened over the batch.
 */
export function hasGradient(training: Parts, group: Group): boolean {
  return movesEvery(training) || training.credit.needs.allGroups === true || hasSpread(group);
}

type Parts = Pick<Training, "objective" | "credit" | "schedule">;

/** The same once a credit method has shaped the rewards, which then decide by themselves. */
export function hasShapedGradient(training: Parts, group: CreditedGroup): boolean {
  return movesEvery(training) || hasShapedSpread(group);
}

/** Whether every group has a gradient, with equal rewards too. */
function movesEvery({ objective, credit, schedule }: Parts): boolean {
  const { spread, termGradient } = algorithmNeeds(objective);
  return !spread || termGradient || credit.addsLossTerm === true || schedule.separate?.whiten === true;
}
