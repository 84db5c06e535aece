/**
 * @module
 * `fovea init`: creates a starter directory that trains as it is.
 */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { ConfigError, RunError } from "../errors/index.ts";
import { shellWord } from "../files/index.ts";
import { packageFile } from "../package/index.ts";
import type { CliContext } from "./context.ts";

const TEMPLATE = fileURLToPath(packageFile("assets/init"));

/** Names of the files in a directory, without folders. */
function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(directory.length + 1))
    .sort();
}

function init(directory: string, isJson: boolean, { stdout }: CliContext): void {
  const names = filesIn(TEMPLATE);
  const files = names.map((name) => join(directory, name));
  const taken = files.find((file) => existsSync(file));
  if (taken !== undefined) {
    throw new ConfigError(`fovea init: ${taken} already exists; choose another directory`);
  }
  try {
    for (const name of names) {
      const file = join(directory, name);
      mkdirSync(dirname(file), { recursive: true });
      copyFileSync(join(TEMPLATE, name), file, constants.COPYFILE_EXCL);
    }
  } catch (cause) {
    throw new RunError(`${directory}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  const at = (name: string) => shellWord(join(directory, name));
  const run = at("run");
  const next = [
    ["check the rows", `fovea data check ${at("rows.jsonl")}`],
    ["run the reward's test", `node --test ${at("reward.test.mjs")}`],
    ["print the whole configuration", `fovea train ${at("run.yaml")} --dry-run`],
    ["one group: prompt, answers, rewards, credit", `fovea train ${at("run.yaml")} --try`],
    ["two iterations", `fovea train ${at("run.yaml")} --run-dir ${run}`],
    ["measure accuracy, every answer in a file", `fovea eval --run-dir ${run} --split train --problems 3`],
    ["look at an answer token by token", `fovea inspect ${run} --split train --html answer.html`],
    ["open the run in the browser", `fovea view ${run}`],
  ] as const;
  if (isJson) {
    const commands = next.map(([, command]) => command);
    stdout(`${JSON.stringify({ event: "finished", directory, files, next: commands })}\n`);
    return;
  }
  const commands = next.map(
    ([about, command]) => [`  npx ${command}`.replace("npx node", "node"), about] as const,
  );
  const width = Math.max(70, ...commands.map(([command]) => command.length));
  const lines = commands.map(([command, about]) => `${command.padEnd(width)}  ${about}`);
  stdout(`${files.join("\n")}\n\nnext:\n${lines.join("\n")}\n`);
}

/** Adds the arguments and the action of `fovea init`. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<directory>", "directory to create; existing files are never overwritten")
    .option("--json", "print one JSON object on stdout")
    .action((directory: string, { json = false }: { json?: boolean }) => init(directory, json, context));
}
