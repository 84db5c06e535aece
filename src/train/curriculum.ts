/**
 * @module
 * The warm start's lessons, step by step: reading, transcription, then reasoning.
 */
import type { DemonstrationSource, Lesson } from "../data/index.ts";
import type { Config } from "./config/schema.ts";
import { warmStartSource } from "./open-data.ts";

export interface Curriculum {
  /** Says in words what differs when a resumed run has other data. */
  readonly fingerprint: string;
  /** The demonstrations of step number `step`, counted from 1. */
  at(step: number): DemonstrationSource;
}

/** The lessons that the configuration asks for. */
export function warmStartCurriculum(config: Config): Curriculum {
  const { readingSteps, transcriptionSteps } = config.sft;
  const lessonAt = (step: number): Lesson => {
    if (step <= readingSteps) return "reading";
    return step <= readingSteps + transcriptionSteps ? "transcription" : "reasoning";
  };
  const sources = {
    reading: warmStartSource(config, "reading"),
    transcription: warmStartSource(config, "transcription"),
    reasoning: warmStartSource(config, "reasoning"),
  };
  return {
    fingerprint: Object.values(sources)
      .map(({ fingerprint }) => fingerprint)
      .join("; "),
    at: (step) => sources[lessonAt(step)],
  };
}
