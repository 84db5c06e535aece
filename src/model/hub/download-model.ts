/**
 * @module
 * A model of the Hugging Face Hub as a model directory.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fields } from "../json-fields.ts";
import { readJson } from "../read-json.ts";
import { INDEX, SINGLE } from "../weights.ts";
import { downloadSnapshot, type Selection } from "./download-snapshot.ts";
import { parseHubReference } from "./hub-reference.ts";
import type { DownloadOptions } from "./hub-session.ts";

/** Configuration, tokenizer and safetensors at the top level; no other formats of the same weights. */
const WANTED = /^[^/]+\.(json|jinja|txt|safetensors)$/;

const MODEL_FILES: Selection = {
  wants: (path) => WANTED.test(path),
  missing: (folder) => {
    const lacks = (name: string) => !existsSync(join(folder, name));
    if (lacks("config.json")) return "config.json";
    if (!lacks(SINGLE)) return undefined;
    if (lacks(INDEX)) return SINGLE;
    const index = join(folder, INDEX);
    const shards = Object.values(new Fields(readJson(index), index).object("weight_map").json);
    return shards.map(String).find(lacks);
  },
};

/**
 * Downloads a model, unless the cache has it.
 *
 * @param reference `org/name` or `org/name@revision`
 * @returns path of its model directory, in the cache that Python's huggingface_hub shares
 * @throws ConfigError when the reference is invalid
 * @throws DownloadError as `downloadSnapshot`
 */
export async function downloadModel(reference: string, options: DownloadOptions = {}): Promise<string> {
  return downloadSnapshot(parseHubReference(reference), MODEL_FILES, options);
}
