/**
 * @module
 * The statements that the reasoning about a digits problem must contain, known from its world: every reading,
 * every step of arithmetic, every selection.
 */
import type { DigitsTruth } from "./world.ts";

const ADDITION = /^(\d+) \+ (\d+) = (\d+)\.$/;

/**
 * The sentences of the true trace, each with the wordings that say the same: a sum may be added the other way round.
 * Sentences keep their full stop, so a longer list is another sentence.
 *
 * @example
 * // of a problem whose trace is <think>I see 3 and 5. 3 + 5 = 8.</think><answer>8</answer>
 * [["I see 3 and 5."], ["3 + 5 = 8.", "5 + 3 = 8."]]
 */
export function keySteps({ trace }: DigitsTruth): readonly (readonly string[])[] {
  const reasoning = trace.slice("<think>".length, trace.indexOf("</think>"));
  return (reasoning.match(/[^.]+\./g) ?? []).map((sentence) => {
    const step = sentence.trim();
    const [, first, second, sum] = ADDITION.exec(step) ?? [];
    return first === undefined || first === second ? [step] : [step, `${second} + ${first} = ${sum}.`];
  });
}
