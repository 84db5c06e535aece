/**
 * @module
 * `fovea settings`: the keys of the configuration with their types, defaults and meaning.
 */
import type { Command } from "commander";
import { type SettingGroup, settingsPage, settingsReference } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import { nearestName } from "../parts/index.ts";
import type { CliContext } from "./context.ts";

interface SettingsFlags {
  readonly markdown?: boolean;
  readonly json?: boolean;
}

/** Whether a key is the requested one or lies below it. */
const isIn = (key: string, asked: string) =>
  key === asked || key.startsWith(`${asked}.`) || key.startsWith(`${asked}[`);

/** The groups of a part, or the rows of a key. */
function groupsOf(asked: string | undefined): SettingGroup[] {
  const all = settingsReference();
  if (asked === undefined) return all;
  const found = all.flatMap((group): SettingGroup[] => {
    if (isIn(group.key, asked)) return [group];
    const rows = group.rows.filter(({ key }) => isIn(key, asked));
    return rows.length > 0 ? [{ ...group, rows }] : [];
  });
  if (found.length > 0) return found;
  const near = nearestName(
    asked,
    all.flatMap(({ key, rows }) => [key, ...rows.map((row) => row.key)]),
  );
  throw new ConfigError(
    `fovea settings: no key ${asked}${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}

function groupText({ key, kind, about, rows }: SettingGroup): string {
  const title = kind === undefined ? key : `${key}, kind ${kind}`;
  const lines = rows.map(({ key: path, type, default: value, about: meaning }) => {
    const head = `  ${path}: ${type}${value === undefined ? "" : `, ${value} unless given`}`;
    return meaning === "" ? head : `${head}\n      ${meaning}`;
  });
  return [`${title}${about === "" ? "" : `: ${about}`}`, ...lines].join("\n");
}

/** Adds the arguments and the action of `fovea settings`. */
export function configure(command: Command, { stdout }: CliContext): void {
  command
    .argument("[key]", "a dotted key, such as train or credit; default: all")
    .option("--markdown", "as a page: docs/configuration.md")
    .option("--json", "print one JSON object")
    .action((key: string | undefined, { markdown = false, json = false }: SettingsFlags) => {
      const groups = groupsOf(key);
      if (json) stdout(`${JSON.stringify({ event: "finished", groups })}\n`);
      else stdout(markdown ? settingsPage(groups) : `${groups.map(groupText).join("\n\n")}\n`);
    });
}
