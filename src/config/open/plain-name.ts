/**
 * @module
 * Names of benchmarks and tasks, which become names of folders.
 */
import { ConfigError } from "../../errors/index.ts";
import { shownValue } from "../../parts/index.ts";

/**
 * Throws unless a name can be the name of one folder: a text without separators that is not "." or "..".
 *
 * @param where the part with file and export, in errors
 * @throws ConfigError
 */
export function requirePlainName(name: unknown, where: string): void {
  if (typeof name === "string" && /^(?!\.{1,2}$)[^/\\\0]+$/.test(name)) return;
  throw new ConfigError(
    `${where}: name: expected a text without / and \\, since a folder is named by it, got ${shownValue(name)}`,
  );
}
