/**
 * @module
 * From the configuration's model and engine parts to the engine and the dialogue of a run.
 */
import {
  type Arrangement,
  createLocalEngine,
  createTinkerEngine,
  type Engine,
  type EngineContext,
  freshSmallModel,
  type LocalEngineOptions,
  SMALL_ASSETS,
  type TinkerEngineOptions,
} from "../../engine/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { type Dialogue, openDialogue } from "../../eval/index.ts";
import { type DownloadOptions, downloadModel } from "../../model/index.ts";
import type { ArrangementEvent, DownloadEvent } from "../../train/index.ts";
import type { Config } from "../schema.ts";
import { arrangeEngine, localOptions, wantsValueHead } from "./arranged-engine.ts";
import { downloadSteps } from "./download-steps.ts";
import { engineModule } from "./engine-module.ts";
import { modelDirectory } from "./model-directory.ts";
import { openPromptFormat } from "./prompt-format.ts";

/** Callbacks for a remote engine's connection and for a local engine's arrangement. */
export interface Connection extends Pick<TinkerEngineOptions, "signal" | "onRetry"> {
  readonly onArrangement?: (event: ArrangementEvent) => void;
}

/** Makes the engine of a configuration; tests pass a fake. */
export type OpenEngine = (config: Config, connection?: Connection) => Promise<Engine>;

/**
 * The same configuration with a local model; a model of the hub is downloaded unless it is cached.
 *
 * @param onDownload called at the start of each file and after every hundredth of all bytes
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

/**
 * The configured engine, with the model loaded.
 *
 * @throws ModelError when the model directory cannot be used
 * @throws ConfigError when the model is one of the hub: `fetchModel` comes first
 * @throws ConfigError when a module does not make an engine
 * @throws EngineError when a server cannot be reached, or refuses
 * @throws InterruptedError when a server does not answer and the connection's signal is aborted
 */
export const openEngine: OpenEngine = async (config, connection = {}) => {
  const { model: part, engine, train } = config;
  const directory = modelDirectory(part);
  const valueHead = wantsValueHead(config);
  const { onArrangement, ...connected } = connection;
  if (engine.kind === "module") {
    const context: EngineContext = { seed: train.seed, model: directory, valueHead };
    return engineModule(engine, context);
  }
  if (engine.kind === "local") {
    return createLocalEngine(await arrangedOptions(config, onArrangement));
  }
  const model = directory ?? freshSmallModel(train.seed, part.kind === "small" ? part.assets : undefined);
  return createTinkerEngine({
    url: engine.url,
    apiKey: process.env[engine.apiKeyVariable],
    baseModel: engine.baseModel,
    model,
    loraRank: engine.loraRank,
    ...(engine.loraSeed !== undefined && { loraSeed: engine.loraSeed }),
    valueHead,
    ...connected,
    measureMismatch: engine.measureMismatch,
    wire: engine.wire,
    lossReduction: engine.lossReduction === "auto" ? undefined : engine.lossReduction,
    maxRequestBytes: engine.maxRequestMegabytes * 2 ** 20,
    retryLimitMs: engine.retryMinutes * 60_000,
    futureLimitMs: engine.resultMinutes * 60_000,
    seed: train.seed,
  });
};

/**
 * The options of the local engine.
 *
 * @throws ConfigError when the configured engine is not local
 */
export async function arrangedOptions(
  config: Config,
  onArrangement?: (event: ArrangementEvent) => void,
): Promise<LocalEngineOptions & Arrangement> {
  const arranged = await arrangeEngine(config, onArrangement);
  const { engine } = arranged;
  if (engine.kind !== "local" || engine.threads === "auto" || engine.replicas === "auto") {
    throw new ConfigError(`engine.kind: expected "local", got "${engine.kind}"`);
  }
  const { threads, replicas } = engine;
  return { ...localOptions(arranged, engine), threads, replicas };
}

/**
 * The dialogue with the configured model: its tokenizer, its chat template, its stop tokens. Weights are not read.
 *
 * A remote engine needs no local weights and can train a text model of any architecture.
 *
 * @throws ModelError when the directory holds neither a supported model nor a text model for a remote engine
 * @throws ConfigError when the model is one of the hub: `fetchModel` comes first
 */
export async function openConfiguredDialogue(
  config: Pick<Config, "model" | "prompt" | "engine">,
): Promise<Dialogue> {
  const { model, engine } = config;
  const format = await openPromptFormat(config);
  const directory = modelDirectory(model);
  if (directory !== undefined) {
    return openDialogue(directory, { ...format, needsWeights: engine.kind === "local" });
  }
  const own = model.kind === "small" ? model.assets : undefined;
  return openDialogue(own ?? SMALL_ASSETS, { ...format, needsWeights: false });
}
