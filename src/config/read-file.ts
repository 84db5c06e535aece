/**
 * @module
 * Reads a configuration file, YAML or JSON.
 */
import { readFile } from "node:fs/promises";
import { dirname, extname, isAbsolute, resolve } from "node:path";
import { parse, parseDocument } from "yaml";
import { ConfigError } from "../errors/index.ts";
import { isSettings, type Settings, withoutMark } from "../parts/index.ts";

/**
 * @returns the settings as written, not yet checked; an empty file has none
 * @throws ConfigError when the file cannot be read, is not YAML or JSON, has a key twice, or is not an object
 */
export async function readConfigFile(path: string): Promise<Settings> {
  const extension = extname(path).toLowerCase();
  if (![".yaml", ".yml", ".json"].includes(extension)) {
    throw new ConfigError(`config file ${path}: expected a name ending in .yaml, .yml or .json`);
  }
  let text: string;
  try {
    text = withoutMark(await readFile(path, "utf8"));
  } catch (cause) {
    throw new ConfigError(`config file ${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  let value: unknown;
  try {
    value = extension === ".json" ? parsedJson(text) : parse(text);
  } catch (cause) {
    throw new ConfigError(`config file ${path}: ${(cause as Error).message}`, { cause });
  }
  if (value === null || value === undefined) return {};
  if (!isSettings(value)) throw new ConfigError(`config file ${path}: expected an object of settings`);
  return besideFile(value, dirname(resolve(path))) as Settings;
}

/** The value of a JSON text; of a key that is there twice, `JSON.parse` would drop the first value. */
function parsedJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const twice = parseDocument(text).errors.find(({ code }) => code === "DUPLICATE_KEY");
  if (twice !== undefined) throw twice;
  return value;
}

const BESIDE = /^\.\.?[\\/]/;

/**
 * Resolves paths relative to the configuration file: paths of modules, every text that starts with `./` or `../`, and
 * working directories of commands, whose arguments stay as they are.
 */
function besideFile(value: unknown, folder: string): unknown {
  if (typeof value === "string") return BESIDE.test(value) ? resolve(folder, value) : value;
  if (Array.isArray(value)) return value.map((item) => besideFile(item, folder));
  if (!isSettings(value)) return value;
  const isCommand = Array.isArray(value["command"]);
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    if (isCommand && key === "command") return [key, inner];
    if (key === "module" && typeof inner === "string")
      return [key, isAbsolute(inner) ? inner : resolve(folder, inner)];
    return [key, besideFile(inner, folder)];
  });
  return Object.fromEntries(isCommand && !("cwd" in value) ? [...entries, ["cwd", folder]] : entries);
}
