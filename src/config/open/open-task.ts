/**
 * @module
 * From the configuration's data part to a task.
 */
import { fileTask, type Task, type TaskContext } from "../../data/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { ProblemLimits } from "../../eval/index.ts";
import type { DownloadEvent } from "../../train/index.ts";
import { makePart } from "../modules/load-module.ts";
import type { Config } from "../schema.ts";
import { createTask } from "../tasks.ts";
import { fetchData } from "./fetch-data.ts";

/**
 * The task that a configuration describes. Sources of files are opened when they are needed.
 *
 * @param onDownload told how far the download of a data set of the hub is
 * @throws DataError when the data set cannot be opened or has no rows
 * @throws DownloadError when it is one of the hub and not available
 * @throws ConfigError when it is a module that does not make a task
 */
export async function openTask(
  config: Pick<Config, "data" | "train" | "evaluation">,
  onDownload?: (event: DownloadEvent) => void,
): Promise<Task> {
  const { data, train, evaluation } = config;
  const context: TaskContext = { seed: train.seed, evaluationSeed: evaluation.seed };
  if (data.kind === "module") {
    const { part, name, origin } = await makePart<TaskContext, Partial<Task>>(data, context, "task");
    if (part.train === undefined)
      throw new ConfigError(`task (${origin}): expected a source "train", got none`);
    return { ...part, name: part.name ?? name, train: part.train };
  }
  if (data.kind === "files") {
    const { data: local } = await fetchData({ data }, onDownload);
    return fileTask(local);
  }
  return createTask(data, context);
}

/** Which problems are left out. */
export function problemLimits({ data }: Pick<Config, "data">): ProblemLimits {
  if (data.kind !== "files") return {};
  const { minPixels, maxPixels, maxPromptTokens } = data;
  return { minPixels, maxPixels, maxPromptTokens };
}

/** The share of broken rows past which a run stops; only problems in files can be broken. */
export function maxBrokenShare({ data }: Pick<Config, "data">): number {
  return data.kind === "files" ? data.maxBrokenShare : 0;
}
