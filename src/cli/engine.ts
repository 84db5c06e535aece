/**
 * @module
 * `fovea engine check`: checks before a run that a server's sampler and trainer agree.
 */
import type { Command } from "commander";
import { checkOptions, fetchModel, openConfiguredDialogue, openEngine } from "../config/index.ts";
import { checkEngine, type EngineCheck } from "../engine/index.ts";
import { ConfigError, EngineError } from "../errors/index.ts";
import { textTable } from "../eval/index.ts";
import { connectionOf } from "./connection.ts";
import type { CliContext } from "./context.ts";
import { downloadBar } from "./download-bar.ts";
import { addConfigOptions, configFrom, dryRunText, type SharedOptions } from "./shared-options.ts";

const SHOWN = {
  text: "text",
  picture: "a picture, seen before",
  "new-picture": "a new picture",
} as const;

const nats = (value: number) => value.toExponential(1);

/** A check as lines: the server, the comparisons, the likely cause. */
function checkText({ server, capabilities, threshold, rows, moved, cause }: EngineCheck): string {
  const about: [string, string][] = [
    ["server", [server?.name, server?.version].filter((part) => part !== undefined).join(" ")],
    ["url", server?.url ?? ""],
    ["model", server?.baseModel ?? ""],
    ["bodies", server?.wire ?? ""],
    ...(server?.extension === undefined ? [] : [["extension", server.extension] as [string, string]]),
    ...(server?.signals === undefined ? [] : [["signals", server.signals] as [string, string]]),
    ["capabilities", capabilities.join(", ")],
  ];
  const found = rows.map(({ moment, shown, tokens, mean, max, kl }): string[] => [
    `${moment} a step`,
    SHOWN[shown],
    nats(mean),
    nats(max),
    nats(kl),
    String(tokens),
  ]);
  const table = textTable([["", "", "mean", "max", "KL", "tokens"], ...found]);
  const movement =
    moved === undefined ? "" : `the step moved the trainer's own log-probs by ${nats(moved)}\n`;
  const verdict =
    cause === undefined
      ? `sampler and trainer agree: no mean above ${threshold}\n`
      : `${cause.kind}: ${cause.message}\n`;
  return `${textTable(about)}\n\n|log π trainer − log π sampler|, nats\n${table}\n${movement}\n${verdict}`;
}

async function check(file: string | undefined, options: SharedOptions, context: CliContext): Promise<void> {
  const config = await configFrom(file, options);
  const { engine } = config;
  if (engine.kind !== "tinker") {
    throw new ConfigError(
      `engine.kind: expected "tinker", got "${engine.kind}": in one process the sampler is the trainer`,
    );
  }
  if (options.dryRun === true) {
    context.stdout(dryRunText(config, options.json ?? false));
    return;
  }
  // This command always runs the check, even if the configuration turns it off for runs.
  const asked = { ...config, engine: { ...engine, check: engine.check === false ? true : engine.check } };
  const local = await fetchModel(asked, downloadBar(context));
  const dialogue = await openConfiguredDialogue(local);
  const opened = await (context.openEngine ?? openEngine)(local, connectionOf(context));
  try {
    const found = await checkEngine(opened, checkOptions(opened, dialogue, local)!);
    context.stdout(
      options.json === true ? `${JSON.stringify({ event: "engine-check", ...found })}\n` : checkText(found),
    );
    if (found.cause !== undefined) {
      throw new EngineError(`engine check: ${engine.url}: ${found.cause.kind}`);
    }
  } finally {
    await opened.close();
  }
}

/** Adds the arguments and the action of `fovea engine`. */
export function configure(command: Command, context: CliContext): void {
  addConfigOptions(
    command
      .command("check")
      .description(
        "sample on text and pictures, compare with the trainer's log-probs, take a step, compare again, undo it",
      ),
  ).action((file: string | undefined, options: SharedOptions) => check(file, options, context));
}
