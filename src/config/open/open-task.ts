/**
 * @module
 * From the configuration's data part to a task.
 */
import {
  checkedSource,
  fileTask,
  type Opened,
  openSource,
  type ProblemSource,
  SPLITS,
  type Task,
  type TaskContext,
} from "../../data/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { ProblemLimits } from "../../eval/index.ts";
import type { DownloadEvent } from "../../train/index.ts";
import { type MadePart, MODULE_LIMITS, type ModuleLimits, makePart } from "../modules/load-module.ts";
import { calling } from "../modules/user-calls.ts";
import type { Config } from "../schema.ts";
import { createTask } from "../tasks.ts";
import { fetchData } from "./fetch-data.ts";

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
  if (data.kind === "module") return checkedTask(await makePart(data, context, "task", limits), limits.call);
  if (data.kind === "files") {
    const { data: local } = await fetchData({ data }, onDownload);
    return fileTask(local);
  }
  return createTask(data, context);
}

/** A module's task; its sources are checked when they are opened. */
function checkedTask({ part, name, origin }: MadePart<Partial<Task>>, limit: number): Task {
  const { train } = part;
  if (train === undefined) {
    const got = Object.keys(part).join(", ") || typeof part;
    throw new ConfigError(`task (${origin}): expected a source "train", got ${got}`);
  }
  const checked = (source: Opened<ProblemSource>, split: string) => async (): Promise<ProblemSource> => {
    const where = `task "${part.name ?? name}" (${origin}): ${split}`;
    return checkedSource(await calling(where, limit, () => openSource(source)), { where, limit });
  };
  const sources = SPLITS.flatMap((split) => {
    const source = part[split];
    return source === undefined ? [] : [[split, checked(source, split)] as const];
  });
  return { ...part, name: part.name ?? name, train, ...Object.fromEntries(sources) };
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
