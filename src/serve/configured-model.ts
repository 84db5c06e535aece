/**
 * @module
 * The model of a configuration as one that is served.
 */

import {
  arrangedOptions,
  type Config,
  type Connection,
  freshSmallModel,
  openConfiguredDialogue,
} from "../config/index.ts";
import { createLocalEngine } from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import { checkText, openPrompts, openSightOf, readConfig } from "../model/index.ts";
import type { ServedModel } from "./served-model.ts";

/** The protocol's own, which clients cannot choose. */
const LORA_ALPHA = 32;

/**
 * The configured model, on this machine.
 *
 * @param name the model's name for clients
 * @param onArrangement called with the use of the machine, if the engine chose it
 * @throws ConfigError when the model is one of the hub (`fetchModel` comes first), or the engine is another server
 * @throws ModelError when its directory cannot be used
 */
export async function configuredModel(
  config: Config,
  name: string,
  onArrangement?: Connection["onArrangement"],
): Promise<ServedModel> {
  const { engine, model, train } = config;
  if (engine.kind !== "local") {
    throw new ConfigError(`engine.kind: expected "local" where a model is served, got "${engine.kind}"`);
  }
  if (engine.rollouts !== "fp32") {
    throw new ConfigError(
      `engine.rollouts: expected "fp32" where a model is served, got "${engine.rollouts}": clients do not say which completions they learn from`,
    );
  }
  const dialogue = await openConfiguredDialogue(config);
  const { threads, replicas } = await arrangedOptions(config, onArrangement);
  const fresh = freshSmallModel(train.seed, model.kind === "small" ? model.assets : undefined);
  const directory = model.kind === "directory" ? model.path : undefined;
  const { tokenizer, maxPositionEmbeddings: contextLength } = openPrompts(directory ?? fresh.assets);
  const { config: own, vision } =
    directory === undefined
      ? openSightOf(fresh.assets, fresh.config)
      : openSightOf(directory, readConfig(directory));
  return {
    name,
    architecture: own.modelType,
    open: ({ valueHead, lora }) =>
      createLocalEngine({
        model: directory ?? fresh,
        device: engine.device,
        threads,
        replicas,
        spin: engine.spin,
        memory: engine.memory,
        checkpointing: engine.checkpointing,
        valueHead,
        lora: lora && { ...lora, alpha: LORA_ALPHA },
      }),
    dialogue,
    tokenizer,
    checkText: (tokens, where) => checkText(tokens, own.text.vocabSize, vision, where),
    contextLength,
  };
}

/** The default name of a configured model for clients. */
export function usualName({ model }: Config): string {
  switch (model.kind) {
    case "small":
      return "small";
    case "hub":
      return model.name;
    case "directory":
      return model.path.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, "");
  }
}
