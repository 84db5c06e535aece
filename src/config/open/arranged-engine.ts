/**
 * @module
 * Replaces `auto` by numbers of threads and replicas, so that a run's configuration records the numbers used.
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

/** The local engine's part of a configuration. */
type LocalEngineConfig = Extract<Config["engine"], { readonly kind: "local" }>;

/** Threads and replicas of configurations written before `auto` existed. */
const BEFORE = { threads: 2, replicas: 1 } as const;

/** Whether the objective trains a value head; for a module's objective its own record decides. */
export function wantsValueHead({ algorithm }: Pick<Config, "algorithm">): boolean {
  return algorithm.kind !== "module" && algorithmNeeds(createAlgorithm(algorithm)).values;
}

/**
 * The options of a local engine except for its arrangement.
 *
 * @throws ConfigError when the model is one of the hub: `fetchModel` comes first
 */
export function localOptions(
  config: Config,
  { device, spin, stream, memory, checkpointing, rollouts, lora }: LocalEngineConfig,
): Omit<LocalEngineOptions, "threads" | "replicas"> {
  const { model, train } = config;
  return {
    model:
      modelDirectory(model) ?? freshSmallModel(train.seed, model.kind === "small" ? model.assets : undefined),
    device,
    spin,
    stream,
    memory,
    checkpointing,
    rollouts,
    lora: lora && { ...lora, seed: train.seed },
    valueHead: wantsValueHead(config),
  };
}

/**
 * The same configuration with numbers for threads and replicas of a local engine.
 *
 * @param onChoice called with the choice, when a setting was `auto`
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

/** The configuration of a resumed run with the arrangement of the original run, unless another is given. */
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

/** A recorded configuration from before `auto` existed, with the numbers of threads and replicas of that time. */
export function withFormerArrangement(recorded: object): object {
  const { engine } = recorded as { engine?: { kind?: unknown } };
  if (engine?.kind !== "local") return recorded;
  return { ...recorded, engine: { ...BEFORE, ...engine } };
}
