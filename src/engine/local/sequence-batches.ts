/**
 * @module
 * Gathers sequences into batches of groups that share a prompt, of similar lengths, in few shapes.
 */
import type { BatchShape } from "../../model/graph/index.ts";
import { roundUpCount, roundUpLength } from "./buckets.ts";
import type { PreparedPrompt } from "./prepared-prompt.ts";

/** A sequence whose prompt is prepared. */
export interface PreparedSequence {
  readonly prompt: PreparedPrompt;
  readonly completion: Int32Array;
}

export interface SequenceBatch {
  readonly shape: BatchShape;
  /** At most `shape.prompts`; the slots after them stay empty. */
  readonly prompts: readonly PreparedPrompt[];
  /** `[P·G]` index of the sequence in each slot, −1 in empty ones. */
  readonly slots: Int32Array;
}

/** Completions of one prompt, by index. */
interface Group {
  readonly prompt: PreparedPrompt;
  readonly members: readonly number[];
  readonly longest: number;
}

/**
 * Batches of at most `maxSequences` slots. Empty completions are left out: there is nothing to score in them.
 *
 * @returns in an order that depends on lengths only
 */
export function sequenceBatches(sequences: readonly PreparedSequence[], maxSequences: number): SequenceBatch[] {
  const groups = gatherGroups(sequences, maxSequences);
  const batches: SequenceBatch[] = [];
  let start = 0;
  while (start < groups.length) {
    const groupSize = roundUpCount(groups[start]!.members.length);
    const wanted = Math.max(1, Math.floor(maxSequences / groupSize));
    let end = start;
    while (end < groups.length && end - start < wanted && roundUpCount(groups[end]!.members.length) === groupSize) {
      end++;
    }
    batches.push(packBatch(groups.slice(start, end), groupSize));
    start = end;
  }
  return batches;
}

/** Larger groups first, then longer ones; groups above the limit are cut. */
function gatherGroups(sequences: readonly PreparedSequence[], maxSequences: number): Group[] {
  const byPrompt = new Map<PreparedPrompt, number[]>();
  for (const [i, { prompt, completion }] of sequences.entries()) {
    if (completion.length > 0) {
      const members = byPrompt.get(prompt);
      if (members === undefined) {
        byPrompt.set(prompt, [i]);
      } else {
        members.push(i);
      }
    }
  }
  const groups: Group[] = [];
  for (const [prompt, members] of byPrompt) {
    for (let start = 0; start < members.length; start += maxSequences) {
      const part = members.slice(start, start + maxSequences);
      const longest = Math.max(...part.map((i) => sequences[i]!.completion.length));
      groups.push({ prompt, members: part, longest });
    }
  }
  return groups.sort(
    (a, b) => roundUpCount(b.members.length) - roundUpCount(a.members.length) || b.longest - a.longest,
  );
}

function packBatch(groups: readonly Group[], groupSize: number): SequenceBatch {
  const shape = {
    prompts: roundUpCount(groups.length),
    groupSize,
    promptLength: roundUpLength(Math.max(...groups.map(({ prompt }) => prompt.tokens.length))),
    completionLength: roundUpLength(Math.max(...groups.map(({ longest }) => longest))),
  };
  const slots = new Int32Array(shape.prompts * groupSize).fill(-1);
  for (const [p, { members }] of groups.entries()) {
    slots.set(members, p * groupSize);
  }
  return { shape, prompts: groups.map(({ prompt }) => prompt), slots };
}
