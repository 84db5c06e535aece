/**
 * @module
 * The warm start's lessons, step by step.
 */
import type { DemonstrationSource } from "../data/index.ts";
import { RunError } from "../errors/index.ts";
import type { Config } from "./config/schema.ts";
import { warmStartLessons } from "./open-data.ts";

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

/** The lessons that the configuration asks for; the last without a number of steps takes the rest. */
export async function warmStartCurriculum(config: Config): Promise<Curriculum> {
  const { steps } = config.sft;
  const given = await warmStartLessons(config);
  const taken = given.reduce((sum, lesson) => sum + (lesson.steps ?? 0), 0);
  const last = given.findLastIndex((lesson) => lesson.steps === undefined);
  const lessons = given.map(({ source, steps: own = 0 }, i) => ({
    source,
    length: i === last ? Math.max(0, steps - taken) : own,
  }));
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
