/**
 * @module
 * A file of any size as an answer: read while it is sent, whole or the range that was asked for.
 */
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { failure, SAFE_HEADERS, send } from "./http-reply.ts";

/** Bytes from `start` up to and including `end`. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The one range that a header asks for; undefined for all, "none" where the file has none of it. */
export function byteRange(header: string | undefined, size: number): ByteRange | "none" | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(size - 1, Number(last));
  return start > end ? "none" : { start, end };
}

/** Sends a file. If the client disconnects meanwhile, nothing more is read. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  type: string,
): Promise<void> {
  const hasBody = request.method !== "HEAD";
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const range = byteRange(request.headers.range, size);
    if (range === "none") return send(response, failure(416, `the file has ${size} bytes`), hasBody);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.writeHead(range === undefined ? 200 : 206, {
      ...SAFE_HEADERS,
      "content-type": type,
      "content-length": end - start + 1,
      "accept-ranges": "bytes",
      "cache-control": "no-store",
      ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
    });
    if (!hasBody || size === 0) response.end();
    else await pipeline(file.createReadStream({ start, end, autoClose: false }), response);
  } catch (error) {
    // Once the head is sent there is no other way to say that something went wrong.
    if (!response.headersSent) throw error;
    response.destroy();
  } finally {
    await file.close();
  }
}
