/**
 * @module
 * Options that do nothing beside others are refused, so that no one relies on them.
 */
import type { Command } from "commander";
import { ConfigError } from "../errors/index.ts";

/**
 * Refuses options that the command line gives; defaults do not count.
 *
 * @param names of the options as keys, such as "maxShardSize"
 * @param needs why, such as "needs --onnx"
 * @throws ConfigError naming the option
 */
export function refuseOptions(command: Command, names: readonly string[], needs: string): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (!names.includes(name) || command.getOptionValueSource(name) !== "cli") continue;
    throw new ConfigError(`${option.long}: ${needs}`);
  }
}
