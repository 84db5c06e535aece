/**
 * @module
 * Reads a configuration file, YAML or JSON.
 */
import { readFile } from "node:fs/promises";
import { dirname, extname, isAbsolute, resolve } from "node:path";
import { parse } from "yaml";
import { ConfigError } from "../errors/index.ts";
import { isSettings, type Settings } from "../parts/index.ts";

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
  return besideFile(value, dirname(resolve(path))) as Settings;
}

/** Keys whose values can be file paths. */
const PATH_KEYS: ReadonlySet<string> = new Set(["data", "task", "model", "path", "images", "assets"]);

/**
 * Resolves paths relative to the configuration file: paths of modules, paths of data and models that start with `./` or
 * `../`, and working directories of commands.
 */
function besideFile(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((item) => besideFile(item, folder));
  if (!isSettings(value)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    if (typeof inner !== "string") return [key, besideFile(inner, folder)];
    const isPath = key === "module" ? !isAbsolute(inner) : PATH_KEYS.has(key) && /^\.\.?[\\/]/.test(inner);
    return [key, isPath ? resolve(folder, inner) : inner];
  });
  const isCommand = Array.isArray(value["command"]) && !("cwd" in value);
  return Object.fromEntries(isCommand ? [...entries, ["cwd", folder]] : entries);
}
