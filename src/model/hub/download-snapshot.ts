/**
 * @module
 * A repository of the Hugging Face Hub as a folder on this machine.
 */
import { existsSync } from "node:fs";
import { ConfigError, DownloadError } from "../../errors/index.ts";
import type { HubFile } from "./fetch-blob.ts";
import { HubCache } from "./hub-cache.ts";
import { downloadError, isUnreachable } from "./hub-errors.ts";
import type { HubReference } from "./hub-reference.ts";
import { type DownloadOptions, HubSession } from "./hub-session.ts";
import { hubSettings } from "./hub-settings.ts";

/** Which files of a repository are wanted, and when a folder of them is whole. */
export interface Selection {
  /** @param path within the repository */
  wants(path: string): boolean;
  /** The missing part of a folder; undefined when it is whole. Called when the hub cannot be asked. */
  missing(folder: string): string | undefined;
  /**
   * Which files are wanted beside those, once those are there.
   *
   * @param listed paths of all files of the repository
   */
  more?(folder: string, listed: readonly string[]): Promise<ReadonlySet<string>>;
}

/**
 * Downloads what is wanted of a repository, unless it is in the cache already. When the hub cannot be reached, a
 * snapshot of the same revision that is whole serves instead.
 *
 * @returns the snapshot's folder
 * @throws DownloadError when the cache lacks a file and the hub cannot be reached or may not be asked; when the
 *   repository or revision does not exist, or access is denied. Also when a file is broken, or the disk is full.
 */
export async function downloadSnapshot(
  reference: HubReference,
  selection: Selection,
  options: DownloadOptions = {},
): Promise<string> {
  const settings = options.settings ?? hubSettings();
  const cache = new HubCache(settings.cache, reference);
  if (settings.offline) {
    const problem = `${reference.name}@${reference.revision}: HF_HUB_OFFLINE is set`;
    return cached(cache, reference, selection, (lack) => {
      throw new DownloadError(
        `${problem}, and the cache at ${settings.cache} ${lack ?? "has no such revision"}`,
      );
    });
  }
  if (settings.token !== undefined && !settings.token.startsWith("hf_"))
    throw new ConfigError('HF_TOKEN: expected a token that starts with "hf_"');
  const session = new HubSession(reference, settings, options);
  let commit: string;
  let files: HubFile[];
  try {
    commit = await session.retried(() => session.commit());
    files = await session.retried(() => session.files(commit));
    await session.download(cache, commit, files, ({ path }) => selection.wants(path));
  } catch (error) {
    if (!isUnreachable(error)) throw downloadError(error, reference, settings);
    return cached(cache, reference, selection, () => {
      throw downloadError(error, reference, settings);
    });
  }
  const folder = cache.snapshot(commit);
  const paths = files.map(({ path }) => path);
  const more = (await selection.more?.(folder, paths)) ?? new Set();
  try {
    await session.download(cache, commit, files, ({ path }) => more.has(path));
  } catch (error) {
    throw downloadError(error, reference, settings);
  }
  // Only now: without a network, what is remembered counts as whole.
  cache.remember(reference.revision, commit);
  return folder;
}

function cached(
  cache: HubCache,
  { revision }: HubReference,
  selection: Selection,
  fail: (lack: string | undefined) => never,
): string {
  const commit = cache.commitOf(revision);
  if (commit === undefined || !existsSync(cache.snapshot(commit))) return fail(undefined);
  const folder = cache.snapshot(commit);
  const missing = selection.missing(folder);
  return missing === undefined ? folder : fail(`lacks ${missing} of it`);
}
