/**
 * @module
 * The flags of `fovea eval` and `fovea score` that set the protocol.
 */
import { type Command, InvalidArgumentError } from "commander";
import type { Settings } from "../parts/index.ts";
import { countNumber } from "./shared-options.ts";

/** The flags that name benchmarks. */
export interface BenchmarkFlags {
  readonly benchmark?: string;
  readonly data?: string;
  readonly judge?: string;
  readonly judgeModel?: string;
}

/** The flags of the protocol. */
export interface ProtocolFlags extends BenchmarkFlags {
  readonly server?: string;
  readonly serverModel?: string;
  readonly samples?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly promptTemplates?: number;
  readonly system?: string;
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || text.trim() === "") throw new InvalidArgumentError("expected a number");
  return value;
}

/** Adds the flags that name benchmarks and a judge. */
export function addBenchmarkOptions(command: Command): Command {
  return command
    .option(
      "--benchmark <names>",
      "benchmarks by name, with commas between them, in place of the task's split; fovea benchmarks lists them",
    )
    .option("--data <directory>", "the benchmarks' files; short for --set evaluation.benchmarkData=directory")
    .option("--judge <url>", "a judge behind an OpenAI-compatible server, /v1 included, in place of the rule")
    .option("--judge-model <name>", "name of the judging model on that server");
}

/** Adds the flags of the protocol. */
export function addProtocolOptions(command: Command): Command {
  return addBenchmarkOptions(command)
    .option("--samples <n>", "answers to each problem", countNumber)
    .option("--temperature <t>", "sampling temperature; 0 is greedy", number)
    .option("--top-p <p>", "nucleus sampling; 1 keeps all tokens", number)
    .option("--max-tokens <n>", "most tokens of an answer", countNumber)
    .option("--prompt-templates <n>", "number of built-in prompt templates, drawn by seed", countNumber)
    .option("--system <text>", "system message")
    .option(
      "--server <url>",
      "a model behind an OpenAI-compatible server, /v1 included, in place of the engine",
    )
    .option("--server-model <name>", "name of the model under test on that server");
}

/** The settings that are given. */
const given = (settings: Readonly<Record<string, unknown>>): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

/** The settings under `evaluation` of the flags for benchmarks and judge. */
export function benchmarkSettings({ benchmark, data, judge, judgeModel }: BenchmarkFlags): Settings {
  const asked = given({ url: judge, model: judgeModel });
  return given({
    benchmarks: benchmark?.split(",").map((name) => ({ kind: name.trim() })),
    benchmarkData: data,
    judge: Object.keys(asked).length === 0 ? undefined : asked,
  });
}

/** The settings under `evaluation` of all the flags. */
export function protocolSettings(flags: ProtocolFlags): Settings {
  const { samples, temperature, topP, maxTokens, promptTemplates, system } = flags;
  const served = given({ url: flags.server, model: flags.serverModel });
  return {
    ...benchmarkSettings(flags),
    ...given({ samples, temperature, topP, maxCompletionTokens: maxTokens, promptTemplates, system }),
    ...(Object.keys(served).length > 0 && { server: served }),
  };
}
