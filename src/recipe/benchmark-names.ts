/**
 * @module
 * The benchmarks that recipes measure on, by their names in `fovea benchmarks`.
 */
import { BENCHMARK_KINDS, benchmarkSchema } from "../benchmark/index.ts";
import { nearestName } from "../parts/index.ts";
import type { RecipeColumn } from "./schema.ts";

type NamedBenchmark = NonNullable<RecipeColumn["benchmark"]>;

/** Benchmarks that papers print numbers of and Fovea does not have. */
const MISSING: readonly string[] = [
  "chartmimic",
  "chartqapro",
  "dynamath",
  "emma",
  "geoqa",
  "logicvista",
  "mmvu",
  "videommmu",
];

const kindOf = (benchmark: NamedBenchmark) => (typeof benchmark === "string" ? benchmark : benchmark.kind);

/** Whether Fovea has the benchmark. */
export function isKnownBenchmark(benchmark: NamedBenchmark): boolean {
  return BENCHMARK_KINDS.includes(kindOf(benchmark));
}

/** What is wrong in the name or the options of a benchmark; undefined where nothing is. */
export function benchmarkFault(benchmark: NamedBenchmark): string | undefined {
  const kind = kindOf(benchmark);
  if (!isKnownBenchmark(benchmark)) {
    if (MISSING.includes(kind)) return undefined;
    const near = nearestName(kind, [...BENCHMARK_KINDS, ...MISSING]);
    return `expected one of fovea benchmarks, got "${kind}"${near === undefined ? "" : `; did you mean ${near}?`}`;
  }
  const parsed = benchmarkSchema.safeParse(typeof benchmark === "string" ? { kind } : benchmark);
  return parsed.success ? undefined : parsed.error.issues.map(({ message }) => message).join("; ");
}
