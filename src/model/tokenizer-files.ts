/**
 * @module
 * The tokenizer among a directory's small files, read once.
 */
import { ModelError } from "../errors/index.ts";
import type { SmallFile, SmallFiles } from "./small-files.ts";
import { Tokenizer } from "./tokenizer.ts";

const known = new WeakMap<SmallFiles, Tokenizer>();

/**
 * Reads tokenizer.json, and tokenizer_config.json where there is one.
 *
 * @throws ModelError when they are missing or broken
 */
export function tokenizerOf(files: SmallFiles): Tokenizer {
  let tokenizer = known.get(files);
  if (tokenizer === undefined) {
    const { content, where } = requiredFile(files, "tokenizer.json");
    tokenizer = new Tokenizer(content, files.json("tokenizer_config.json")?.content ?? {}, where);
    known.set(files, tokenizer);
  }
  return tokenizer;
}

/** @throws ModelError when the file is not there */
export function requiredFile(files: SmallFiles, name: string): SmallFile<unknown> {
  const file = files.json(name);
  if (file === undefined) throw new ModelError(`${files.where}/${name}: cannot be read: no such file`);
  return file;
}
