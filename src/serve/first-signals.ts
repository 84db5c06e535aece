/**
 * @module
 * The signals of a completion that is cut: the signals of its first tokens.
 */
import { fromParts, partAt, SIGNALS } from "../credit/index.ts";
import type { Signals } from "../engine/index.ts";

/**
 * The signals of the first tokens of a completion. Signals with numbers of several tokens at once, such as a Gram matrix or
 * clusters, depend on the whole completion, so they are left out: samples may lack signals, and scoring gives them.
 *
 * @param tokens of the whole completion
 */
export function firstSignals(signals: Signals, length: number, tokens: number): Signals | undefined {
  const kept = SIGNALS.flatMap(({ name, parts }) => {
    const isOfOne = parts.every(({ shape }) => shape === "T" || shape === "T×I");
    if (signals[name] === undefined || !isOfOne) return [];
    const cut = parts.flatMap(({ path }): [path: readonly string[], numbers: Float64Array][] => {
      const numbers = partAt(signals[name], path);
      return numbers === undefined ? [] : [[path, numbers.slice(0, (numbers.length / tokens) * length)]];
    });
    return [[name, fromParts(cut)] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
