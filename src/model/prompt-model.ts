/**
 * @module
 * All that asking a model takes, from the small files of its directory: config, tokenizer, chat template, stop tokens,
 * processor settings. Weights need not be there. Opens no file itself, so that it works in a browser.
 */
import { ModelError } from "../errors/index.ts";
import type { Architecture } from "./architecture.ts";
import { architectureOf, modelTypes, parseConfig } from "./architectures/index.ts";
import type { ChatFormat } from "./chat-prompt.ts";
import { ChatTemplate, chatTemplateOf } from "./chat-template.ts";
import { embeddedTokens, type ModelConfig } from "./config.ts";
import { Fields } from "./json-fields.ts";
import type { SmallFiles } from "./small-files.ts";
import { checkVocabulary, type Tokenizer } from "./tokenizer.ts";
import { requiredFile, tokenizerOf } from "./tokenizer-files.ts";
import type { Vision } from "./vision.ts";

const GENERATION = "generation_config.json";

/** The parts of a model for images and videos. */
export interface Sight {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly vision: Vision;
}

/** How a model is asked, and how its answer ends. */
export interface PromptModel extends ChatFormat {
  /** Undefined for a text model of any architecture: its config.json has no `vision_config`. */
  readonly sight: Sight | undefined;
  /** Ids that end a completion; at least one. */
  readonly stopTokens: readonly number[];
  /** Id that fills up a batch. */
  readonly padToken: number;
  /** Longest sequence that the model promises to handle. */
  readonly maxPositionEmbeddings: number;
}

/** Files that `openPromptModel` may read, for callers that must fetch them first. */
export const PROMPT_FILES = [
  "config.json",
  GENERATION,
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
  "chat_template.json",
  "processor_config.json",
  "preprocessor_config.json",
  "video_preprocessor_config.json",
] as const;

/**
 * The sizes and the vision of a model; undefined for a text model.
 *
 * @throws ModelError naming the file and the field: an architecture that is not supported, a size or a processor setting
 *   that is missing, impossible or does not fit
 */
export function openSight(files: SmallFiles): Sight | undefined {
  const { content, where } = requiredFile(files, "config.json");
  const root = new Fields(content, where);
  if (!modelTypes.includes(root.text("model_type")) && !root.has("vision_config")) return undefined;
  return sightOf(parseConfig(content, where), files);
}

/**
 * The vision of a model whose sizes are known, by the processor settings of a directory.
 *
 * @throws ModelError as `openSight`
 */
export function sightOf(config: ModelConfig, files: SmallFiles): Sight {
  const architecture = architectureOf(config);
  return { architecture, config, vision: architecture.promptSide.openVision(config, files) };
}

/**
 * Opens a model's prompt side and checks that its parts fit together.
 *
 * @throws ModelError naming the file and its fault. Faults: the config.json of an unsupported architecture; a
 *   tokenizer that lacks tokens of the architecture or has more tokens than the model; a processor with other patches.
 *   Also no chat template, or no stop token.
 */
export function openPromptModel(files: SmallFiles): PromptModel {
  const sight = openSight(files);
  const { content, where } = requiredFile(files, "config.json");
  const root = new Fields(content, where);
  const text = textFields(root);
  const vocabSize = sight?.config.text.vocabSize ?? text.integer("vocab_size");
  const known = sight === undefined ? vocabSize : embeddedTokens(sight.config.text);
  const tokenizer = tokenizerOf(files);
  if (sight !== undefined) sight.architecture.promptSide.checkTokenizer(tokenizer, sight.config);
  checkVocabulary(tokenizer, known, files.where);
  const side = sight?.architecture.promptSide;
  return {
    sight,
    tokenizer,
    template: chatTemplateOf(files, side?.chatTemplate),
    ownTemplate: side && new ChatTemplate(side.chatTemplate),
    placeholders: side?.placeholders,
    videoWords: side?.videoWords,
    ...endings(files, root, tokenizer, vocabSize),
    maxPositionEmbeddings: text.integer("max_position_embeddings", 32768),
  };
}

function textFields(root: Fields): Fields {
  return root.has("text_config") ? root.object("text_config") : root;
}

/** Ids from the first of the places that names any. */
function tokenIds(places: readonly Fields[], name: string): readonly number[] {
  for (const fields of places) {
    if (!fields.has(name)) continue;
    if (!Array.isArray(fields.json[name])) return [fields.integer(name, undefined, 0)];
    const ids = fields.numbers(name);
    if (!ids.every((id) => Number.isInteger(id) && id >= 0)) throw fields.error(name, "integers >= 0");
    return ids;
  }
  return [];
}

/** The ids that end a completion and fill up a batch. */
function endings(
  files: SmallFiles,
  root: Fields,
  tokenizer: Tokenizer,
  vocabSize: number,
): { readonly stopTokens: readonly number[]; readonly padToken: number } {
  const file = files.json(GENERATION);
  const generation = file === undefined ? [] : [new Fields(file.content, file.where)];
  const ofTokenizer = (token: string | undefined) =>
    token === undefined ? [] : [tokenizer.requireTokenId(token)];
  const first = (...lists: readonly (readonly number[])[]) => lists.find((ids) => ids.length > 0) ?? [];
  const inVocabulary = (ids: readonly number[]) => ids.filter((id) => id < vocabSize);
  const stopTokens = first(
    inVocabulary(tokenIds(generation, "eos_token_id")),
    // As transformers' `GenerationConfig.from_model_config`: the model's own, before its language model's.
    inVocabulary(tokenIds([root, textFields(root)], "eos_token_id")),
    ofTokenizer(tokenizer.eosToken),
  );
  const [stopToken] = stopTokens;
  if (stopToken === undefined) {
    throw new ModelError(
      `${files.where}: no stop token: expected eos_token_id in ${GENERATION} or config.json, or eos_token in tokenizer_config.json`,
    );
  }
  const [padToken = stopToken] = first(
    inVocabulary(tokenIds(generation, "pad_token_id")),
    ofTokenizer(tokenizer.padToken),
  );
  return { stopTokens, padToken };
}
