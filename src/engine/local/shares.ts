/**
 * @module
 * Work divided between replicas: stretches of nearly the same size, in order.
 */
import { placesByPrompt } from "../by-prompt.ts";
import type { Sequence } from "../engine.ts";

/** From the first of a share to the first that follows it. */
export type Share = readonly [from: number, to: number];

/** Cuts costs into so many stretches, each of which ends where the sum so far is nearest to its part of the whole. */
export function evenShares(costs: readonly number[], parts: number): Share[] {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  let to = 0;
  let done = 0;
  return Array.from({ length: parts }, (_, part): Share => {
    const from = to;
    const goal = (total * (part + 1)) / parts;
    while (to < costs.length && (part === parts - 1 || done + costs[to]! / 2 < goal)) {
      done += costs[to++]!;
    }
    return [from, to];
  });
}

/** The places of sequences, prompt by prompt, in the order in which prompts come first. */
export function byPrompt(sequences: readonly Sequence[]): number[] {
  return [...placesByPrompt(sequences).values()].flat();
}

/**
 * Shares of sequences. Sequences of one prompt are computed together, and stay together if there are enough prompts.
 *
 * @param keepsGroups whether they stay together even where some part then has nothing to do
 */
export function sequenceShares(sequences: readonly Sequence[], parts: number, keepsGroups = false): Share[] {
  const starts = sequences.flatMap(({ prompt }, i) =>
    i === 0 || prompt !== sequences[i - 1]!.prompt ? [i] : [],
  );
  const firsts = starts.length < parts && !keepsGroups ? sequences.map((_, i) => i) : starts;
  const bounds = [...firsts, sequences.length];
  const costs = firsts.map((from, unit) =>
    sequences.slice(from, bounds[unit + 1]).reduce((sum, { completion }) => sum + completion.length, 0),
  );
  return evenShares(costs, parts).map(([from, to]): Share => [bounds[from]!, bounds[to]!]);
}
