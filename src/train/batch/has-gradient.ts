/**
 * @module
 * Whether a group moves the weights. A group whose rewards are all equal has advantage 0, and no gradient unless a term
 * beside the advantage has one.
 */
import { algorithmNeeds } from "../../objective/index.ts";
import type { Training } from "../iteration/training.ts";
import { type Group, hasSpread } from "./group.ts";

/**
 * True for a group whose rewards differ. Also true for every group if the algorithm needs no spread, or has an entropy
 * term or a KL term (in the loss, or in the reward, where it gives the group spread). Also if the credit method changes
 * rewards or adds a term to the loss, or if advantages are whitened over the batch.
 */
export function hasGradient(
  { objective, credit, schedule }: Pick<Training, "objective" | "credit" | "schedule">,
  group: Group,
): boolean {
  const { spread, termGradient } = algorithmNeeds(objective);
  const hasTerm = termGradient || credit.addsLossTerm || credit.needs.allGroups || schedule.separate?.whiten;
  return !spread || hasTerm === true || hasSpread(group);
}
