/**
 * @module
 * Both ends of the Tinker protocol for tests: a server whose models are fake engines on the digits task's vocabulary, and
 * clients of it.
 */

import { freshSmallModel } from "../config/index.ts";
import {
  createFakeEngine,
  createTinkerEngine,
  type Engine,
  type SampleRequest,
  type TinkerEngineOptions,
} from "../engine/index.ts";
import { SMALL_ASSETS, smallModelConfig } from "../engine/small-model.ts";
import { createDialogue } from "../eval/index.ts";
import { checkText, openPrompts, openSightOf } from "../model/index.ts";
import {
  type ServedModel,
  type ServerOptions,
  startTinkerServer,
  type TinkerServer,
} from "../serve/index.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const END = "<|im_end|>";
const small = openPrompts(SMALL_ASSETS);
const { config, vision } = openSightOf(SMALL_ASSETS, smallModelConfig());
const prompts = { ...small, stopTokens: [small.tokenizer.requireTokenId(END)] };

/** A served model with the digits tokenizer; `open` makes its engines. */
export function servedDigits(name: string, open: () => Promise<Engine> | Engine): ServedModel {
  return {
    name,
    architecture: config.modelType,
    open: async () => open(),
    dialogue: createDialogue(prompts),
    tokenizer: prompts.tokenizer,
    checkText: (tokens, where) => checkText(tokens, config.text.vocabSize, vision, where),
    contextLength: prompts.maxPositionEmbeddings,
  };
}

/** A fake engine of few tokens that can do everything. */
export function wholeFakeEngine(): Engine {
  return createFakeEngine({ vocabSize: 64, promptRows: 2, seed: 5 });
}

/** A request for one completion of a text. */
export const oneCompletion: SampleRequest = {
  prompts: [{ chunks: [{ kind: "text", tokens: [10, 11, 12] }] }],
  groupSize: 1,
  maxCompletionTokens: 4,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [],
  seed: 1,
};

/** Servers and clients of one test, and their end. */
export class TinkerWorld {
  readonly #open: { close(): Promise<unknown> }[] = [];

  async server(
    options: Partial<ServerOptions> & { readonly engine?: () => Promise<Engine> | Engine } = {},
  ): Promise<TinkerServer> {
    const { engine = wholeFakeEngine, ...rest } = options;
    const server = await startTinkerServer({
      models: [servedDigits("digits", engine)],
      state: temporaryDirectory(),
      version: "0",
      pollMs: 1000,
      ...rest,
    });
    this.#open.push(server);
    return server;
  }

  async client(url: string, options: Partial<TinkerEngineOptions> = {}): Promise<Engine> {
    const engine = await createTinkerEngine({ url, model: freshSmallModel(0), ...options });
    this.#open.push(engine);
    return engine;
  }

  /** Ends all, the newest first. */
  async close(): Promise<void> {
    for (const one of this.#open.splice(0).reverse()) await one.close();
  }
}
