/**
 * @module
 * A labelled span of a completion: a program's or a person's judgement of the text.
 */
import type { TokenLabel } from "../task.ts";

/** A span of a completion with its label; `start` and `end` count UTF-16 code units. */
export interface LabelledSpan extends TokenLabel {
  readonly start: number;
  /** Exclusive; greater than `start`. */
  readonly end: number;
  /**
   * Texts that would be right in its place, its own where it is right; none where it should not be there at all, or
   * nothing is known.
   */
  readonly right: readonly string[];
}
