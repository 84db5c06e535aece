/**
 * @module
 * A labelled stretch of a completion: what a labeller, be it a program or a person, says of the text.
 */
import type { TokenLabel } from "../task.ts";

/** A stretch of a completion with its label; `start` and `end` count UTF-16 code units. */
export interface LabelledSpan extends TokenLabel {
  readonly start: number;
  /** Exclusive; greater than `start`. */
  readonly end: number;
  /**
   * Texts that would be right in its place, its own where it is right; none where it ought not to be there at all, or
   * nothing is known.
   */
  readonly right: readonly string[];
}
