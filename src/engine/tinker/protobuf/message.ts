/**
 * @module
 * Bytes to a message, with what is wrong with them in words.
 */
import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { WireFault } from "./wire-fault.ts";

/** Media type of the protocol's binary bodies. */
export const PROTOBUF = "application/x-protobuf";

/** @throws WireFault when the bytes are no message of this kind: cut short, or with a field of another type */
export function messageOf<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new WireFault("body", `expected a ${schema.name} in ${bytes.byteLength} bytes: ${said}`);
  }
}
