/**
 * @module
 * processor_config.json: where transformers 5 writes the settings of all processors, each under its name. Older versions
 * write one too, which names the class alone.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fields } from "../json-fields.ts";
import { readJson } from "../read-json.ts";

/** Settings and where they stand, for messages. */
export interface FoundSettings {
  readonly json: unknown;
  readonly where: string;
}

/**
 * The settings of one processor. As in transformers they come before those in a file of their own, where a directory
 * has both.
 *
 * @param own names of files that say it as a whole, the first that is there
 * @returns undefined where none is there
 * @throws ModelError when a file is no JSON
 */
export function processorSettings(
  directory: string,
  name: "image_processor" | "video_processor",
  own: readonly string[],
): FoundSettings | undefined {
  const joint = join(directory, "processor_config.json");
  if (existsSync(joint)) {
    const fields = new Fields(readJson(joint), joint);
    if (fields.has(name)) return { json: fields.object(name).json, where: `${joint}: ${name}` };
  }
  const where = own.map((file) => join(directory, file)).find(existsSync);
  return where === undefined ? undefined : { json: readJson(where), where };
}
