/**
 * @module
 * The cache folder that Python's huggingface_hub shares: `models--org--name/` with `blobs/<etag>`,
 * `snapshots/<commit>/<path>`, which are links to blobs, and `refs/<revision>`, which hold commits.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { replaceFile } from "../../files/index.ts";
import type { HubReference } from "./hub-reference.ts";

const COMMIT = /^[0-9a-f]{40}$/;

/** Whether a revision is a commit, whose files never change. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/** One repository's part of the cache. */
export class HubCache {
  readonly #root: string;

  constructor(cache: string, { type, name }: HubReference) {
    this.#root = join(cache, `${type}s--${name.replaceAll("/", "--")}`);
  }

  /** Where a file's bytes lie. */
  blob(etag: string): string {
    return join(this.#root, "blobs", etag);
  }

  snapshot(commit: string): string {
    return join(this.#root, "snapshots", commit);
  }

  /** The commit that a revision was when it was last looked up; undefined when it never was. */
  commitOf(revision: string): string | undefined {
    if (isCommit(revision)) return revision;
    try {
      const commit = readFileSync(join(this.#root, "refs", revision), "utf8").trim();
      return isCommit(commit) ? commit : undefined;
    } catch {
      return undefined;
    }
  }

  remember(revision: string, commit: string): void {
    if (isCommit(revision) || this.commitOf(revision) === commit) return;
    const path = join(this.#root, "refs", revision);
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, [commit]);
  }

  /** Whether a snapshot has a file of this size. */
  has(commit: string, path: string, size: number): boolean {
    return hasSize(join(this.snapshot(commit), path), size);
  }

  /** Whether the bytes of a file lie in the cache, as many as there should be. */
  hasBlob(etag: string, size: number): boolean {
    return hasSize(this.blob(etag), size);
  }

  /** Puts a blob into a snapshot: a relative link, or a copy where links cannot be made. */
  link(commit: string, path: string, etag: string): void {
    const target = join(this.snapshot(commit), path);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { force: true });
    try {
      symlinkSync(relative(dirname(target), this.blob(etag)), target);
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
      copyFileSync(this.blob(etag), target);
    }
  }
}

function hasSize(file: string, size: number): boolean {
  return existsSync(file) && statSync(file).size === size;
}
