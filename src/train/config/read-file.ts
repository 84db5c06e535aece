/**
 * @module
 * Reads a configuration file, YAML or JSON.
 */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { parse } from "yaml";
import { ConfigError } from "../../errors/index.ts";
import { isSettings, type Settings } from "./merge.ts";

/**
 * @returns the settings as written, not yet checked; an empty file has none
 * @throws ConfigError when the file cannot be read, is not YAML or JSON, or is not an object
 */
export async function readConfigFile(path: string): Promise<Settings> {
  const extension = extname(path).toLowerCase();
  if (![".yaml", ".yml", ".json"].includes(extension)) {
    throw new ConfigError(`config file ${path}: expected a name ending in .yaml, .yml or .json`);
  }
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`config file ${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  let value: unknown;
  try {
    value = extension === ".json" ? JSON.parse(text) : parse(text);
  } catch (cause) {
    throw new ConfigError(`config file ${path}: ${(cause as Error).message}`, { cause });
  }
  if (value === null || value === undefined) return {};
  if (!isSettings(value)) throw new ConfigError(`config file ${path}: expected an object of settings`);
  return value;
}
