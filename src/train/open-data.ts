/**
 * @module
 * From the configuration's data part to sources of problems and demonstrations.
 */
import { type Lesson, type ProblemSource, type Split, splitSource, taskLessons } from "../data/index.ts";
import { ConfigError } from "../errors/index.ts";
import type { ProblemLimits } from "../eval/index.ts";
import type { Config } from "./config/schema.ts";
import type { DownloadEvent } from "./events.ts";
import { openTask } from "./open-task.ts";

/**
 * The problems that training draws.
 *
 * @param onDownload told how far the download of one of the hub is
 * @throws DataError when the data set cannot be opened or has no rows
 * @throws DownloadError when it is one of the hub and cannot be had
 */
export async function trainingSource(
  config: Config,
  onDownload?: (event: DownloadEvent) => void,
): Promise<ProblemSource> {
  return splitSource(openTask(config, onDownload), "train");
}

/**
 * The problems of an evaluation; the same for every run with the same data options and, for the digits task, the same
 * evaluation seed.
 *
 * @param onDownload told how far the download of one of the hub is
 * @throws DataError when the data set has no such part, or cannot be opened
 * @throws DownloadError when it is one of the hub and cannot be had
 */
export async function evaluationSource(
  config: Config,
  split: Split,
  onDownload?: (event: DownloadEvent) => void,
): Promise<ProblemSource> {
  return splitSource(openTask(config, onDownload), split);
}

/** Which problems are left out. */
export function problemLimits({ data }: Pick<Config, "data">): ProblemLimits {
  if (data.kind === "digits") return {};
  const { minPixels, maxPixels, maxPromptTokens } = data;
  return { minPixels, maxPixels, maxPromptTokens };
}

/** The share of broken rows past which a run stops; problems of the digits task are never broken. */
export function maxBrokenShare({ data }: Config): number {
  return data.kind === "digits" ? 0 : data.maxBrokenShare;
}

/**
 * The warm start's lessons.
 *
 * @throws ConfigError when the task has no demonstrations
 */
export async function warmStartLessons(config: Config): Promise<readonly Lesson[]> {
  const lessons = await taskLessons(openTask(config));
  if (lessons === undefined) {
    throw new ConfigError(
      `data.kind "${config.data.kind}": the warm start demonstrates the digits task alone; set model to a model ` +
        "directory, or sft.steps to 0",
    );
  }
  return lessons;
}
