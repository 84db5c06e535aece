/**
 * @module
 * Checks before the first step that a configured program can be started.
 */
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { ConfigError } from "../../errors/index.ts";

/**
 * Throws when a command's program is not found, either as a path from `cwd` or as a name in the folders of PATH.
 *
 * @param where key of the command
 * @throws ConfigError with the program and the places searched
 */
export function requireProgram(program: string, cwd: string, where: string): void {
  const isPath = isAbsolute(program) || /[/\\]/.test(program);
  const endings = ["", ...(process.env["PATHEXT"] ?? "").split(delimiter)];
  const places = isPath
    ? [resolve(cwd, program)]
    : (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, program));
  if (places.some((place) => endings.some((ending) => existsSync(place + ending)))) return;
  const looked = isPath ? resolve(cwd, program) : "the folders of PATH";
  throw new ConfigError(`${where}: expected a program that can be started, got ${program}: not in ${looked}`);
}
