/**
 * @module
 * What an image cell says: bytes, text that encodes bytes, a path, or another row's index.
 */
import { DataError } from "../../errors/index.ts";
import { MAX_INDEX_BYTES } from "./delimited-scanner.ts";

/** Where an image comes from. */
export type ImageReference =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "row"; readonly index: string };

/** A text that is a list, as Python writes it: ['…', '…']. Undefined where it is none. */
export function pythonList(text: string): string[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith("[") || !trimmed.endsWith("]")) return undefined;
  const items = trimmed.slice(1, -1).split(",");
  return items.map((item) => item.trim().replace(/^(['"])(.*)\1$/s, "$2")).filter((item) => item !== "");
}

function base64Bytes(text: string): Uint8Array {
  const compact = text.replaceAll(/\s/g, "");
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) throw new DataError("image: is no base64");
  return new Uint8Array(Buffer.from(compact, "base64"));
}

const DATA_URI = /^data:image\/[a-z0-9.+-]+;base64,/i;

function fromText(text: string, isEncoded: boolean): ImageReference {
  const uri = DATA_URI.exec(text.slice(0, 100));
  if (uri !== null) return { kind: "bytes", bytes: base64Bytes(text.slice(uri[0].length)) };
  if (!isEncoded) return { kind: "path", path: text };
  if (text.length > MAX_INDEX_BYTES) return { kind: "bytes", bytes: base64Bytes(text) };
  return { kind: "row", index: text };
}

function fromStruct({ bytes, path }: { readonly bytes?: unknown; readonly path?: unknown }): ImageReference {
  if (bytes instanceof Uint8Array) return { kind: "bytes", bytes };
  if (typeof path === "string" && path !== "") return { kind: "path", path };
  throw new DataError("image: expected bytes or a path, got neither");
}

/**
 * The images that a cell names, in order.
 *
 * @param isEncoded true where a text is base64 or another row's index, as in VLMEvalKit's `image` column; else it is
 *   a path or a data URI
 * @throws DataError when the cell is nothing of the kind
 */
export function imageReferences(value: unknown, isEncoded: boolean): ImageReference[] {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value === "string") {
    const list = pythonList(value);
    return (list ?? [value.trim()]).map((text) => fromText(text, isEncoded));
  }
  if (value instanceof Uint8Array) return [{ kind: "bytes", bytes: value }];
  if (Array.isArray(value)) {
    if (value.some(Array.isArray))
      throw new DataError("image: expected a list of images, got a list of lists");
    return value.flatMap((item) => imageReferences(item, isEncoded));
  }
  if (typeof value === "object") return [fromStruct(value)];
  throw new DataError(`image: expected bytes, text or a list, got a ${typeof value}`);
}
