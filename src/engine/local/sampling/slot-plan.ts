/**
 * @module
 * Which completions share a decoding step when some have ended. A step has equally many completion slots for
 * every prompt slot. Where one prompt has many completions left, slots of all other prompts would be empty. Then that
 * prompt may take several prompt slots, each with its keys.
 */
import { roundUpCount } from "../buckets.ts";

/** Slots of the next steps. */
export interface SlotPlan {
  /** Completions of a prompt slot. */
  readonly groupSize: number;
  /** For each prompt slot the group whose prompt it holds, −1 for none. */
  readonly prompts: readonly number[];
  /** For each completion slot the row that continues in it, −1 for none. */
  readonly rows: readonly number[];
}

/** Cost of reading a prompt's keys, relative to computing a row. */
const PROMPT_COST = 1;

/**
 * The cheapest plan, by completion slots and prompt slots.
 *
 * @param groups `[P]` the rows of each prompt that continue, none of them empty
 * @param mostPrompts prompt slots that there may be where fewer would do, so that memory for keys does not grow
 */
export function slotPlan(groups: readonly (readonly number[])[], mostPrompts: number): SlotPlan {
  const largest = roundUpCount(Math.max(...groups.map((rows) => rows.length)));
  let best = { groupSize: largest, prompts: promptSlots(groups, largest) };
  for (let size = 1; size < largest; size++) {
    const prompts = promptSlots(groups, size);
    if (roundUpCount(size) !== size || prompts > mostPrompts) continue;
    const one = { groupSize: size, prompts };
    if (slotCost(one) < slotCost(best)) best = one;
  }
  const { groupSize } = best;
  const prompts = new Array<number>(best.prompts).fill(-1);
  const rows = new Array<number>(best.prompts * groupSize).fill(-1);
  let slot = 0;
  for (const [group, own] of groups.entries()) {
    for (const [i, row] of own.entries()) {
      if (i > 0 && i % groupSize === 0) slot++;
      prompts[slot] = group;
      rows[slot * groupSize + (i % groupSize)] = row;
    }
    slot++;
  }
  return { groupSize, prompts, rows };
}

function promptSlots(groups: readonly (readonly number[])[], groupSize: number): number {
  return roundUpCount(groups.reduce((sum, rows) => sum + Math.ceil(rows.length / groupSize), 0));
}

/** Cost of a step, in rows. */
export function slotCost({
  prompts,
  groupSize,
}: {
  readonly prompts: number;
  readonly groupSize: number;
}): number {
  return prompts * (groupSize + PROMPT_COST);
}
