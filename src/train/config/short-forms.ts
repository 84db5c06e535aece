/**
 * @module
 * Parts of the configuration that may be written as one word.
 */
import { existsSync } from "node:fs";
import { isHubReference, parseHubReference } from "../../model/index.ts";
import { isSettings, type Settings } from "./merge.ts";

/** `credit: uniform` stands for `credit: { kind: uniform }`. */
const SHORT_PARTS = ["algorithm", "credit", "engine"] as const;

/** Whether a key names a part that may be written as one word. */
export function hasShortForm(key: string): boolean {
  return key === "model" || key === "data" || SHORT_PARTS.some((part) => part === key);
}

/**
 * `model: digits` is the built-in model, `model: org/name[@revision]` one of the hub unless there is a directory of that
 * path, any other text the path of a model directory.
 */
function expandModel(model: string): Settings {
  if (model === "digits") return { kind: "digits" };
  if (!isHubReference(model) || existsSync(model)) return { kind: "directory", path: model };
  const { name, revision } = parseHubReference(model);
  return { kind: "hub", name, revision };
}

/** `data: digits` is the built-in task; any other text is the path of a data set, and so is a `path` without a kind. */
function expandData(data: unknown): unknown {
  if (data === "digits") return { kind: "digits" };
  if (typeof data === "string") return { kind: "files", path: data };
  return isSettings(data) && "path" in data && !("kind" in data) ? { kind: "files", ...data } : data;
}

/** Writes short forms out, so that settings can be laid over each other. */
export function expandShortForms(settings: Settings): Settings {
  const expanded: Record<string, unknown> = { ...settings };
  for (const part of SHORT_PARTS) {
    if (typeof expanded[part] === "string") expanded[part] = { kind: expanded[part] };
  }
  if (typeof expanded["model"] === "string") expanded["model"] = expandModel(expanded["model"]);
  if ("data" in expanded) expanded["data"] = expandData(expanded["data"]);
  return expanded;
}
