/**
 * @module
 * From the configuration's data part to a task.
 */
import { digitsTask } from "../data/digits/index.ts";
import { openFileSource, type Split, type Task } from "../data/index.ts";
import type { Config } from "./config/schema.ts";
import type { DownloadEvent } from "./events.ts";
import { fetchData } from "./fetch-data.ts";

/**
 * The task that the configuration names. Data sets in files are opened, and those of the hub downloaded, when a split is.
 *
 * @param onDownload told how far the download of one of the hub is
 */
export function openTask(config: Config, onDownload?: (event: DownloadEvent) => void): Task {
  const { data, evaluation, sft, train } = config;
  if (data.kind === "files") {
    const split = (name: Split) => async () => {
      const fetched = await fetchData({ data }, onDownload);
      return openFileSource(fetched.data, name);
    };
    return { name: data.path, train: split("train"), validation: split("validation"), test: split("test") };
  }
  const { kind: _kind, seed, ...options } = data;
  return digitsTask({
    seed,
    evaluationSeed: evaluation.seed,
    options,
    warmStart: { ...sft, seed: train.seed },
  });
}
