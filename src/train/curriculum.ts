/**
 * @module
 * The warm start's lessons, step by step: reading, transcription, then reasoning.
 */
import type { DemonstrationSource, Lesson } from "../data/index.ts";
import { RunError } from "../errors/index.ts";
import type { Config } from "./config/schema.ts";
import { warmStartSource } from "./open-data.ts";

export interface Curriculum {
  /** Says in words what differs when a resumed run has other data. */
  readonly fingerprint: string;
  /** What step number `step`, counted from 1, teaches. */
  at(step: number): LessonStep;
}

/** A step's lesson, and where within the lesson it stands: each has a learning-rate schedule of its own. */
export interface LessonStep {
  readonly source: DemonstrationSource;
  /** Counted from 0. */
  readonly index: number;
  /** Steps of the lesson. */
  readonly length: number;
}

/** The lessons that the configuration asks for. */
export function warmStartCurriculum(config: Config): Curriculum {
  const { steps, readingSteps, transcriptionSteps } = config.sft;
  const lengths: readonly (readonly [Lesson, number])[] = [
    ["reading", readingSteps],
    ["transcription", transcriptionSteps],
    ["reasoning", Math.max(0, steps - readingSteps - transcriptionSteps)],
  ];
  const lessons = lengths.map(([lesson, length]) => ({ source: warmStartSource(config, lesson), length }));
  return {
    fingerprint: lessons.map(({ source }) => source.fingerprint).join("; "),
    at(step) {
      let index = step - 1;
      for (const { source, length } of lessons) {
        if (index < length) return { source, index, length };
        index -= length;
      }
      throw new RunError(`warm start: expected a step from 1 to ${steps}, got ${step}`);
    },
  };
}
