/**
 * @module
 * `fovea view`: runs in the browser, live while they train.
 */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { ConfigError } from "../errors/index.ts";
import { startViewer } from "../view/index.ts";
import type { CliContext } from "./context.ts";
import { several } from "./several.ts";
import { portNumber } from "./shared-options.ts";

/** Default directory of runs. */
const USUAL = "runs";
const LOOK_MS = 100;

interface ViewOptions {
  readonly port?: number;
  readonly data: readonly string[];
  readonly json?: boolean;
}

async function view(paths: readonly string[], options: ViewOptions, context: CliContext): Promise<void> {
  if (paths.length === 0 && !existsSync(USUAL)) {
    throw new ConfigError(`fovea view: expected run directories, got none, and ${USUAL}/ does not exist`);
  }
  const { port, data } = options;
  const viewer = await startViewer({ runs: paths.length === 0 ? [USUAL] : paths, port, data });
  if (options.json === true) context.stdout(`${JSON.stringify({ event: "listening", url: viewer.url })}\n`);
  else context.stdout(`${viewer.url}\n`);
  context.stderr("press Ctrl-C to stop\n");
  const signal = context.interruption.listen("stopping");
  while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  await viewer.close();
}

/** Adds the arguments and the action of `fovea view`. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument(
      "[run-directory...]",
      `run directories, ONNX exports, or directories of either; default: ${USUAL}/`,
    )
    .option("--port <n>", "port on loopback; default: a free one", portNumber)
    .option(
      "--data <path>",
      "allow reading images of data sets, and running modules of runs, in this directory; may be repeated",
      several,
      [],
    )
    .option("--json", "print the address as a JSON object on stdout")
    .action((paths: readonly string[], options: ViewOptions) => view(paths, options, context));
}
