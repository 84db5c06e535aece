/**
 * @module
 * A Hugging Face model directory as a whole. Opening one reads and checks everything but the numbers of the
 * weights; writing one gives a directory that opens again, here and in transformers.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { ModelError, RunError } from "../errors/index.ts";
import { removeFile, replaceFile } from "../files/index.ts";
import { graphsOf } from "./architectures/graphs.ts";
import { architectureOf, parseConfig } from "./architectures/index.ts";
import type { ModelConfig } from "./config.ts";
import { directoryFiles } from "./directory-files.ts";
import { requireFloatType } from "./float-type.ts";
import { Fields } from "./json-fields.ts";
import { ASKING_FILES, carryFiles } from "./model-files.ts";
import { openWeights } from "./open-weights.ts";
import { checkParameters } from "./parameters.ts";
import { openPromptModel, openSight, type PromptModel, type Sight, sightOf } from "./prompt-model.ts";
import { readJson } from "./read-json.ts";
import { JOINT_PROCESSOR } from "./small-files.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { tokenizerOf } from "./tokenizer-files.ts";
import type { Vision } from "./vision.ts";
import type { Weights } from "./weights.ts";
import type { WeightTensor } from "./write-safetensors.ts";
import { type StorageOptions, writeWeights } from "./write-weights.ts";

/** Files that are written, not copied. */
const WRITTEN = ["generation_config.json", "preprocessor_config.json", JOINT_PROCESSOR];
/** Files that belong to the tokenizer and are copied unread. */
const TOKENIZER_FILES = ASKING_FILES.filter((name) => !WRITTEN.includes(name));

/** An opened model directory. */
export interface ModelDirectory extends PromptModel, Sight {
  readonly path: string;
  readonly sight: Sight;
  readonly weights: Weights;
}

/**
 * The sizes of a directory's model.
 *
 * @throws ModelError as `parseConfig`, or when there is no config.json
 */
export function readConfig(directory: string): ModelConfig {
  const path = join(directory, "config.json");
  return parseConfig(readJson(path), path);
}

/**
 * The tokenizer of a directory.
 *
 * @throws ModelError when its files are missing or broken
 */
export function loadTokenizer(directory: string): Tokenizer {
  return tokenizerOf(directoryFiles(directory));
}

/**
 * The prompt side of a directory's model, which may be a text model of any architecture. No weights are looked for.
 *
 * @throws ModelError as `openPromptModel`
 */
export function openPrompts(directory: string): PromptModel {
  return openPromptModel(directoryFiles(directory));
}

/**
 * The sizes and the vision of a directory's model; undefined for a text model.
 *
 * @param config sizes where they are known and the directory has none
 * @throws ModelError as `openSight`
 */
export function openSightOf(directory: string): Sight | undefined;
export function openSightOf(directory: string, config: ModelConfig): Sight;
export function openSightOf(directory: string, config?: ModelConfig): Sight | undefined {
  const files = directoryFiles(directory);
  return config === undefined ? openSight(files) : sightOf(config, files);
}

/**
 * Opens a model directory and checks that its parts fit together.
 *
 * @throws ModelError naming the file and its fault: as `openPromptModel`, an architecture that is not supported,
 *   weights that are missing, truncated or misshaped
 */
export function openModelDirectory(path: string): ModelDirectory {
  const files = directoryFiles(path);
  const sight = sightOf(readConfig(path), files);
  const prompts = openPromptModel(files);
  const { names } = graphsOf(sight.config);
  const weights = openWeights(path, names);
  return { ...prompts, ...sight, sight, path, weights };
}

/** A processor_config.json with these settings for images; the rest of it, videos' settings too, as it was. */
function withImageProcessor(
  json: unknown,
  where: string,
  { preprocessorJson }: ModelFiles["vision"],
): object {
  const fields = new Fields(json, where);
  if (!fields.has("image_processor")) return fields.json;
  const { processor_class: _, ...settings } = preprocessorJson;
  return { ...fields.json, image_processor: { ...fields.object("image_processor").json, ...settings } };
}

/** The files that `writeModelDirectory` writes. */
export interface ModelFiles
  extends Pick<ModelDirectory, "config" | "stopTokens" | "padToken" | "maxPositionEmbeddings">,
    StorageOptions {
  /** Whose processor settings are written. */
  readonly vision: Pick<Vision, "preprocessorJson">;
  /** Directory whose tokenizer and chat template are copied along. */
  readonly tokenizerFrom: string;
  /** Every parameter, by canonical name. */
  readonly weights: ReadonlyMap<string, WeightTensor>;
}

/**
 * Writes a model directory, making the folders it needs. Each file appears whole or not at all, the weights last. Files
 * that say how another model is asked, which was there before, are removed.
 *
 * @throws ConfigError when there is no such element type
 * @throws ModelError when the weights do not match the config, or `tokenizerFrom` has no tokenizer
 * @throws RunError when the disk is full or the place cannot be written; older files stay
 */
export function writeModelDirectory(path: string, files: ModelFiles): void {
  const { config, vision, stopTokens, padToken, tokenizerFrom, weights, dtype = "F32" } = files;
  requireFloatType(dtype);
  checkParameters(
    graphsOf(config).names,
    new Map([...weights].map(([name, { shape }]) => [name, shape])),
    path,
  );
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
    architectureOf(config).promptSide.configJson(config, {
      ...(eosTokenId === undefined ? {} : { eosTokenId }),
      padTokenId: padToken,
      maxPositionEmbeddings: files.maxPositionEmbeddings,
      dtype,
    }),
  );
  writeJson("generation_config.json", { eos_token_id: stopTokens, pad_token_id: padToken });
  writeJson("preprocessor_config.json", vision.preprocessorJson);
  if (resolve(tokenizerFrom) !== resolve(path)) carryFiles(TOKENIZER_FILES, tokenizerFrom, path);
  const joint = join(tokenizerFrom, JOINT_PROCESSOR);
  if (existsSync(joint)) writeJson(JOINT_PROCESSOR, withImageProcessor(readJson(joint), joint, vision));
  else removeFile(join(path, JOINT_PROCESSOR));
  const { maxShardBytes } = files;
  writeWeights(path, weights, { dtype, ...(maxShardBytes === undefined ? {} : { maxShardBytes }) });
}
