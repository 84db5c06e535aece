/**
 * @module
 * `fovea sft`: a supervised warm start into a run directory.
 */
import type { Command } from "commander";
import { runWarmStart } from "../config/index.ts";
import type { CliContext } from "./context.ts";
import { addConfigOptions, addRunOptions, type SharedOptions } from "./shared-options.ts";
import { carryOut } from "./train.ts";

/** Adds the arguments and the action of `fovea sft`. */
export function configure(command: Command, context: CliContext): void {
  addRunOptions(addConfigOptions(command)).action((file: string | undefined, options: SharedOptions) =>
    carryOut("sft", runWarmStart, file, options, context),
  );
}
