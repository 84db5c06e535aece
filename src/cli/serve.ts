/**
 * @module
 * `fovea serve`: the Tinker API and chat completions over the engine of this machine.
 */
import type { Command } from "commander";
import { fetchModel } from "../config/index.ts";
import { configuredModel, startTinkerServer, usualName } from "../serve/index.ts";
import { describeEnvironment } from "../train/index.ts";
import { connectionOf } from "./connection.ts";
import type { CliContext } from "./context.ts";
import { downloadBar } from "./download-bar.ts";
import {
  addConfigOptions,
  configFrom,
  countNumber,
  dryRunText,
  portNumber,
  type SharedOptions,
} from "./shared-options.ts";

const LOOK_MS = 100;

interface ServeOptions extends SharedOptions {
  readonly host: string;
  readonly port: number;
  readonly state: string;
  readonly name?: string;
  readonly maxModels: number;
  readonly apiKeyVariable: string;
  readonly loraAsFull?: boolean;
  readonly maxChatMib: number;
}

async function serve(file: string | undefined, options: ServeOptions, context: CliContext): Promise<void> {
  const config = await configFrom(file, options);
  if (options.dryRun === true) {
    context.stdout(dryRunText(config, options.json ?? false));
    return;
  }
  const name = options.name ?? usualName(config);
  const local = await fetchModel(config, downloadBar(context));
  const model = await configuredModel(local, name, connectionOf(context).onArrangement);
  const server = await startTinkerServer({
    models: [model],
    state: options.state,
    host: options.host,
    port: options.port,
    apiKey: process.env[options.apiKeyVariable],
    maxModels: options.maxModels,
    isLoraFull: options.loraAsFull ?? false,
    maxChatBytes: options.maxChatMib * 2 ** 20,
    seed: config.train.seed,
    version: describeEnvironment().fovea,
  });
  if (options.json === true) {
    context.stdout(`${JSON.stringify({ event: "listening", url: server.url, model: name })}\n`);
  } else context.stdout(`${server.url}\n`);
  for (const { id, baseModel } of server.waiting) {
    context.stderr(`model ${id} stays suspended: it is resumed by a server of ${baseModel}\n`);
  }
  context.stderr(`serving ${name}, chat completions at ${server.url}/v1; press Ctrl-C to stop\n`);
  const signal = context.interruption.listen("stopping");
  while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  for (const { id, reason } of await server.close()) {
    context.stderr(`model ${id} is lost: ${reason}; its checkpoints stay\n`);
  }
}

/** Adds the arguments and the action of `fovea serve`. */
export function configure(command: Command, context: CliContext): void {
  addConfigOptions(command)
    .option("--host <address>", "address to listen on; other than loopback needs an API key", "127.0.0.1")
    .option("--port <n>", "port; 0 selects a free one", portNumber, 8000)
    .option("--state <path>", "directory of checkpoints and database", "serve")
    .option(
      "--name <name>",
      "name of the model for clients; default: the last part of its path, or its name at the hub",
    )
    .option("--max-models <n>", "most models open at once", countNumber, 4)
    .option(
      "--api-key-variable <name>",
      "environment variable with the API key that clients must send",
      "TINKER_API_KEY",
    )
    .option("--max-chat-mib <n>", "largest request body of a chat completion, MiB", countNumber, 32)
    .option("--lora-as-full", "train all weights when a client requests LoRA, as the built-in model needs")
    .action((file: string | undefined, options: ServeOptions) => serve(file, options, context));
}
