/**
 * @module
 * Reading a JSON file of a model directory.
 */
import { readFileSync, statSync } from "node:fs";
import { ModelError } from "../errors/index.ts";
import { IS_POINTER, isLfsPointer, MAX_POINTER_BYTES } from "./lfs-pointer.ts";

/** The largest known tokenizer.json has 35 MB. */
const MAX_JSON_BYTES = 2 ** 28;

/**
 * Parses a JSON file.
 *
 * @throws ModelError when it is missing, unreadable or not JSON
 */
export function readJson(path: string): unknown {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > MAX_JSON_BYTES) throw new Error(`${size} bytes, expected at most ${MAX_JSON_BYTES}`);
    // Without a byte order mark, which some editors write.
    text = new TextDecoder().decode(readFileSync(path));
  } catch (cause) {
    throw new ModelError(`${path}: cannot be read: ${String((cause as Error).message)}`, { cause });
  }
  if (isLfsPointer(Buffer.from(text.slice(0, MAX_POINTER_BYTES))))
    throw new ModelError(`${path}: ${IS_POINTER}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${path}: not valid JSON: ${String((cause as Error).message)}`, { cause });
  }
}
