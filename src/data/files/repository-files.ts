/**
 * @module
 * The files of a repository by their folders, and which of them a path needs.
 */
import { posix } from "node:path";
import { isArchive, isZip } from "../archives/archive-name.ts";
import { slashed } from "./media-path.ts";
import type { NamedMedium } from "./named-media.ts";
import { isImageName } from "./video-reference.ts";

/** Frames and archives of a repository by their folders, and all its paths. */
export class RepositoryFiles {
  readonly #paths: ReadonlySet<string>;
  readonly #frames: ReadonlyMap<string, readonly string[]>;
  readonly #archives: ReadonlyMap<string, readonly string[]>;

  /** @param paths of all files, with slashes */
  constructor(paths: readonly string[]) {
    this.#paths = new Set(paths);
    this.#frames = byFolder(paths.filter(isImageName));
    this.#archives = byFolder(paths.filter(isArchive));
  }

  /**
   * The files that lie where a row's path leads: one, or the frames of a folder.
   *
   * @param roots folders that the path may be relative to, the first that has it
   */
  loose({ medium, path }: NamedMedium, roots: readonly string[]): readonly string[] {
    for (const root of roots) {
      const from = within(root, path);
      if (from === undefined) continue;
      if (this.#paths.has(from)) return [from];
      const frames = medium === "video" ? this.#frames.get(from) : undefined;
      if (frames !== undefined) return frames;
    }
    return [];
  }

  /** The archives that a row's path may lead into. */
  archives({ path }: NamedMedium, roots: readonly string[]): { zips: string[]; others: string[] } {
    const found = roots.flatMap((root) => {
      const from = within(root, path);
      return from === undefined
        ? []
        : foldersTo(root, from).flatMap((folder) => this.#archives.get(folder) ?? []);
    });
    return { zips: found.filter(isZip), others: found.filter((name) => !isZip(name)) };
  }
}

function byFolder(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const folder = posix.dirname(path);
    const others = folders.get(folder);
    if (others === undefined) folders.set(folder, [path]);
    else others.push(path);
  }
  return folders;
}

/** A path from the repository's top; undefined when it leads out of the root. */
function within(root: string, path: string): string | undefined {
  const from = posix.normalize(slashed(path.replace(/^file:\/\//, "")));
  return /^(\/|\.\.(\/|$))/.test(from) ? undefined : posix.join(root, from);
}

/** The root and the folders below it on the way to a path. */
function foldersTo(root: string, path: string): string[] {
  const folders: string[] = [root];
  for (let at = posix.dirname(path); at !== root && at !== "."; at = posix.dirname(at)) folders.push(at);
  return folders;
}
