/**
 * @module
 * Data sets of the Hugging Face Hub, as folders on this machine.
 */
import { existsSync } from "node:fs";
import { type FilesOptions, neededFiles } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { type DownloadOptions, downloadDataset, isHubReference } from "../../model/index.ts";
import type { DownloadEvent } from "../../train/loop/events.ts";
import type { Config } from "../schema.ts";
import { downloadSteps } from "./download-steps.ts";

/** File names, which are never read as repository names. */
const FILE_NAME = /\.(jsonl?|parquet|tsv|csv|zip|tar|gz|tgz|arrow)$/i;

/** Whether a path is `org/name[@revision]` of the hub: of that form, not on this machine, and no file's name. */
export function isHubData(path: string): boolean {
  return isHubReference(path) && !FILE_NAME.test(path) && !existsSync(path);
}

/** Cached lookups of snapshots, whose files never change; a run makes one lookup for each of its parts. */
const known = new Map<string, Promise<ReadonlySet<string>>>();

function neededOnce(options: FilesOptions, listed: readonly string[]): Promise<ReadonlySet<string>> {
  const key = JSON.stringify(options);
  const before = known.get(key);
  if (before !== undefined) return before;
  const needed = neededFiles(options, listed);
  known.set(key, needed);
  needed.catch(() => known.delete(key));
  return needed;
}

/**
 * The same configuration with local data sets. Data sets of the hub are downloaded unless they are cached, together
 * with the images that rows name unless `data.images` gives their place.
 *
 * @param onDownload called at the start of each file and after every hundredth of all bytes
 * @throws DownloadError when a data set is not available
 * @throws DataError when the images of a hub data set cannot be read from their place
 */
export async function fetchData<C extends Pick<Config, "data">>(
  config: C,
  onDownload: (event: DownloadEvent) => void = () => {},
  options: Omit<DownloadOptions, "onProgress"> = {},
): Promise<C> {
  const { data } = config;
  if (data.kind !== "files") return config;
  const { validation: _validation, test: _test, warmStart: _warmStart, ...parts } = data;
  const local = async (path: string) => {
    if (!isHubData(path)) return path;
    const more = async (folder: string, listed: readonly string[]) =>
      data.images === undefined ? neededOnce({ ...parts, path: folder }, listed) : new Set<string>();
    try {
      return await downloadDataset(path, { ...options, onProgress: downloadSteps(onDownload) }, more);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      throw new DataError(`${path}: ${error.message}`, { cause: error });
    }
  };
  const path = await local(data.path);
  const validation = data.validation === undefined ? {} : { validation: await local(data.validation) };
  const test = data.test === undefined ? {} : { test: await local(data.test) };
  const warmStart = data.warmStart === undefined ? {} : { warmStart: await local(data.warmStart) };
  return { ...config, data: { ...data, path, ...validation, ...test, ...warmStart } };
}
