/**
 * @module
 * Whether a program that a configuration names can be started, told before the first step.
 */
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { ConfigError } from "../../errors/index.ts";

/**
 * Refuses a command whose program is nowhere: a path from `cwd`, or a name in the folders of PATH.
 *
 * @param where the setting that has the command
 * @throws ConfigError with the program and where it was looked for
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
