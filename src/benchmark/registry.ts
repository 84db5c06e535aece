/**
 * @module
 * Every built-in benchmark. A new one is one file in `benchmarks/` and one entry here; the configuration's schema, the list
 * that `fovea benchmarks` prints and the opening of benchmarks follow from it.
 */
import type * as z from "zod";
import { createPart, definitionUnion, kindsOf } from "../parts/index.ts";
import type { Benchmark, BenchmarkContext, BenchmarkFacts } from "./benchmark.ts";
import { dynaMath } from "./benchmarks/dynamath.ts";
import { easyVqa } from "./benchmarks/easy-vqa.ts";
import { logicVista } from "./benchmarks/logicvista.ts";
import { mathVerse } from "./benchmarks/mathverse.ts";
import { mathVision } from "./benchmarks/mathvision.ts";
import { mathVista } from "./benchmarks/mathvista.ts";
import { weMath } from "./benchmarks/wemath.ts";

const definitions = [easyVqa, mathVista, mathVision, mathVerse, weMath, logicVista, dynaMath] as const;

/** A built-in benchmark by its kind, with its options. */
export const benchmarkSchema = definitionUnion(definitions).describe("A benchmark.");

/** A complete configuration of a benchmark: every default filled in. */
export type BenchmarkConfig = z.output<typeof benchmarkSchema>;

/** The kinds of the built-in benchmarks. */
export const BENCHMARK_KINDS: readonly string[] = kindsOf(definitions);

/** What is to be said of each built-in benchmark, by kind. */
export const benchmarkFacts: Readonly<Record<string, BenchmarkFacts>> = Object.fromEntries(
  definitions.map(({ schema, facts }) => [schema.shape.kind.value, facts]),
);

/**
 * Opens the benchmark that a configuration describes.
 *
 * @param config as parsed by `benchmarkSchema`
 * @throws DataError when its files are not there or are other files
 */
export async function createBenchmark(
  config: BenchmarkConfig,
  context: BenchmarkContext,
): Promise<Benchmark> {
  return createPart<BenchmarkContext, Benchmark | Promise<Benchmark>>(definitions, config, context);
}
