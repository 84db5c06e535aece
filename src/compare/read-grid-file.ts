/**
 * @module
 * A grid as a file says it, with the configuration file that it names.
 */
import { dirname, resolve } from "node:path";
import { readConfigFile } from "../config/index.ts";
import { type Grid, readGrid } from "./grid.ts";

/**
 * The grid of a file. Its `config` may be the path of a configuration file, relative to the grid's.
 *
 * @throws ConfigError when a file cannot be read, or a cell's configuration is impossible
 */
export async function readGridFile(path: string): Promise<Grid> {
  const grid = await readConfigFile(path);
  const { config } = grid;
  if (typeof config !== "string") return readGrid(grid);
  return readGrid({ ...grid, config: await readConfigFile(resolve(dirname(path), config)) });
}
