/**
 * @module
 * Several sources of problems as one.
 */
import type { Problem, ProblemSource } from "../data/index.ts";
import { DataError } from "../errors/index.ts";

/** The problems of several sources, one after the other. */
export function joinedSources(sources: readonly ProblemSource[]): ProblemSource {
  return {
    fingerprint: sources.map(({ fingerprint }) => fingerprint).join("; "),
    size: sources.reduce((sum, { size }) => sum + size, 0),
    problem(index): Problem | Promise<Problem> {
      let own = index;
      for (const source of sources) {
        if (own < source.size) return source.problem(own);
        own -= source.size;
      }
      throw new DataError(`benchmark: expected a problem index below ${index - own}, got ${index}`);
    },
  };
}
