/**
 * @module
 * The small files of a model directory, wherever they are: on disk, or fetched by a page.
 */
import { Fields } from "./json-fields.ts";

/** A file's content and where it came from, for messages. */
export interface SmallFile<T> {
  readonly content: T;
  readonly where: string;
}

/** Files by name; undefined for one that is not there. */
export interface SmallFiles {
  /** The directory, for messages. */
  readonly where: string;
  /** @throws ModelError when the file cannot be read or is not JSON */
  json(name: string): SmallFile<unknown> | undefined;
  /** @throws ModelError when the file cannot be read */
  text(name: string): SmallFile<string> | undefined;
}

/** Where transformers 5 writes the settings of all processors, each under its name. Older versions name the class alone. */
export const JOINT_PROCESSOR = "processor_config.json";

/**
 * The settings of one processor. As in transformers, those in processor_config.json come before those in a file of
 * their own, where a directory has both.
 *
 * @param own names of files that hold the settings as a whole; the first that is there
 * @returns undefined where none is there
 * @throws ModelError when a file is not JSON
 */
export function processorSettings(
  files: SmallFiles,
  name: "image_processor" | "video_processor",
  own: readonly string[],
): SmallFile<unknown> | undefined {
  const joint = files.json(JOINT_PROCESSOR);
  if (joint !== undefined) {
    const fields = new Fields(joint.content, joint.where);
    if (fields.has(name)) return { content: fields.object(name).json, where: `${joint.where}: ${name}` };
  }
  for (const file of own) {
    const found = files.json(file);
    if (found !== undefined) return found;
  }
  return undefined;
}
