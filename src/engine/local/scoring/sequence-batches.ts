/**
 * @module
 * Gathers sequences into batches of groups that share a prompt, of similar lengths, in few shapes.
 */
import type { BatchShape } from "../../../model/graph/index.ts";
import { roundDownCount, roundUpCount, roundUpLength } from "../buckets.ts";
import { imageKeyCount } from "../prompts/image-keys.ts";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";

/** A sequence whose prompt is prepared. */
export interface PreparedSequence {
  readonly prompt: PreparedPrompt;
  readonly completion: Int32Array;
}

export interface SequenceBatch {
  readonly shape: BatchShape;
  /** At most `shape.prompts`; the slots after them stay empty. */
  readonly prompts: readonly PreparedPrompt[];
  /** `[P·G]` index of the sequence in each slot, −1 in empty slots. */
  readonly slots: Int32Array;
}

/** Completions of one prompt, by index. */
interface Group {
  readonly prompt: PreparedPrompt;
  readonly members: readonly number[];
  readonly longest: number;
}

/**
 * Batches of at most `maxTokens` rows, or of one group where that alone is longer. Empty completions are left out:
 * there is nothing to score in them.
 *
 * @returns in an order that depends on lengths only
 */
export function sequenceBatches(sequences: readonly PreparedSequence[], maxTokens: number): SequenceBatch[] {
  const groups = gatherGroups(sequences, maxTokens);
  const batches: SequenceBatch[] = [];
  let start = 0;
  while (start < groups.length) {
    let end = start + 1;
    while (end < groups.length && fits(groups.slice(start, end + 1), maxTokens)) {
      end++;
    }
    batches.push(packBatch(groups.slice(start, end)));
    start = end;
  }
  return batches;
}

/** Larger groups first, then longer groups; groups above the limit are cut. */
function gatherGroups(sequences: readonly PreparedSequence[], maxTokens: number): Group[] {
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
    members.sort((a, b) => sequences[b]!.completion.length - sequences[a]!.completion.length || a - b);
    for (let start = 0; start < members.length; ) {
      const longest = sequences[members[start]!]!.completion.length;
      const room = Math.floor((maxTokens - roundUpLength(prompt.tokens.length)) / roundUpLength(longest));
      const count = Math.max(1, roundDownCount(room));
      groups.push({ prompt, members: members.slice(start, start + count), longest });
      start += count;
    }
  }
  return groups.sort(
    (a, b) => roundUpCount(b.members.length) - roundUpCount(a.members.length) || b.longest - a.longest,
  );
}

/** Whether groups are of one size and fit one batch. */
function fits(groups: readonly Group[], maxTokens: number): boolean {
  const { prompts, groupSize, promptLength, completionLength, imageLength = 0 } = batchShape(groups);
  const last = groups.at(-1)!;
  return (
    roundUpCount(last.members.length) === groupSize &&
    prompts * (promptLength + groupSize * completionLength + imageLength) <= maxTokens
  );
}

function batchShape(groups: readonly Group[]): BatchShape {
  const imageLength = Math.max(...groups.map(({ prompt }) => imageKeyCount(prompt)));
  return {
    prompts: roundUpCount(groups.length),
    groupSize: roundUpCount(groups[0]!.members.length),
    promptLength: roundUpLength(Math.max(...groups.map(({ prompt }) => prompt.tokens.length))),
    completionLength: roundUpLength(groups[0]!.longest),
    ...(imageLength > 0 && { imageLength }),
  };
}

function packBatch(groups: readonly Group[]): SequenceBatch {
  const shape = batchShape(groups);
  const slots = new Int32Array(shape.prompts * shape.groupSize).fill(-1);
  for (const [p, { members }] of groups.entries()) {
    slots.set(members, p * shape.groupSize);
  }
  return { shape, prompts: groups.map(({ prompt }) => prompt), slots };
}
