/**
 * @module
 * A data set of the Hugging Face Hub as a folder of data files.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type DownloadOptions, downloadSnapshot, type Selection } from "./download-snapshot.ts";
import { parseHubReference } from "./hub-reference.ts";

/** Tables and lists of rows at the top level or in `data/`; neither images nor archives of them. */
const WANTED = /^(data\/)?[^/]+\.(parquet|jsonl|json|tsv|csv)$/;

const DATA_FILES: Selection = {
  wants: (path) => WANTED.test(path),
  missing: (folder) => {
    const names = ["", "data/"].flatMap((place) => {
      const directory = join(folder, place);
      return existsSync(directory) ? readdirSync(directory).map((name) => `${place}${name}`) : [];
    });
    return names.some((name) => WANTED.test(name)) ? undefined : "every data file";
  },
};

/**
 * Downloads a data set's files of rows, unless the cache has them.
 *
 * @param reference `org/name` or `org/name@revision`
 * @returns path of the folder, in the cache that Python's huggingface_hub shares
 * @throws ConfigError when the reference is none
 * @throws DownloadError as `downloadSnapshot`
 */
export async function downloadDataset(reference: string, options: DownloadOptions = {}): Promise<string> {
  return downloadSnapshot(parseHubReference(reference, "dataset"), DATA_FILES, options);
}
