/**
 * @module
 * A task: sources of problems by split, and further knowledge about them. This is demonstrations for a supervised
 * warm start, and labels if the truth about tokens is known.
 */

import type * as z from "zod";
import { DataError } from "../errors/index.ts";
import type { Definition } from "../parts/index.ts";
import type { AnsweredProblem, Problem, ProblemSource } from "./problem.ts";

/** The role of a token in a completion whose truth is known. */
export type LabelledRole = "image" | "reasoning" | "other";

/** The truth about one token of a completion. */
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

/** The texts that would be right from a token on. */
export interface RightTexts {
  /** The part of the token's text before the judged span, such as a space; a right token repeats it. */
  readonly lead: string;
  /** Right continuations after the lead, at least one. */
  readonly texts: readonly string[];
}

/** Truth about the tokens of completions. */
export interface TokenLabels {
  /**
   * Labels of one completion, from the problem and the text alone.
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
  rightTexts?(problem: Problem, tokens: readonly string[]): readonly (RightTexts | null)[];
}

/** A count of right among a number, to be added over problems. */
export interface Tally {
  readonly right: number;
  readonly of: number;
}

/** A later turn of a demonstrated conversation: what the user asks then, and the completion to imitate. */
export interface DemonstratedTurn extends Pick<Problem, "question" | "images" | "videos"> {
  readonly completion: string;
}

/** A problem and a completion to imitate, and the turns that follow it in the same conversation. */
export interface Demonstration {
  readonly problem: Problem;
  readonly completion: string;
  readonly later?: readonly DemonstratedTurn[];
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
  /** Names the lesson in messages, such as "reading". */
  readonly name?: string;
  readonly source: DemonstrationSource;
  /** Optimiser steps; the last lesson without a number takes the rest. */
  readonly steps?: number;
}

/** A source, or how it is opened when it is needed. */
export type Opened<Source> = Source | (() => Source | Promise<Source>);

/** The source itself, opened where it is given as a function. */
export async function openSource<Source extends object>(source: Opened<Source>): Promise<Source> {
  return typeof source === "function" ? source() : source;
}

/** Splits of a task. */
export const SPLITS = ["train", "validation", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** The problems and measures of training and evaluation. */
export interface Task {
  readonly name: string;
  readonly train: Opened<ProblemSource>;
  readonly validation?: Opened<ProblemSource>;
  readonly test?: Opened<ProblemSource>;
  /** Demonstrations in the order of their lessons; one source is one lesson. */
  readonly demonstrations?: Opened<DemonstrationSource | readonly Lesson[]>;
  readonly labels?: TokenLabels;
  /**
   * Counts of further measures of a completion, by name, such as of right readings. An evaluation adds them over
   * problems and reports each as a share with its interval.
   */
  readonly measures?: (
    problem: AnsweredProblem,
    completion: string,
    isRight: boolean,
  ) => Readonly<Record<string, Tally>>;
}

/**
 * Opens the problems of a split.
 *
 * @throws DataError when the task has no such split
 */
export async function splitSource(task: Task, split: Split): Promise<ProblemSource> {
  const source = task[split];
  if (source === undefined) {
    const found = SPLITS.filter((name) => task[name] !== undefined).join(", ");
    throw new DataError(
      `task ${task.name}: has no ${split} part, only ${found}; a data set in files names it by data.${split}`,
    );
  }
  return openSource(source);
}

/** The lessons of a task's warm start, one source as one lesson; undefined where the task has no demonstrations. */
export async function taskLessons({
  demonstrations,
}: Pick<Task, "demonstrations">): Promise<readonly Lesson[] | undefined> {
  if (demonstrations === undefined) return undefined;
  const found = await openSource(demonstrations);
  return "demonstration" in found ? [{ source: found }] : found;
}

/** Facts about the run that a task is made with. */
export interface TaskContext {
  /** Seed of the run. */
  readonly seed: number;
  /** Seed of the problems of validation and test, the same for every run that is to be compared. */
  readonly evaluationSeed: number;
}

/** A task of a user module: its options, if it has any, and its maker. */
export function defineTask<Schema extends z.ZodType>(
  definition: Definition<Schema, TaskContext, Task | Promise<Task>>,
): Definition<Schema, TaskContext, Task | Promise<Task>> {
  return definition;
}
