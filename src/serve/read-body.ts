/**
 * @module
 * A request's body as JSON, no larger than allowed.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.ts";
import type { CallBody } from "./service.ts";

/**
 * Reads a body.
 *
 * @throws Refusal when it is too large, no JSON, or says that it is something else
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<CallBody> {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\b/i.test(type)) {
    throw new Refusal("bad-request", `content-type: expected application/json, got "${type}"`);
  }
  if (request.headers["content-encoding"] !== undefined) {
    throw new Refusal("bad-request", "content-encoding: expected none");
  }
  const tooLarge = () => new Refusal("too-large", `body: expected at most ${limit} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge();
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > limit) throw tooLarge();
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  try {
    return {
      json: JSON.parse(body.toString("utf8")) as unknown,
      digest: createHash("sha256").update(body).digest("hex"),
    };
  } catch {
    throw new Refusal("malformed-json", "body: expected JSON");
  }
}
