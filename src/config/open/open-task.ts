/**
 * @module
 * From the configuration's data part to a task.
 */
import { checkedTask, fileTask, type Task, type TaskContext } from "../../data/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { ProblemLimits } from "../../eval/index.ts";
import { membersOf } from "../../parts/index.ts";
import type { DownloadEvent } from "../../train/index.ts";
import { type MadePart, MODULE_LIMITS, type ModuleLimits, makePart } from "../modules/load-module.ts";
import type { Config } from "../schema.ts";
import { createTask } from "../tasks.ts";
import { fetchData } from "./fetch-data.ts";
import { requirePlainName } from "./plain-name.ts";

/**
 * The task that a configuration describes. File sources are opened on first use.
 *
 * @param onDownload called with the progress of a hub data set's download
 * @throws DataError when the data set cannot be opened or has no rows
 * @throws DownloadError when it is one of the hub and not available
 * @throws ConfigError when it is a module that does not make a task
 */
export async function openTask(
  config: Pick<Config, "data" | "train" | "evaluation">,
  onDownload?: (event: DownloadEvent) => void,
  limits: ModuleLimits = MODULE_LIMITS,
): Promise<Task> {
  const { data, train, evaluation } = config;
  const context: TaskContext = { seed: train.seed, evaluationSeed: evaluation.seed };
  if (data.kind === "module") return moduleTask(await makePart(data, context, "task", limits), limits.call);
  if (data.kind === "files") {
    const { data: local } = await fetchData({ data }, onDownload);
    return fileTask(local);
  }
  return createTask(data, context);
}

/** A module's task, checked against the contract. */
function moduleTask({ part, name, origin }: MadePart<Partial<Task>>, limit: number): Task {
  const { train } = part;
  if (train === undefined) {
    const got = Object.keys(part).join(", ") || typeof part;
    throw new ConfigError(`task (${origin}): expected a source "train", got ${got}`);
  }
  const members = membersOf(part, ["validation", "test", "demonstrations", "labels", "measures"]);
  const task = { ...members, name: part.name ?? name, train };
  requirePlainName(task.name, `task (${origin})`);
  return checkedTask(task, { where: `task "${task.name}" (${origin})`, limit });
}

/** The limits past which a problem is skipped. */
export function problemLimits({ data }: Pick<Config, "data">): ProblemLimits {
  if (data.kind !== "files") return {};
  const { minPixels, maxPixels, maxPromptTokens } = data;
  return { minPixels, maxPixels, maxPromptTokens };
}

/** The share of broken rows above which a run stops; only file data sets can have broken rows. */
export function maxBrokenShare({ data }: Pick<Config, "data">): number {
  return data.kind === "files" ? data.maxBrokenShare : 0;
}
