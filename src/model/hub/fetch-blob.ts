/**
 * @module
 * One file of a repository into the cache: continued where an earlier attempt broke off, and believed only when its
 * checksum is right.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { DownloadError } from "../../errors/index.ts";
import { claimPartial, releasePartial } from "./partial-file.ts";

/** The hub's facts about a file. */
export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256 of a large file, git's SHA-1 of a small one; the blob's name in the cache. */
  readonly etag: string;
}

/** Parts of every request to the hub. */
export interface HubAccess {
  readonly repo: { readonly type: "model" | "dataset"; readonly name: string };
  readonly revision: string;
  readonly hubUrl: string;
  readonly accessToken?: string;
  readonly fetch: typeof fetch;
}

/**
 * Downloads a file to `blob`; until it is whole, received bytes are in a file that only this attempt writes. Its
 * checksum is taken of that file as it lies on the disk.
 *
 * @param onBytes called with the number of received bytes, an earlier attempt's included
 * @throws DownloadError when the file does not match its checksum; the bytes are deleted
 * @throws the connection's error; the bytes are kept for the next attempt
 */
export async function fetchBlob(
  blob: string,
  file: HubFile,
  access: HubAccess,
  onBytes: (bytes: number) => void,
): Promise<void> {
  mkdirSync(dirname(blob), { recursive: true });
  const partial = claimPartial(blob);
  try {
    if (existsSync(partial) && statSync(partial).size > file.size) rmSync(partial);
    const target = await open(partial, "a");
    let have = 0;
    try {
      have = (await target.stat()).size;
      onBytes(have);
      if (have < file.size) await append(target, have, file, access, onBytes);
      await target.sync();
    } finally {
      await target.close();
    }
    const got = await checksum(partial, file);
    if (got === file.etag) {
      renameSync(partial, blob);
      return;
    }
    rmSync(partial);
    // The bytes of an interrupted process may be broken, so a new attempt follows.
    if (have > 0) throw new Error(`${file.path}: what was left of an earlier download is broken`);
    const kind = file.etag.length === 64 ? "SHA-256" : "git SHA-1";
    throw new DownloadError(
      `${access.repo.name}/${file.path}: broken download: expected ${kind} ${file.etag}, got ${got}`,
    );
  } finally {
    releasePartial(partial, blob);
  }
}

async function append(
  target: FileHandle,
  have: number,
  file: HubFile,
  access: HubAccess,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { downloadFile, fileDownloadInfo } = await import("@huggingface/hub");
  const request = { ...access, path: file.path };
  const downloadInfo = await fileDownloadInfo(request);
  // Plain HTTP, which can be continued at any byte; not the chunk store.
  const blob = downloadInfo && (await downloadFile({ ...request, downloadInfo, xet: false }));
  if (!blob) throw new DownloadError(`${access.repo.name}/${file.path}: the hub lists the file but has none`);
  if (blob.size !== file.size) {
    throw new DownloadError(
      `${access.repo.name}/${file.path}: expected ${file.size} bytes, the hub offers ${blob.size}`,
    );
  }
  let bytes = have;
  for await (const chunk of have === 0 ? blob.stream() : blob.slice(have, file.size).stream()) {
    bytes += chunk.length;
    if (bytes > file.size) {
      await target.truncate(0);
      throw new DownloadError(
        `${access.repo.name}/${file.path}: the hub sent more than the ${file.size} bytes that it named`,
      );
    }
    await target.appendFile(chunk);
    onBytes(bytes);
  }
  if (bytes < file.size)
    throw new TypeError(`connection closed after ${bytes} of ${file.size} bytes of ${file.path}`);
}

/** Large files are identified by the SHA-256 of their bytes, small files by git's name of the blob. */
async function checksum(path: string, { etag, size }: HubFile): Promise<string> {
  const hash = etag.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
