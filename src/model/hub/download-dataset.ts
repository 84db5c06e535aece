/**
 * @module
 * A data set of the Hugging Face Hub as a folder of data files, and of the files that their rows need.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { downloadSnapshot, type Selection } from "./download-snapshot.ts";
import { parseHubReference } from "./hub-reference.ts";
import type { DownloadOptions } from "./hub-session.ts";

/** Tables and lists of rows at the top level or in `data/`. */
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
 * Downloads a data set's files of rows, and the files that these rows need, unless the cache has them.
 *
 * @param reference `org/name` or `org/name@revision`
 * @param more returns the files that the rows need, from the places of the files of rows and the repository's list of
 *   files; none unless given
 * @returns path of the folder, in the cache that Python's huggingface_hub shares
 * @throws ConfigError when the reference is invalid
 * @throws DownloadError as `downloadSnapshot`
 * @throws what `more` throws
 */
export async function downloadDataset(
  reference: string,
  options: DownloadOptions = {},
  more?: Selection["more"],
): Promise<string> {
  const selection = more === undefined ? DATA_FILES : { ...DATA_FILES, more };
  return downloadSnapshot(parseHubReference(reference, "dataset"), selection, options);
}
