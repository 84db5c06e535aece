/**
 * @module
 * A request's body as JSON or as a message, compressed or not, no larger than allowed.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { protobuf } from "../engine/index.ts";
import { Refusal } from "./refusal.ts";
import { tooLarge, unzstd } from "./unzstd.ts";

/** A request's body, and its digest, by which it is known again. */
export interface CallBody {
  /** All of it, or of a message what says which model it is for. */
  readonly json: unknown;
  /**
   * The rest of a message.
   *
   * @throws Refusal naming the field
   */
  readonly whole?: () => object;
  readonly digest: string;
}

/** A body and the call that it is for: one message has two calls. */
export interface ReadBody {
  readonly call: string;
  readonly body: CallBody;
}

const JSON_TYPE = "application/json";
/** The calls whose bodies may be messages, all to the address of the second. */
const FORWARD = "forward_backward";

/**
 * Reads a body.
 *
 * @param call by the address
 * @throws Refusal when it is too large, is not what it says that it is, or is of a form that the call does not take
 */
export async function readBody(request: IncomingMessage, call: string, limit: number): Promise<ReadBody> {
  const type = mediaType(request.headers["content-type"]);
  const taken = call === FORWARD ? [protobuf.PROTOBUF, JSON_TYPE] : [JSON_TYPE];
  if (!taken.includes(type)) {
    throw new Refusal(
      "unsupported-media-type",
      `content-type: expected ${taken.join(" or ")}, got "${type}"`,
    );
  }
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity" && encoding !== "zstd") {
    throw new Refusal("unsupported-media-type", `content-encoding: expected zstd or none, got "${encoding}"`);
  }
  const sent = await received(request, limit);
  const bytes = encoding === "zstd" ? unzstd(sent, limit) : sent;
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (type === protobuf.PROTOBUF) return faultless(call, () => readMessage(bytes, digest));
  try {
    return { call, body: { json: JSON.parse(bytes.toString("utf8")) as unknown, digest } };
  } catch {
    throw new Refusal("malformed-json", "body: expected JSON");
  }
}

/** A media type without its parameters. */
function mediaType(header: string | undefined): string {
  return (header ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

async function received(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > limit) throw tooLarge(limit);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function readMessage(bytes: Uint8Array, digest: string): ReadBody {
  const { call, model_id, seq_id, whole } = protobuf.readForwardRequest(bytes);
  return { call, body: { json: { model_id, seq_id }, whole: () => faultless(call, whole), digest } };
}

function faultless<T>(call: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof protobuf.WireFault) throw new Refusal("malformed-body", `${call}: ${error.message}`);
    throw error;
  }
}
