/**
 * @module
 * Bytes to a message, with what is wrong with them in words.
 */
import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { WireFault } from "./wire-fault.ts";

/** Media type of the protocol's binary bodies. */
export const PROTOBUF = "application/x-protobuf";

/** Whether bytes end where a field ends, and have one: what is cut short on its way does not, as a rule. */
export function isWhole(bytes: Uint8Array): boolean {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      reader.skip(type, field);
    }
  } catch (error) {
    // Bytes that are no fields at all are not cut short.
    return !(error instanceof RangeError);
  }
  return bytes.byteLength > 0;
}

/** @throws WireFault when the bytes are no message of this kind: cut short, or with a field of another type */
export function messageOf<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new WireFault("body", `expected a ${schema.name} in ${bytes.byteLength} bytes: ${said}`);
  }
}
