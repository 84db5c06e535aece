/**
 * @module
 * A task: sources of problems by split, and what is known about them beyond the answers: demonstrations for a
 * supervised warm start, and labels where the truth about tokens is known.
 */
import type { Problem, ProblemSource } from "./problem.ts";

/** The role of a token in a completion whose truth is known. */
export type LabelledRole = "image" | "reasoning" | "other";

/** What is true of one token of a completion. */
export interface TokenLabel {
  /** "image": states something read from the image; "reasoning": a step or the answer; "other": the rest. */
  readonly role: LabelledRole;
  /** Name of the kind of statement that the token belongs to; null for template words. */
  readonly statement: string | null;
  /** Whether the statement is true; null where there is nothing to be right or wrong about. */
  readonly correct: boolean | null;
  /** Whether it follows from the completion's own earlier statements; null where that cannot be said. */
  readonly follows: boolean | null;
}

/** Truth about the tokens of completions. */
export interface TokenLabels {
  /**
   * Labels of one completion.
   *
   * @param tokens `[T]` text of each token; joined they are the completion
   * @returns `[T]`, or undefined where this completion has no labels
   */
  label(problem: Problem, tokens: readonly string[]): readonly TokenLabel[] | undefined;
  /**
   * Texts that would have been right in the place of each token, for causal interventions.
   *
   * @returns `[T]` null where none is known
   */
  rightTexts?(problem: Problem, tokens: readonly string[]): readonly (readonly string[] | null)[];
}

/** A count of right among a number, to be added over problems. */
export interface Tally {
  readonly right: number;
  readonly of: number;
}

/** A problem and a completion to imitate. */
export interface Demonstration {
  readonly problem: Problem;
  readonly completion: string;
}

/** A finite or endless list of demonstrations, each a pure function of its index. */
export interface DemonstrationSource {
  /** Identifies the data: a resumed run compares it. */
  readonly fingerprint: string;
  readonly size: number;
  demonstration(index: number): Demonstration | Promise<Demonstration>;
}

/** One lesson of a warm start. */
export interface Lesson {
  readonly source: DemonstrationSource;
  /** Optimiser steps; the last lesson without a number takes the rest. */
  readonly steps?: number;
}

/** A source, or how it is opened when it is needed. */
export type Opened<Source> = Source | (() => Source | Promise<Source>);

/** Splits of a task. */
export const SPLITS = ["train", "validation", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** What is trained on and measured. */
export interface Task {
  readonly name: string;
  readonly train: Opened<ProblemSource>;
  readonly validation?: Opened<ProblemSource>;
  readonly test?: Opened<ProblemSource>;
  /** Demonstrations in the order of their lessons; one source is one lesson. */
  readonly demonstrations?: Opened<DemonstrationSource | readonly Lesson[]>;
  readonly labels?: TokenLabels;
  /**
   * Counts of further measures of a completion, by name, such as of readings that are right; an evaluation adds them
   * over problems and reports each as a share with its interval.
   */
  measures?(problem: Problem, completion: string, isRight: boolean): Readonly<Record<string, Tally>>;
}
