/**
 * @module
 * The lessons of a warm start, step by step.
 */
import type { DemonstrationSource, Lesson } from "../../data/index.ts";
import { ConfigError, RunError } from "../../errors/index.ts";

export interface Curriculum {
  /** Identifies the demonstrations: a resumed run compares it. */
  readonly fingerprint: string;
  /** Steps of each lesson. */
  readonly lengths: readonly number[];
  /** The lesson of step number `step`, counted from 1. */
  at(step: number): LessonStep;
}

/** A step's lesson and its place within the lesson; each lesson has its own learning-rate schedule. */
export interface LessonStep {
  readonly source: DemonstrationSource;
  /** Counted from 0. */
  readonly index: number;
  /** Steps of the lesson. */
  readonly length: number;
}

/**
 * The lessons in order; the last takes the remaining steps.
 *
 * @param steps of the whole warm start
 * @throws ConfigError when there is no lesson, or a lesson before the last has no number of steps
 */
export function curriculumOf(lessons: readonly Lesson[], steps: number): Curriculum {
  if (lessons.length === 0) throw new ConfigError("demonstrations: expected at least one lesson, got none");
  let left = steps;
  const timed = lessons.map(({ source, steps: own }, i) => {
    const isLast = i === lessons.length - 1;
    if (!isLast && own === undefined) {
      throw new ConfigError(`demonstrations: expected a number of steps for lesson ${i + 1}, got none`);
    }
    const length = isLast ? Math.max(0, left) : (own ?? 0);
    left -= length;
    return { source, length };
  });
  return {
    fingerprint: timed.map(({ source }) => source.fingerprint).join("; "),
    lengths: timed.map(({ length }) => length),
    at(step) {
      let index = step - 1;
      for (const { source, length } of timed) {
        if (index < length) return { source, index, length };
        index -= length;
      }
      throw new RunError(`warm start: expected a step from 1 to ${steps}, got ${step}`);
    },
  };
}
