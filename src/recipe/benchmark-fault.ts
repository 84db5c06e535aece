/**
 * @module
 * The benchmarks that recipes measure on, by their names in `fovea benchmarks`.
 */
import { BENCHMARK_KINDS, benchmarkSchema } from "../benchmark/index.ts";
import { nearestName } from "../parts/index.ts";
import type { RecipeColumn } from "./schema.ts";

/** The fault in the name or the options of a benchmark; undefined if there is none. */
export function benchmarkFault(benchmark: NonNullable<RecipeColumn["benchmark"]>): string | undefined {
  const named = typeof benchmark === "string" ? { kind: benchmark } : benchmark;
  if (!BENCHMARK_KINDS.includes(named.kind)) {
    const near = nearestName(named.kind, BENCHMARK_KINDS);
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    return `expected one of fovea benchmarks, got "${named.kind}"${hint}`;
  }
  const parsed = benchmarkSchema.safeParse(named);
  return parsed.success ? undefined : parsed.error.issues.map(({ message }) => message).join("; ");
}
