/**
 * @module
 * Which completions stand beside each other when some have ended. A decoding step has equally many slots for every prompt slot,
 * so a prompt with many completions left may take several prompt slots, each with its keys, where one prompt's stragglers would
 * otherwise leave slots of all the others empty.
 */
import { roundUpCount } from "../buckets.ts";

/** Slots of the next steps. */
export interface SlotPlan {
  /** Completions of a prompt slot. */
  readonly groupSize: number;
  /** For each prompt slot the group whose prompt it holds, −1 for none. */
  readonly prompts: readonly number[];
  /** For each completion slot the row that goes on in it, −1 for none. */
  readonly rows: readonly number[];
}

/** Cost of reading a prompt's keys, relative to computing a row. */
const PROMPT_COST = 1;

/**
 * The cheapest plan, by completion slots and prompt slots.
 *
 * @param groups `[P]` rows of each prompt that go on, none of them empty
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
