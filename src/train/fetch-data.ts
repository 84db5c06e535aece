/**
 * @module
 * Data sets of the Hugging Face Hub, as folders on this machine.
 */
import { existsSync } from "node:fs";
import { type DownloadOptions, downloadDataset, isHubReference } from "../model/index.ts";
import type { Config } from "./config/schema.ts";
import { downloadSteps } from "./download-steps.ts";
import type { DownloadEvent } from "./events.ts";

/** Names of files, which are never taken for repositories. */
const FILE_NAME = /\.(jsonl?|parquet|tsv|csv|zip|tar|gz|tgz|arrow)$/i;

/** Whether a path is `org/name[@revision]` of the hub: of that form, not on this machine, and no file's name. */
export function isHubData(path: string): boolean {
  return isHubReference(path) && !FILE_NAME.test(path) && !existsSync(path);
}

/**
 * The same configuration with data sets that are on this machine: those of the hub are downloaded, unless the cache has
 * them.
 *
 * @param onDownload told of a file when it begins, and of every hundredth of all bytes
 * @throws DownloadError when one cannot be had
 */
export async function fetchData<C extends Pick<Config, "data">>(
  config: C,
  onDownload: (event: DownloadEvent) => void = () => {},
  options: Omit<DownloadOptions, "onProgress"> = {},
): Promise<C> {
  const { data } = config;
  if (data.kind !== "files") return config;
  const local = async (path: string) =>
    isHubData(path) ? downloadDataset(path, { ...options, onProgress: downloadSteps(onDownload) }) : path;
  const path = await local(data.path);
  const validation = data.validation === undefined ? {} : { validation: await local(data.validation) };
  const test = data.test === undefined ? {} : { test: await local(data.test) };
  return { ...config, data: { ...data, path, ...validation, ...test } };
}
