/**
 * @module
 * Benchmarks: their files, prompts, verdicts and measures. A new one is one file in `benchmarks/` and one line in
 * `registry.ts`; of one's own, a user module with `defineBenchmark`.
 */
export {
  type Benchmark,
  type BenchmarkContext,
  type BenchmarkFacts,
  defineBenchmark,
  type Measure,
  type ScoredAnswer,
} from "./benchmark.ts";
export { judgedVerdict } from "./judged-verdict.ts";
export { accuracy, accuracyBy, answersBy, meanMeasure, scores, textColumn } from "./measures.ts";
export {
  openPublished,
  type ProblemOfRow,
  type PublishedForm,
  type PublishedRows,
  publishedSource,
} from "./published-rows.ts";
export {
  BENCHMARK_KINDS,
  type BenchmarkConfig,
  benchmarkFacts,
  benchmarkSchema,
  createBenchmark,
  defaultScorer,
} from "./registry.ts";
