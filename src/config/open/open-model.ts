/**
 * @module
 * From the configuration's model and engine parts to the engine and the dialogue of a run.
 */
import {
  createLocalEngine,
  createTinkerEngine,
  type Engine,
  type EngineContext,
  freshSmallModel,
  SMALL_ASSETS,
  type TinkerEngineOptions,
} from "../../engine/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { type AnswerFormat, answerFormats, type Dialogue, openDialogue } from "../../eval/index.ts";
import { type DownloadOptions, downloadModel } from "../../model/index.ts";
import { algorithmNeeds, createAlgorithm } from "../../objective/index.ts";
import type { DownloadEvent } from "../../train/index.ts";
import { makePart } from "../modules/load-module.ts";
import type { Config } from "../schema.ts";
import { downloadSteps } from "./download-steps.ts";

/** How a caller follows an engine that is elsewhere. */
export type Connection = Pick<TinkerEngineOptions, "signal" | "onRetry">;

/** Makes the engine of a configuration; tests pass one of their own. */
export type OpenEngine = (config: Config, connection?: Connection) => Promise<Engine>;

/**
 * The same configuration with a model that is on this machine: one of the hub is downloaded, unless the cache has it.
 *
 * @param onDownload told of a file when it begins, and of every hundredth of all bytes
 * @throws DownloadError when it is not available
 */
export async function fetchModel(
  config: Config,
  onDownload: (event: DownloadEvent) => void = () => {},
  options: Omit<DownloadOptions, "onProgress"> = {},
): Promise<Config> {
  const { model } = config;
  if (model.kind !== "hub") return config;
  const reference = `${model.name}@${model.revision}`;
  const path = await downloadModel(reference, { ...options, onProgress: downloadSteps(onDownload) });
  return { ...config, model: { kind: "directory", path } };
}

/** The model's directory; none for the built-in one. */
function directoryOf(model: Config["model"]): string | undefined {
  if (model.kind === "hub") {
    throw new ConfigError(`model: expected one on this machine, got ${model.name} of the hub (fetchModel)`);
  }
  return model.kind === "directory" ? model.path : undefined;
}

/** Whether the objective learns values; of a module's objective only its own record tells. */
function wantsValueHead({ algorithm }: Pick<Config, "algorithm">): boolean {
  return algorithm.kind !== "module" && algorithmNeeds(createAlgorithm(algorithm)).values;
}

/**
 * The engine that the configuration asks for, with the model in it.
 *
 * @throws ModelError when the model directory cannot be used
 * @throws ConfigError when the model is one of the hub: `fetchModel` comes first
 * @throws EngineError when a server cannot be reached, or refuses
 * @throws InterruptedError when a server does not answer and the connection's signal is aborted
 */
export const openEngine: OpenEngine = async (config, connection = {}) => {
  const { model: part, engine, train } = config;
  const directory = directoryOf(part);
  const valueHead = wantsValueHead(config);
  if (engine.kind === "module") {
    const context: EngineContext = { seed: train.seed, model: directory, valueHead };
    return (await makePart<EngineContext, Engine>(engine, context, "engine")).part;
  }
  const model = directory ?? freshSmallModel(train.seed, part.kind === "small" ? part.assets : undefined);
  if (engine.kind === "local") {
    return createLocalEngine({
      model,
      threads: engine.threads,
      replicas: engine.replicas,
      spin: engine.spin,
      stream: engine.stream,
      memory: engine.memory,
      checkpointing: engine.checkpointing,
      lora: engine.lora && { ...engine.lora, seed: train.seed },
      valueHead,
    });
  }
  return createTinkerEngine({
    url: engine.url,
    apiKey: process.env[engine.apiKeyVariable],
    baseModel: engine.baseModel,
    model,
    loraRank: engine.loraRank,
    ...(engine.loraSeed !== undefined && { loraSeed: engine.loraSeed }),
    valueHead,
    ...connection,
    measureMismatch: engine.measureMismatch,
    wire: engine.wire,
    lossReduction: engine.lossReduction === "auto" ? undefined : engine.lossReduction,
    maxRequestBytes: engine.maxRequestMegabytes * 2 ** 20,
    retryLimitMs: engine.retryMinutes * 60_000,
    futureLimitMs: engine.resultMinutes * 60_000,
    seed: train.seed,
  });
};

/** The words around each question. */
export async function openPromptFormat({ prompt }: Pick<Config, "prompt">): Promise<AnswerFormat> {
  const { module, system, suffix } = prompt;
  const format =
    module === undefined
      ? answerFormats[prompt.format]
      : (await makePart<undefined, AnswerFormat>(module, undefined, "prompt.module")).part;
  return {
    ...format,
    ...(system !== undefined && { system }),
    ...(suffix !== undefined && { suffix }),
  };
}

/**
 * The dialogue with the configured model: its tokenizer, its chat template, its stop tokens. Weights are not read.
 *
 * An engine elsewhere needs no weights here, and may train a text model of any architecture.
 *
 * @throws ModelError when the model directory is not that of a known model, or a text model that is trained elsewhere
 * @throws ConfigError when the model is one of the hub: `fetchModel` comes first
 */
export async function openConfiguredDialogue(
  config: Pick<Config, "model" | "prompt" | "engine">,
): Promise<Dialogue> {
  const { model, engine } = config;
  const format = await openPromptFormat(config);
  const directory = directoryOf(model);
  if (directory !== undefined) {
    return openDialogue(directory, { ...format, needsWeights: engine.kind === "local" });
  }
  const own = model.kind === "small" ? model.assets : undefined;
  return openDialogue(own ?? SMALL_ASSETS, { ...format, needsWeights: false });
}
