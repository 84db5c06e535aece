/**
 * @module
 * Parts of the configuration that may be written as one word.
 */
import { existsSync } from "node:fs";
import { ConfigError } from "../errors/index.ts";
import { isHubReference, parseHubReference } from "../model/index.ts";
import { isSettings, type Settings } from "../parts/index.ts";
import { taskNames } from "./tasks.ts";

/** `credit: uniform` is short for `credit: { kind: uniform }`. */
const SHORT_PARTS = ["algorithm", "credit", "engine", "verdict"] as const;

/** Lists of parts, whose entries may be written so, and a list of one entry without brackets. */
const LISTS = ["reward", "observers"] as const;

/** Aliases of keys. */
const OTHER_NAMES = { objective: "algorithm", task: "data" } as const;

/** Whether a key names a part that may be written as one word. */
export function hasShortForm(key: string): boolean {
  return key === "model" || key === "data" || SHORT_PARTS.some((part) => part === key);
}

/**
 * `model: small` is the built-in model, `model: org/name[@revision]` one of the hub unless there is a directory of that
 * path, any other text the path of a model directory.
 */
function expandModel(model: string): Settings {
  if (model === "small") return { kind: "small" };
  if (!isHubReference(model) || existsSync(model)) return { kind: "directory", path: model };
  const { name, revision } = parseHubReference(model);
  return { kind: "hub", name, revision };
}

/** `data: digits` is a built-in task; any other text, and a `path` without a kind, is the path of a data set. */
function expandData(data: unknown): unknown {
  if (typeof data === "string" && taskNames.includes(data)) return { kind: data };
  if (typeof data === "string") return { kind: "files", path: data };
  return isSettings(data) && "path" in data && !("kind" in data) ? { kind: "files", ...data } : data;
}

/**
 * `{ module: … }` is short for `{ kind: module, module: … }`, and `{ command: … }` for `{ kind: command, command: … }`.
 */
function withImpliedKind(part: unknown): unknown {
  if (!isSettings(part) || "kind" in part) return part;
  if ("module" in part) return { kind: "module", ...part };
  return "command" in part ? { kind: "command", ...part } : part;
}

/** An engine with only a `url` is a Tinker server. */
function withTinker(engine: unknown): unknown {
  return isSettings(engine) && "url" in engine && !("kind" in engine)
    ? { kind: "tinker", ...engine }
    : engine;
}

/** `reward: accuracy` and other lists of parts: a single entry, and entries given only by kind. */
function expandList(parts: unknown): unknown {
  const entries = Array.isArray(parts) ? parts : [parts];
  return entries.map((entry: unknown) =>
    typeof entry === "string" ? { kind: entry } : withImpliedKind(entry),
  );
}

/**
 * A prompt's module with its export and options, which may be set beside it as in other parts.
 *
 * @throws ConfigError when one of them is in both places
 */
function expandPrompt(prompt: Settings): Settings {
  const { module, export: name, options, ...rest } = prompt;
  const beside = Object.entries({ export: name, options }).filter(([, value]) => value !== undefined);
  if (module === undefined && beside.length === 0) return prompt;
  const within = isSettings(module) ? module : module === undefined ? {} : { module };
  const twice = beside.find(([key]) => key in within);
  if (twice !== undefined) {
    const [key] = twice;
    throw new ConfigError(`prompt.${key}: expected prompt.${key} or prompt.module.${key}, got both`);
  }
  return { ...rest, module: withImpliedKind({ ...within, ...Object.fromEntries(beside) }) };
}

/**
 * Expands short forms, so that settings can be merged.
 *
 * @throws ConfigError when a key is written under both of its names, or in both of its places
 */
export function expandShortForms(settings: Settings): Settings {
  const expanded: Record<string, unknown> = { ...settings };
  for (const [other, key] of Object.entries(OTHER_NAMES)) {
    if (!(other in expanded)) continue;
    if (key in expanded)
      throw new ConfigError(`${other}: is another name of ${key}; expected one of them, got both`);
    expanded[key] = expanded[other];
    delete expanded[other];
  }
  for (const part of SHORT_PARTS) {
    if (typeof expanded[part] === "string") expanded[part] = { kind: expanded[part] };
    expanded[part] = withImpliedKind(expanded[part]);
    if (part === "engine") expanded[part] = withTinker(expanded[part]);
    if (expanded[part] === undefined) delete expanded[part];
  }
  if (typeof expanded["model"] === "string") expanded["model"] = expandModel(expanded["model"]);
  if ("data" in expanded) expanded["data"] = withImpliedKind(expandData(expanded["data"]));
  for (const list of LISTS) if (list in expanded) expanded[list] = expandList(expanded[list]);
  const { prompt, evaluation } = expanded;
  if (isSettings(evaluation) && "benchmarks" in evaluation) {
    expanded["evaluation"] = { ...evaluation, benchmarks: expandList(evaluation["benchmarks"]) };
  }
  if (isSettings(prompt)) expanded["prompt"] = expandPrompt(prompt);
  return expanded;
}
