/**
 * @module
 * A Hugging Face model directory as a whole. Opening one reads and checks everything but the numbers of the
 * weights; writing one gives a directory that opens again, here and in transformers.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ModelError, RunError } from "../errors/index.ts";
import type { ChatTemplate } from "./chat-template.ts";
import type { ModelConfig } from "./config.ts";
import { configJson, MODEL_TYPE, parseConfig } from "./config-json.ts";
import { loadProcessorConfig } from "./image/load-processor-config.ts";
import { type ProcessorConfig, processorJson } from "./image/processor-config.ts";
import { Fields } from "./json-fields.ts";
import { loadChatTemplate, loadTokenizer } from "./load-chat-format.ts";
import { checkParameters } from "./parameter-names.ts";
import { readJson } from "./read-json.ts";
import { replaceFile } from "./replace-file.ts";
import { checkTokenizer, type Tokenizer } from "./tokenizer.ts";
import { readWeights, type Weights } from "./weights.ts";
import type { WeightTensor } from "./write-safetensors.ts";
import { type StorageOptions, writeWeights } from "./write-weights.ts";

const GENERATION = "generation_config.json";
const JOINT_PROCESSOR = "processor_config.json";

/** Files that belong to the tokenizer and are copied unread. */
const TOKENIZER_FILES = [
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
  "chat_template.json",
  "video_preprocessor_config.json",
  "vocab.json",
  "merges.txt",
  "added_tokens.json",
  "special_tokens_map.json",
];

/** What a model directory says beside its weights and its tokenizer. */
interface ModelSettings {
  readonly config: ModelConfig;
  readonly processor: ProcessorConfig;
  /** Ids that end a completion; at least one. */
  readonly stopTokens: readonly number[];
  /** Id that fills up a batch. */
  readonly padToken: number;
  /** Longest sequence that the model promises to handle. */
  readonly maxPositionEmbeddings: number;
}

/** An opened model directory. */
export interface ModelDirectory extends ModelSettings {
  readonly path: string;
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  readonly weights: Weights;
}

function textFields(root: Fields): Fields {
  return root.has("text_config") ? root.object("text_config") : root;
}

/** Ids from the first of the places that names any. */
function tokenIds(places: readonly Fields[], name: string): readonly number[] {
  for (const fields of places) {
    if (!fields.has(name)) continue;
    const value = fields.json[name];
    return Array.isArray(value) ? fields.numbers(name) : [fields.integer(name, undefined, 0)];
  }
  return [];
}

/**
 * The ids that end a completion and fill up a batch.
 *
 * @throws ModelError when nothing names a stop token
 */
function endings(
  path: string,
  root: Fields,
  tokenizer: Tokenizer,
  vocabSize: number,
): { readonly stopTokens: readonly number[]; readonly padToken: number } {
  const generationPath = join(path, GENERATION);
  const generation = existsSync(generationPath) ? [new Fields(readJson(generationPath), generationPath)] : [];
  const ofTokenizer = (token: string | undefined) =>
    token === undefined ? [] : [tokenizer.requireTokenId(token)];
  const first = (...lists: readonly (readonly number[])[]) => lists.find((ids) => ids.length > 0) ?? [];
  const inVocabulary = (ids: readonly number[]) => ids.filter((id) => id < vocabSize);
  const stopTokens = first(
    inVocabulary(tokenIds(generation, "eos_token_id")),
    ofTokenizer(tokenizer.eosToken),
    inVocabulary(tokenIds([textFields(root), root], "eos_token_id")),
  );
  const [stopToken] = stopTokens;
  if (stopToken === undefined) {
    throw new ModelError(
      `${path}: no stop token: expected eos_token_id in ${GENERATION} or config.json, or eos_token in tokenizer_config.json`,
    );
  }
  const [padToken = stopToken] = first(
    inVocabulary(tokenIds(generation, "pad_token_id")),
    ofTokenizer(tokenizer.padToken),
  );
  return { stopTokens, padToken };
}

/** What conversations with a text model need of its directory; the network runs elsewhere. */
export interface TextModelDirectory {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Ids that end a completion; at least one. */
  readonly stopTokens: readonly number[];
}

/**
 * Whether a directory holds a model without eyes, of whatever architecture: its config.json has no `vision_config`.
 *
 * @throws ModelError when there is no config.json that can be read
 */
export function isTextModel(path: string): boolean {
  const configPath = join(path, "config.json");
  const root = new Fields(readJson(configPath), configPath);
  return root.text("model_type") !== MODEL_TYPE && !root.has("vision_config");
}

/**
 * Opens the directory of a text model for an engine that runs elsewhere: tokenizer, chat template and stop tokens. Its
 * weights need not be there.
 *
 * @throws ModelError naming the file and what is wrong in it, as `openModelDirectory`
 */
export function openTextModel(path: string): TextModelDirectory {
  const configPath = join(path, "config.json");
  const root = new Fields(readJson(configPath), configPath);
  const vocabSize = textFields(root).integer("vocab_size");
  const tokenizer = loadTokenizer(path);
  if (tokenizer.vocabSize > vocabSize) {
    throw new ModelError(
      `${path}: tokenizer.json: ${tokenizer.vocabSize} tokens, but config.json: vocab_size is ${vocabSize}`,
    );
  }
  const { stopTokens } = endings(path, root, tokenizer, vocabSize);
  return { tokenizer, template: loadChatTemplate(path), stopTokens };
}

/**
 * Opens a model directory and checks that its parts fit together.
 *
 * @throws ModelError naming the file and what is wrong in it: config.json of another architecture, a tokenizer
 *   without the vision tokens, a processor with other patches, weights that are missing, truncated or misshaped,
 *   no stop token
 */
export function openModelDirectory(path: string): ModelDirectory {
  if (!existsSync(path)) throw new ModelError(`${path}: no such model directory`);
  const configPath = join(path, "config.json");
  const json = readJson(configPath);
  const config = parseConfig(json, configPath);
  const tokenizer = loadTokenizer(path);
  checkTokenizer(tokenizer, config);

  const root = new Fields(json, configPath);
  const text = textFields(root);
  const { stopTokens, padToken } = endings(path, root, tokenizer, config.text.vocabSize);

  const weights = readWeights(path);
  checkParameters(config, weights.shapes, path);
  return {
    path,
    config,
    tokenizer,
    template: loadChatTemplate(path),
    processor: loadProcessorConfig(path, config),
    stopTokens,
    padToken,
    maxPositionEmbeddings: text.integer("max_position_embeddings", 32768),
    weights,
  };
}

/** A processor_config.json with these settings for images; the rest of it, videos' settings too, as it was. */
function withImageProcessor(json: unknown, where: string, processor: ProcessorConfig): object {
  const fields = new Fields(json, where);
  if (!fields.has("image_processor")) return fields.json;
  const { processor_class: _, ...settings } = processorJson(processor);
  return { ...fields.json, image_processor: { ...fields.object("image_processor").json, ...settings } };
}

/** What `writeModelDirectory` writes. */
export interface ModelFiles extends ModelSettings, StorageOptions {
  /** Directory whose tokenizer and chat template are copied along. */
  readonly tokenizerFrom: string;
  /** Every parameter, by canonical name. */
  readonly weights: ReadonlyMap<string, WeightTensor>;
}

/**
 * Writes a model directory, making the folders it needs. Each file appears whole or not at all, the weights last.
 *
 * @throws ModelError when the weights are not those of the config, or `tokenizerFrom` has no tokenizer
 * @throws RunError when the disk is full or the place cannot be written; older files stay
 */
export function writeModelDirectory(path: string, files: ModelFiles): void {
  const { config, processor, stopTokens, padToken, tokenizerFrom, weights, dtype = "F32" } = files;
  checkParameters(config, new Map([...weights].map(([name, { shape }]) => [name, shape])), path);
  if (!existsSync(join(tokenizerFrom, "tokenizer.json")))
    throw new ModelError(`${tokenizerFrom}: expected a tokenizer.json to copy, found none`);
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new RunError(`${path}: cannot be made: ${(cause as Error).message}`, { cause });
  }
  const writeJson = (name: string, value: unknown) =>
    replaceFile(join(path, name), [`${JSON.stringify(value, null, 2)}\n`]);
  const [eosTokenId] = stopTokens;
  writeJson(
    "config.json",
    configJson(config, {
      ...(eosTokenId === undefined ? {} : { eosTokenId }),
      padTokenId: padToken,
      maxPositionEmbeddings: files.maxPositionEmbeddings,
      dtype,
    }),
  );
  writeJson(GENERATION, { eos_token_id: stopTokens, pad_token_id: padToken });
  writeJson("preprocessor_config.json", processorJson(processor));
  if (resolve(tokenizerFrom) !== resolve(path)) {
    for (const name of TOKENIZER_FILES) {
      const source = join(tokenizerFrom, name);
      if (existsSync(source)) replaceFile(join(path, name), [readFileSync(source)]);
    }
  }
  const joint = join(tokenizerFrom, JOINT_PROCESSOR);
  if (existsSync(joint)) writeJson(JOINT_PROCESSOR, withImageProcessor(readJson(joint), joint, processor));
  const { maxShardBytes } = files;
  writeWeights(path, weights, { dtype, ...(maxShardBytes === undefined ? {} : { maxShardBytes }) });
}
