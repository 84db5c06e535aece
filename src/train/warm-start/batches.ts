/**
 * @module
 * The demonstrations of each step of a warm start.
 */
import type { Demonstration, DemonstrationSource } from "../../data/index.ts";
import type { Sequence } from "../../engine/index.ts";
import { DataError } from "../../errors/index.ts";
import type { Dialogue, RowTally, SkippedRow } from "../../eval/index.ts";
import { Rng } from "../../math/index.ts";
import type { SftSchedule } from "./sft-schema.ts";

/** A demonstration as prompts and the tokens to imitate: one for each turn of the assistant. */
export function sequencesOf(dialogue: Dialogue, demonstration: Demonstration): Sequence[] {
  const { problem, completion, later = [] } = demonstration;
  const prompts = dialogue.laterPrompts(demonstration);
  return [
    { prompt: dialogue.prompt(problem), completion: dialogue.completionTokens(completion) },
    ...later.map((turn, i) => ({
      prompt: prompts[i]!,
      completion: dialogue.completionTokens(turn.completion),
    })),
  ];
}

/** The sequences of one demonstration, or the row of it that cannot be read. */
export async function demonstrated(
  dialogue: Dialogue,
  source: DemonstrationSource,
  index: number,
): Promise<readonly Sequence[] | SkippedRow> {
  try {
    return sequencesOf(dialogue, await source.demonstration(index));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { index, isBroken: true, message: error.message };
  }
}

/** Demonstrations held out of an endless source, its first, for any share above 0. */
const HELD_OUT_OF_ENDLESS = 64;

/** Indices of held-out and of training demonstrations. */
export interface HeldOut {
  readonly validation: readonly number[];
  /** The index of the demonstration at a position of the stream. */
  readonly order: (position: number) => number;
  /** Number of training demonstrations; Infinity for an endless source. */
  readonly size: number;
}

/**
 * The held-out demonstrations, and the order of the training demonstrations: an endless source in its own order, a
 * finite one epoch after epoch, each in a random order.
 */
export function heldOut(source: DemonstrationSource, share: number, seed: number): HeldOut {
  if (source.size === Infinity) {
    const count = share > 0 ? HELD_OUT_OF_ENDLESS : 0;
    return {
      validation: Array.from({ length: count }, (_, i) => i),
      order: (position) => position + count,
      size: Infinity,
    };
  }
  const rng = new Rng(seed).fork("demonstrations");
  const all = rng.fork("held out").shuffle(Array.from({ length: source.size }, (_, i) => i));
  const count = share > 0 ? Math.max(1, Math.round(share * source.size)) : 0;
  const learnt = all.slice(count);
  let epoch = -1;
  let order = learnt;
  return {
    validation: all.slice(0, count),
    size: learnt.length,
    order(position) {
      const current = Math.floor(position / learnt.length);
      if (current !== epoch) {
        epoch = current;
        order = rng.fork(`epoch/${epoch}`).shuffle([...learnt]);
      }
      return order[position % learnt.length]!;
    },
  };
}

/**
 * The sequences of a step from a position of the stream. Unreadable rows are skipped and counted.
 *
 * @returns the sequences and the position of the next step
 * @throws DataError when too many rows are broken
 */
export async function batchFrom(
  dialogue: Dialogue,
  source: DemonstrationSource,
  { order }: HeldOut,
  { batchSize, batchTokens }: Pick<SftSchedule, "batchSize" | "batchTokens">,
  position: number,
  tally: RowTally,
): Promise<{
  readonly sequences: readonly Sequence[];
  readonly broken: readonly SkippedRow[];
  readonly next: number;
}> {
  const sequences: Sequence[] = [];
  const broken: SkippedRow[] = [];
  let tokens = 0;
  let used = 0;
  let next = position;
  while (batchTokens !== undefined || used < batchSize) {
    const own = await demonstrated(dialogue, source, order(next));
    if ("isBroken" in own) {
      tally.skipped(own);
      broken.push(own);
      next += 1;
      continue;
    }
    const length = own.reduce((sum, { completion }) => sum + completion.length, 0);
    if (batchTokens !== undefined && sequences.length > 0 && tokens + length > batchTokens) break;
    tally.used();
    sequences.push(...own);
    tokens += length;
    used += 1;
    next += 1;
  }
  return { sequences, broken, next };
}
