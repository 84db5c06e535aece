/**
 * @module
 * Whether paths are of different places.
 */
import { existsSync, realpathSync } from "node:fs";

/** Whether no two of the paths are of one place: `a`, `a/` and a link to it are one. Other names are their own places. */
export function areDistinctPlaces(paths: readonly string[]): boolean {
  const places = paths.map((path) => (existsSync(path) ? realpathSync(path) : path));
  return new Set(places).size === places.length;
}
