/**
 * @module
 * The version that `fovea --version` prints.
 */
import { readFileSync } from "node:fs";

/** Version of the package that this file is part of. */
export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
