/**
 * @module
 * From the configuration's data part to sources of problems and demonstrations.
 */
import {
  type DemonstrationSource,
  type DigitsOptions,
  type DigitsSplit,
  demonstrations,
  digitsSource,
  type Lesson,
  openFileSource,
  type ProblemSource,
  warmStartScans,
} from "../data/index.ts";
import { ConfigError } from "../errors/index.ts";
import type { ProblemLimits } from "../eval/index.ts";
import type { Config } from "./config/schema.ts";
import type { DownloadEvent } from "./events.ts";
import { fetchData } from "./fetch-data.ts";

type DigitsData = Extract<Config["data"], { kind: "digits" }>;

function digitsOptions({ kind: _kind, seed: _seed, ...options }: DigitsData): DigitsOptions {
  return options;
}

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
  const { data } = await fetchData(config, onDownload);
  if (data.kind === "files") return openFileSource(data, "train");
  return digitsSource({ split: "train", seed: data.seed, options: digitsOptions(data) });
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
  split: DigitsSplit,
  onDownload?: (event: DownloadEvent) => void,
): Promise<ProblemSource> {
  const { data } = await fetchData(config, onDownload);
  if (data.kind === "files") return openFileSource(data, split);
  return digitsSource({ split, seed: config.evaluation.seed, options: digitsOptions(data) });
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
 * The warm start's demonstrations of a lesson; which scans they show depends on the run's seed.
 *
 * @throws ConfigError when the data are not the digits task, which alone has demonstrations
 */
export function warmStartSource(config: Config, lesson: Lesson): DemonstrationSource {
  const { data, sft, train } = config;
  if (data.kind !== "digits") {
    throw new ConfigError(
      `data.kind "${data.kind}": the warm start demonstrates the digits task alone; set model to a model directory, ` +
        "or sft.steps to 0",
    );
  }
  return demonstrations({
    scans: warmStartScans(sft.scans, train.seed),
    seed: train.seed,
    options: digitsOptions(data),
    lesson,
    describedShare: sft.describedShare,
  });
}
