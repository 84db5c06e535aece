/**
 * @module
 * Options that every entry of the reward list has.
 */
import * as z from "zod";

/** Weight and name of an entry, with the entry's default weight. */
export function entryOptions(weight = 1) {
  return {
    weight: z.number().default(weight).describe("Factor of this part in the reward."),
    name: z.string().min(1).optional().describe("Name of the metric; default: the kind."),
  };
}
