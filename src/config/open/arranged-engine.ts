/**
 * @module
 * Threads and replicas in place of `auto`, so that a run's configuration names the numbers that it was made with.
 */
import {
  type ChoiceOptions,
  type ChosenArrangement,
  chooseArrangement,
  freshSmallModel,
  type LocalEngineOptions,
} from "../../engine/index.ts";
import { algorithmNeeds, createAlgorithm } from "../../objective/index.ts";
import type { ArrangementEvent } from "../../train/index.ts";
import type { Config } from "../schema.ts";
import { modelDirectory } from "./model-directory.ts";

/** The part of a configuration that is this machine's engine. */
type LocalEngineConfig = Extract<Config["engine"], { readonly kind: "local" }>;

/** What threads and replicas were before they could be left to the machine. */
const BEFORE = { threads: 2, replicas: 1 } as const;

/** Whether the objective learns values; of a module's objective only its own record tells. */
export function wantsValueHead({ algorithm }: Pick<Config, "algorithm">): boolean {
  return algorithm.kind !== "module" && algorithmNeeds(createAlgorithm(algorithm)).values;
}

/**
 * What a local engine is opened with but its arrangement.
 *
 * @throws ConfigError when the model is one of the hub: `fetchModel` comes first
 */
export function localOptions(
  config: Config,
  { spin, stream, lora }: LocalEngineConfig,
): Omit<LocalEngineOptions, "threads" | "replicas"> {
  const { model, train } = config;
  return {
    model:
      modelDirectory(model) ?? freshSmallModel(train.seed, model.kind === "small" ? model.assets : undefined),
    spin,
    stream,
    lora: lora && { ...lora, seed: train.seed },
    valueHead: wantsValueHead(config),
  };
}

/**
 * The same configuration with numbers for threads and replicas of a local engine.
 *
 * @param onChoice told what was chosen, where anything was left to choose
 * @throws ModelError when the model cannot be opened
 */
export async function arrangeEngine(
  config: Config,
  onChoice: (event: ArrangementEvent) => void = () => {},
  world: ChoiceOptions = {},
): Promise<Config> {
  const { engine } = config;
  if (engine.kind !== "local" || (engine.threads !== "auto" && engine.replicas !== "auto")) return config;
  const chosen: ChosenArrangement = await chooseArrangement(localOptions(config, engine), engine, world);
  onChoice({ event: "arrangement", ...chosen });
  return { ...config, engine: { ...engine, threads: chosen.threads, replicas: chosen.replicas } };
}

/** The configuration of a resumed run with the arrangement that the run was begun with, where none is given. */
export function withArrangementOf(config: Config, recorded: unknown): Config {
  const { engine } = config;
  const before = (recorded as { engine?: Partial<LocalEngineConfig> } | undefined)?.engine;
  if (engine.kind !== "local" || before?.kind !== "local") return config;
  return {
    ...config,
    engine: {
      ...engine,
      threads: engine.threads === "auto" ? (before.threads ?? BEFORE.threads) : engine.threads,
      replicas: engine.replicas === "auto" ? (before.replicas ?? BEFORE.replicas) : engine.replicas,
    },
  };
}

/** A recorded configuration of before threads and replicas could be left to the machine, with the numbers that they were. */
export function withFormerArrangement(recorded: object): object {
  const { engine } = recorded as { engine?: { kind?: unknown } };
  if (engine?.kind !== "local") return recorded;
  return { ...recorded, engine: { ...BEFORE, ...engine } };
}
