/**
 * @module
 * Questions to the Hugging Face Hub about one repository, asked again where that may help.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { DownloadError } from "../../errors/index.ts";
import { fetchBlob, type HubAccess, type HubFile } from "./fetch-blob.ts";
import { type HubCache, isCommit } from "./hub-cache.ts";
import { isPassing } from "./hub-errors.ts";
import type { HubReference } from "./hub-reference.ts";
import type { HubSettings } from "./hub-settings.ts";

/** How far a download is. Bytes that an earlier attempt left count as there. */
export interface DownloadProgress {
  /** The file at work, by its path in the repository. */
  readonly file: string;
  /** Bytes of all files wanted. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface DownloadOptions {
  /** The environment's settings unless given. */
  readonly settings?: HubSettings;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Attempts at a file before it counts as failed; 5 unless given. */
  readonly attempts?: number;
  /** Wait before the second attempt, doubled for each one after it; 1,000 ms unless given. */
  readonly retryDelayMs?: number;
  /** A connection that is silent for so long has failed; 30,000 ms unless given. */
  readonly timeoutMs?: number;
}

/** Questions to the hub about one repository. */
export class HubSession {
  readonly #reference: HubReference;
  readonly #settings: HubSettings;
  readonly #options: DownloadOptions;
  /** Of all files that were downloaded, or found in the cache. */
  #bytes = 0;
  /** Called whenever the hub gives a sign of life. */
  #alive: () => void = () => {};

  constructor(reference: HubReference, settings: HubSettings, options: DownloadOptions) {
    this.#reference = reference;
    this.#settings = settings;
    this.#options = options;
  }

  async commit(): Promise<string> {
    const { type, name, revision } = this.#reference;
    if (isCommit(revision)) return revision;
    const { datasetInfo, modelInfo } = await import("@huggingface/hub");
    const request = { ...this.#access(revision), name, additionalFields: ["sha" as const] };
    const { sha } = await (type === "model" ? modelInfo(request) : datasetInfo(request));
    if (!isCommit(sha)) throw new DownloadError(`${name}: expected a commit of the hub, got "${sha}"`);
    return sha;
  }

  async files(commit: string): Promise<HubFile[]> {
    const { listFiles } = await import("@huggingface/hub");
    const files: HubFile[] = [];
    for await (const { type, path, size, oid, lfs } of listFiles({
      ...this.#access(commit),
      recursive: true,
    })) {
      if (type !== "file") continue;
      const etag = lfs?.oid ?? oid ?? "";
      if (!isSafe(path) || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(etag))
        throw new DownloadError(
          `${this.#reference.name}: the hub lists a file "${path}" with checksum "${etag}"`,
        );
      files.push({ path, size: lfs?.size ?? size, etag });
    }
    return files;
  }

  /** Files one after another: a connection to the hub is rarely the narrower one. */
  async download(
    cache: HubCache,
    commit: string,
    files: readonly HubFile[],
    isWanted: (file: HubFile) => boolean,
  ): Promise<void> {
    const wanted = files.filter(isWanted);
    const totalBytes = wanted.reduce((total, { size }) => total + size, this.#bytes);
    for (const file of wanted) {
      const report = (bytes: number) => {
        this.#alive();
        this.#options.onProgress?.({ file: file.path, bytes: this.#bytes + bytes, totalBytes });
      };
      if (!cache.has(commit, file.path, file.size)) {
        const blob = cache.blob(file.etag);
        if (!cache.hasBlob(file.etag, file.size))
          await this.retried(() => fetchBlob(blob, file, this.#access(commit), report));
        cache.link(commit, file.path, file.etag);
      }
      report(file.size);
      this.#bytes += file.size;
    }
  }

  /** Tries again where that may help; a silent connection is given up. */
  async retried<T>(attempt: () => Promise<T>): Promise<T> {
    const { attempts = 5, retryDelayMs = 1000 } = this.#options;
    for (let tried = 1; ; tried++) {
      try {
        return await attempt();
      } catch (error) {
        if (tried >= attempts || !isPassing(error)) throw error;
        await sleep(retryDelayMs * 2 ** (tried - 1));
      }
    }
  }

  #access(revision: string): HubAccess {
    const { type, name } = this.#reference;
    const { endpoint, token } = this.#settings;
    return {
      repo: { type, name },
      revision,
      hubUrl: endpoint,
      ...(token === undefined ? {} : { accessToken: token }),
      fetch: (url, init) => this.#fetch(url, init),
    };
  }

  /** Gives up when nothing comes for `timeoutMs`; every chunk that is written starts the wait again. */
  async #fetch(...[url, init]: Parameters<typeof fetch>): Promise<Response> {
    const { timeoutMs = 30_000 } = this.#options;
    const control = new AbortController();
    const timer = setTimeout(
      () => control.abort(new Error(`nothing came for ${timeoutMs} ms`)),
      timeoutMs,
    ).unref();
    this.#alive = () => timer.refresh();
    return fetch(url, { ...init, signal: control.signal });
  }
}

/** Names become paths in the cache: none may lead out of it. */
function isSafe(path: string): boolean {
  const parts = path.split("/");
  return !/[\\:]/.test(path) && parts.every((part) => part !== "" && part !== "." && part !== "..");
}
