/**
 * @module
 * The benchmarks of a configuration, built-in or from user modules.
 */
import {
  type Benchmark,
  type BenchmarkContext,
  createBenchmark,
  judgedVerdict,
} from "../../benchmark/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { Protocol } from "../../eval/index.ts";
import type { Verdict, VerdictContext } from "../../verify/index.ts";
import { MODULE_LIMITS, type ModuleLimits, type ModuleReference, makePart } from "../modules/load-module.ts";
import type { Config } from "../schema.ts";
import { checkedBenchmark } from "./checked-benchmark.ts";

/**
 * The benchmarks that a configuration names, in its order. Their files are opened when problems are read.
 *
 * @throws ConfigError when a module does not make one, or two have one name
 */
export async function openBenchmarks(
  { evaluation }: Pick<Config, "evaluation">,
  limits: ModuleLimits = MODULE_LIMITS,
): Promise<Benchmark[]> {
  const context: BenchmarkContext = { data: evaluation.benchmarkData, seed: evaluation.seed };
  const opened: Benchmark[] = [];
  for (const entry of evaluation.benchmarks) {
    const benchmark =
      entry.kind === "module"
        ? {
            ...checkedBenchmark(
              await makePart<BenchmarkContext, Benchmark>(entry, context, "benchmark", limits),
              entry.module,
              limits.call,
            ),
            options: entry.options,
          }
        : await createBenchmark(entry, context);
    if (opened.some(({ name }) => name === benchmark.name)) {
      throw new ConfigError(
        `evaluation.benchmarks: ${benchmark.name} twice; evaluate it in a run of its own`,
      );
    }
    opened.push(benchmark);
  }
  return opened;
}

/** The modules among the benchmarks of a configuration. */
export function benchmarkModules({ evaluation }: Pick<Config, "evaluation">): ModuleReference[] {
  return evaluation.benchmarks.flatMap((entry) => (entry.kind === "module" ? [entry] : []));
}

/**
 * The verdict on a benchmark's answers: its rule, or the configured judge with the rule's verdict recorded beside it. Its
 * name is recorded: answers that a verdict of another name has judged are not continued.
 */
export function evaluationVerdict(
  { evaluation: { judge } }: Pick<Config, "evaluation">,
  benchmark: Omit<Benchmark, "source" | "measures">,
  context: VerdictContext = {},
): Verdict {
  if (judge === undefined) return benchmark.verdict;
  const options = { ...judge, prompt: judge.prompt ?? benchmark.judge ?? "binary" };
  return judgedVerdict(benchmark, options, context);
}

/** The protocol of a configuration's evaluation. */
export function evaluationProtocol({
  evaluation,
  sampling,
}: Pick<Config, "evaluation" | "sampling">): Protocol {
  const { samples, temperature, topP, promptTemplates, system, seed } = evaluation;
  const { maxCompletionTokens = sampling.maxCompletionTokens } = evaluation;
  return {
    samples,
    temperature,
    topP,
    maxCompletionTokens,
    promptTemplates,
    seed,
    ...(system !== undefined && { system }),
  };
}
