/**
 * @module
 * From the configuration's model and engine parts to what a run works with: an engine and a dialogue.
 */
import {
  createLocalEngine,
  createTinkerEngine,
  type Engine,
  type TinkerEngineOptions,
} from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import { answerFormats, createDialogue, type Dialogue } from "../eval/index.ts";
import {
  type DownloadOptions,
  downloadModel,
  isTextModel,
  loadChatTemplate,
  loadProcessorConfig,
  loadTokenizer,
  loadVideoProcessorConfig,
  openModelDirectory,
  openTextModel,
} from "../model/index.ts";
import { algorithmNeeds } from "../objective/index.ts";
import type { Config } from "./config/schema.ts";
import { DIGITS_ASSETS, digitsModelConfig, freshDigitsModel } from "./digits-model.ts";
import { downloadSteps } from "./download-steps.ts";
import type { DownloadEvent } from "./events.ts";

/** How a caller follows an engine that is elsewhere. */
export type Connection = Pick<TinkerEngineOptions, "signal" | "onRetry">;

/** Makes the engine of a configuration; tests pass one of their own. */
export type OpenEngine = (config: Config, connection?: Connection) => Promise<Engine>;

/**
 * The same configuration with a model that is on this machine: one of the hub is downloaded, unless the cache has it.
 *
 * @param onDownload told of a file when it begins, and of every hundredth of all bytes
 * @throws DownloadError when it cannot be had
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

/**
 * The engine that the configuration asks for, with the model in it.
 *
 * @throws ModelError when the model directory cannot be used
 * @throws ConfigError when the model is one of the hub: `fetchModel` comes first
 * @throws EngineError when a server cannot be reached, or refuses
 * @throws InterruptedError when a server does not answer and the connection's signal is aborted
 */
export const openEngine: OpenEngine = async ({ model: part, engine, train, algorithm }, connection = {}) => {
  const model = directoryOf(part) ?? freshDigitsModel(train.seed);
  const valueHead = algorithmNeeds(algorithm).values;
  if (engine.kind === "local") {
    return createLocalEngine({
      model,
      threads: engine.threads,
      replicas: engine.replicas,
      spin: engine.spin,
      stream: engine.stream,
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

/**
 * The dialogue with the configured model: its tokenizer, its chat template, its stop tokens.
 *
 * An engine elsewhere may train a text model of any architecture: then the directory's tokenizer, chat template and
 * stop tokens are all that is read.
 *
 * @throws ModelError when the model directory is not a whole Qwen2.5-VL, or a text model that is trained elsewhere
 * @throws ConfigError when the model is one of the hub: `fetchModel` comes first
 */
export function openDialogue({ model, prompt, engine }: Config): Dialogue {
  const format = answerFormats[prompt.format];
  const { system = format.system, suffix = format.suffix } = prompt;
  const directory = directoryOf(model);
  if (directory !== undefined && engine.kind === "tinker" && isTextModel(directory)) {
    return createDialogue({ ...openTextModel(directory), system, suffix });
  }
  if (directory !== undefined) {
    const { tokenizer, template, stopTokens, processor, config } = openModelDirectory(directory);
    const vision = { image: processor, video: loadVideoProcessorConfig(directory, config) };
    return createDialogue({ tokenizer, template, stopTokens, vision, system, suffix });
  }
  const tokenizer = loadTokenizer(DIGITS_ASSETS);
  const config = digitsModelConfig();
  const stopTokens = [tokenizer.requireTokenId(tokenizer.eosToken ?? "<|im_end|>")];
  return createDialogue({
    tokenizer,
    template: loadChatTemplate(DIGITS_ASSETS),
    stopTokens,
    vision: {
      image: loadProcessorConfig(DIGITS_ASSETS, config),
      video: loadVideoProcessorConfig(DIGITS_ASSETS, config),
    },
    system,
    suffix,
  });
}
