/**
 * @module
 * `fovea view`: runs in the browser, live while they train.
 */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { ConfigError } from "../errors/index.ts";
import { startViewer } from "../view/index.ts";
import type { CliContext } from "./context.ts";
import { portNumber } from "./shared-options.ts";

/** Where runs are written unless told otherwise. */
const USUAL = "runs";
const LOOK_MS = 100;

interface ViewOptions {
  readonly port?: number;
  readonly data: readonly string[];
  readonly json?: boolean;
}

async function view(paths: readonly string[], options: ViewOptions, context: CliContext): Promise<void> {
  if (paths.length === 0 && !existsSync(USUAL)) {
    throw new ConfigError(`fovea view: expected run directories, and there is no ${USUAL}/ here`);
  }
  const { port, data } = options;
  const viewer = await startViewer({ runs: paths.length === 0 ? [USUAL] : paths, port, data });
  if (options.json === true) context.stdout(`${JSON.stringify({ event: "listening", url: viewer.url })}\n`);
  else context.stdout(`${viewer.url}\n`);
  context.stderr("press Ctrl-C to stop\n");
  while (!context.interruption.signal.aborted) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  await viewer.close();
}

/** Adds what `fovea view` takes and does. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument(
      "[run-directory...]",
      `run directories, ONNX exports, or directories of either; ${USUAL}/ unless given`,
    )
    .option("--port <n>", "a port of this machine; a free one unless given", portNumber)
    .option(
      "--data <path>",
      "a directory whose data sets may be read for their images; may be repeated",
      (path: string, before: readonly string[]) => [...before, path],
      [],
    )
    .option("--json", "the address as a JSON object on stdout")
    .action((paths: readonly string[], options: ViewOptions) => view(paths, options, context));
}
