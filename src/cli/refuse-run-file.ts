/**
 * @module
 * Refuses a run's configuration file where its rows are meant.
 */
import { existsSync } from "node:fs";
import { extname } from "node:path";
import { readConfigFile, resolveConfig } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import { shellWord } from "../files/index.ts";

/** The rows of a run file, as the end of a sentence. */
async function rowsOf(file: string): Promise<string> {
  try {
    const { data } = resolveConfig({ file: await readConfigFile(file) });
    if (data.kind !== "files") return `its data.kind is "${data.kind}", which has no rows in files`;
    return `its data.path is ${data.path}: fovea data check ${shellWord(data.path)}`;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return "name the file or folder of rows";
  }
}

/**
 * Throws where a path is a YAML file, which holds settings of a run and never rows.
 *
 * @throws ConfigError naming the rows of the run, if it has any
 */
export async function refuseRunFile(path: string): Promise<void> {
  if (![".yaml", ".yml"].includes(extname(path).toLowerCase()) || !existsSync(path)) return;
  throw new ConfigError(
    `${path}: expected the file or folder of rows, got a run's configuration; ${await rowsOf(path)}`,
  );
}
