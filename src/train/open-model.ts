/**
 * @module
 * From the configuration's model and engine parts to what a run works with: an engine and a dialogue.
 */
import { createLocalEngine, type Engine } from "../engine/index.ts";
import { createDialogue, type Dialogue } from "../eval/index.ts";
import {
  ChatTemplate,
  loadProcessorConfig,
  loadVideoProcessorConfig,
  openModelDirectory,
  Tokenizer,
} from "../model/index.ts";
import type { Config } from "./config/schema.ts";
import { DIGITS_ASSETS, digitsModelConfig, freshDigitsModel } from "./digits-model.ts";

/** Makes the engine of a configuration; tests pass one of their own. */
export type OpenEngine = (config: Config) => Promise<Engine>;

/**
 * The engine that the configuration asks for, with the model in it.
 *
 * @throws ModelError when the model directory cannot be used
 */
export const openEngine: OpenEngine = ({ model, engine, train }) =>
  createLocalEngine({
    model: model.kind === "directory" ? model.path : freshDigitsModel(train.seed),
    threads: engine.threads,
    spin: engine.spin,
  });

/**
 * The dialogue with the configured model: its tokenizer, its chat template, its stop tokens.
 *
 * @throws ModelError when the model directory is not a whole Qwen2.5-VL
 */
export function openDialogue({ model, prompt }: Config): Dialogue {
  const { system, suffix } = prompt;
  if (model.kind === "directory") {
    const { tokenizer, template, stopTokens, processor, config } = openModelDirectory(model.path);
    const videoProcessor = loadVideoProcessorConfig(model.path, config);
    return createDialogue({ tokenizer, template, stopTokens, processor, videoProcessor, system, suffix });
  }
  const tokenizer = Tokenizer.load(DIGITS_ASSETS);
  const config = digitsModelConfig();
  const stopTokens = [tokenizer.requireTokenId(tokenizer.eosToken ?? "<|im_end|>")];
  return createDialogue({
    tokenizer,
    template: ChatTemplate.load(DIGITS_ASSETS),
    stopTokens,
    processor: loadProcessorConfig(DIGITS_ASSETS, config),
    videoProcessor: loadVideoProcessorConfig(DIGITS_ASSETS, config),
    system,
    suffix,
  });
}
