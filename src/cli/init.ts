/**
 * @module
 * `fovea init`: a directory to begin with, which trains as it is.
 */
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { ConfigError, RunError } from "../errors/index.ts";
import { packageFile } from "../package/index.ts";
import type { CliContext } from "./context.ts";

const TEMPLATE = fileURLToPath(packageFile("assets/init"));

/** Names of the files in a directory, folders left out. */
function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(directory.length + 1))
    .sort();
}

function init(directory: string, isJson: boolean, { stdout }: CliContext): void {
  if (existsSync(directory)) {
    const taken = filesIn(TEMPLATE).find((name) => existsSync(join(directory, name)));
    if (taken !== undefined) {
      throw new ConfigError(
        `fovea init: ${join(directory, taken)} is there already; choose another directory`,
      );
    }
  }
  try {
    mkdirSync(directory, { recursive: true });
    cpSync(TEMPLATE, directory, { recursive: true, errorOnExist: true, force: false });
  } catch (cause) {
    throw new RunError(`${directory}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  const files = filesIn(TEMPLATE).map((name) => join(directory, name));
  const run = join(directory, "run");
  const next = [
    ["what is read from the rows", `fovea data check ${join(directory, "rows.jsonl")}`],
    ["the reward's own test", `node --test ${join(directory, "reward.test.mjs")}`],
    ["the whole configuration", `fovea train ${join(directory, "run.yaml")} --dry-run`],
    ["one group: prompt, answers, rewards, credit", `fovea train ${join(directory, "run.yaml")} --try`],
    ["two iterations", `fovea train ${join(directory, "run.yaml")} --run-dir ${run}`],
    ["its accuracy, every answer in a file", `fovea eval --run-dir ${run} --split train --problems 3`],
    ["an answer, token by token", `fovea inspect ${run} --split train --html answer.html`],
    ["the run in the browser", `fovea view ${run}`],
  ] as const;
  if (isJson) {
    const commands = next.map(([, command]) => command);
    stdout(`${JSON.stringify({ event: "finished", directory, files, next: commands })}\n`);
    return;
  }
  const lines = next.map(
    ([about, command]) => `  npx ${command}`.replace("npx node", "node").padEnd(72) + about,
  );
  stdout(`${files.join("\n")}\n\nnext:\n${lines.join("\n")}\n`);
}

/** Adds what `fovea init` takes and does. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<directory>", "made if need be; nothing in it is overwritten")
    .option("--json", "one JSON object on stdout")
    .action((directory: string, { json = false }: { json?: boolean }) => init(directory, json, context));
}
