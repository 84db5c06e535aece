/**
 * @module
 * The benchmarks of an evaluation: the configured benchmarks, or a split of the task as a benchmark.
 */
import type { Benchmark } from "../../benchmark/index.ts";
import { openSource } from "../../data/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { type ProblemLimits, taskBenchmark } from "../../eval/index.ts";
import type { Config } from "../schema.ts";
import { openBenchmarks } from "./open-benchmarks.ts";
import { type OpenPartsOptions, openParts } from "./open-parts.ts";
import { maxBrokenShare, problemLimits } from "./open-task.ts";

/** Benchmarks and the number of problems to evaluate from each. */
export interface EvaluationSubject {
  readonly benchmarks: readonly Benchmark[];
  /** The first n problems of each. */
  readonly problems: number;
  readonly limits: ProblemLimits;
  readonly maxBrokenShare: number;
  /** The configuration key of this share. */
  readonly brokenSetting: string;
}

/** The benchmark, whose source is refused where it has no end and all of its problems are asked for. */
function withEnd(benchmark: Benchmark, problems: number): Benchmark {
  if (problems !== Infinity) return benchmark;
  return {
    ...benchmark,
    source: async () => {
      const source = await openSource(benchmark.source);
      if (source.size !== Infinity) return source;
      throw new ConfigError(
        `evaluation.benchmarkProblems: expected a number of problems, got none; benchmark ${benchmark.name} has no end`,
      );
    },
  };
}

/**
 * Opens the benchmarks of a configuration, or the split of its task where it names none.
 *
 * @throws ConfigError, DataError
 */
export async function openEvaluation(
  config: Config,
  options: OpenPartsOptions = {},
): Promise<EvaluationSubject> {
  const { benchmarks, benchmarkProblems = Infinity, split, problems } = config.evaluation;
  if (benchmarks.length > 0) {
    return {
      benchmarks: (await openBenchmarks(config)).map((benchmark) => withEnd(benchmark, benchmarkProblems)),
      problems: benchmarkProblems,
      limits: {},
      maxBrokenShare: config.evaluation.maxBrokenShare,
      brokenSetting: "evaluation.maxBrokenShare",
    };
  }
  const { task, verdict } = await openParts(config, options);
  return {
    benchmarks: [await taskBenchmark(task, split, verdict)],
    problems,
    limits: problemLimits(config),
    maxBrokenShare: maxBrokenShare(config),
    brokenSetting: "data.maxBrokenShare",
  };
}
