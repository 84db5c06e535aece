/**
 * @module
 * Images that rows name by URL, downloaded where that is asked for.
 */
import { setTimeout as delay } from "node:timers/promises";
import { DataError } from "../../errors/index.ts";
import { MAX_IMAGE_BYTES, shownMedium } from "./media-path.ts";

/** Seconds for one image. */
const TIMEOUT_SECONDS = 60;
/** Waits before the second and the third try, milliseconds. */
const WAITS_MS = [500, 2000];
/** Bytes of downloaded images that are kept, so that an evaluation's are not downloaded each time. */
const KEPT_BYTES = 256 * 2 ** 20;

/** A status that may pass. */
class Unavailable extends Error {}

async function body(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const piece = chunk as Uint8Array;
    size += piece.length;
    if (size > MAX_IMAGE_BYTES) throw new DataError(`expected at most ${MAX_IMAGE_BYTES} bytes, got more`);
    chunks.push(piece);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1000 * TIMEOUT_SECONDS) });
  if (response.ok) return body(response);
  await response.body?.cancel();
  const reason = `the server answers ${response.status} ${response.statusText}`.trim();
  throw response.status === 429 || response.status >= 500 ? new Unavailable(reason) : new DataError(reason);
}

/** Why a request failed: what lies beneath "fetch failed" says more. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== "" ? `${message}: ${cause.message}` : message;
}

async function downloadPatiently(url: string): Promise<Uint8Array> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await download(url);
    } catch (cause) {
      const wait = cause instanceof DataError ? undefined : WAITS_MS[attempt];
      if (wait === undefined)
        throw new DataError(`${shownMedium("image", url)}: cannot be downloaded: ${reasonOf(cause)}`, {
          cause,
        });
      await delay(wait);
    }
  }
}

/** Downloads images, and keeps the latest of them. */
export class ImageDownloads {
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;

  /**
   * The bytes at a URL of http or https.
   *
   * @throws DataError when the server refuses, cannot be reached in three tries, or sends more than 256 MiB
   */
  async image(url: string): Promise<Uint8Array> {
    const before = this.#kept.get(url);
    if (before !== undefined) return before;
    const bytes = await downloadPatiently(url);
    for (const [old, { length }] of this.#kept) {
      if (this.#bytes + bytes.length <= KEPT_BYTES) break;
      this.#kept.delete(old);
      this.#bytes -= length;
    }
    if (bytes.length <= KEPT_BYTES && !this.#kept.has(url)) {
      this.#kept.set(url, bytes);
      this.#bytes += bytes.length;
    }
    return bytes;
  }
}
