/**
 * @module
 * The JSON header of a safetensors file. Everything in it is checked before any number of the file is trusted: it may
 * be cut off, changed by a broken disk, or made to hurt.
 */
import { ModelError } from "../errors/index.ts";
import { Fields } from "./json-fields.ts";

/** Bytes per element of every dtype that a header may name. */
const DTYPE_BYTES: ReadonlyMap<string, number> = new Map([
  ["BOOL", 1],
  ["U8", 1],
  ["I8", 1],
  ["F8_E5M2", 1],
  ["F8_E4M3", 1],
  ["I16", 2],
  ["U16", 2],
  ["F16", 2],
  ["BF16", 2],
  ["I32", 4],
  ["U32", 4],
  ["F32", 4],
  ["I64", 8],
  ["U64", 8],
  ["F64", 8],
]);

/** A header has three levels: tensors, their fields, arrays. */
const MAX_DEPTH = 8;

/** Where a tensor lies in its file. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Byte range within the file, end excluded. */
  readonly start: number;
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Parses and checks a header.
 *
 * @param bytes the JSON text, without the length before it
 * @param path the file, for messages
 * @param fileSize bytes of the whole file
 * @throws ModelError when it is not a JSON object of tensors, names one twice, or a tensor's range does not fit its dtype
 *   and shape, leaves the file, overlaps another or leaves a gap
 */
export function parseHeader(bytes: Uint8Array, path: string, fileSize: number): SafetensorsHeader {
  let written: string[];
  let json: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    written = topLevelNames(text);
    json = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${path}: header is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  const fields = new Fields(json, `${path}: header`);
  const names = new Set<string>();
  for (const name of written) {
    if (names.has(name)) throw new ModelError(`${path}: tensor ${shown(name)} is in the header twice`);
    names.add(name);
  }
  const dataStart = 8 + bytes.length;
  const tensors = new Map<string, TensorEntry>();
  for (const name of names) {
    if (name === "__metadata__") continue;
    const where = `${path}: tensor ${shown(name)}`;
    tensors.set(name, parseEntry(fields.json[name], where, dataStart, fileSize));
  }
  checkLayout(path, tensors, dataStart, fileSize);
  const metadata = fields.object("__metadata__");
  for (const key of Object.keys(metadata.json)) metadata.text(key);
  return { tensors, metadata: metadata.json as Record<string, string> };
}

/**
 * Names at the top level of a JSON object as written, repetitions included, which `JSON.parse` would swallow.
 *
 * @param text may turn out to be no JSON
 * @throws SyntaxError when it is nested deeper than a header, which `JSON.parse` would spend minutes on
 */
function topLevelNames(text: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const start = at++;
      while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
      if (depth === 1 && isName) names.push(JSON.parse(text.slice(start, at + 1)) as string);
    } else if (character === "{" || character === "[") {
      if (++depth > MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH} levels`);
      isName = true;
    } else if (character === "}" || character === "]") {
      depth--;
    } else if (character === ":" || character === ",") {
      isName = character === ",";
    }
  }
  return names;
}

function parseEntry(json: unknown, where: string, dataStart: number, dataEnd: number): TensorEntry {
  const fields = new Fields(json, where);
  const dtype = fields.text("dtype");
  const bytes = DTYPE_BYTES.get(dtype);
  if (bytes === undefined) throw fields.error("dtype", `one of ${[...DTYPE_BYTES.keys()].join(", ")}`);
  const shape = fields.numbers("shape");
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw fields.error("shape", "sizes >= 0");
  const [begin, end, ...rest] = fields.numbers("data_offsets");
  if (begin === undefined || end === undefined || rest.length > 0 || !(begin >= 0 && begin <= end))
    throw fields.error("data_offsets", "[begin, end] with 0 <= begin <= end");
  if (dataStart + end > dataEnd) {
    throw new ModelError(
      `${where}: data_offsets: truncated file: tensor ends at byte ${dataStart + end}, the file at ${dataEnd}`,
    );
  }
  const size = shape.reduce((product, length) => product * length, bytes);
  if (end - begin !== size) {
    const sizes = `${shape.slice(0, 8).join(", ")}${shape.length > 8 ? ", ..." : ""}`;
    throw fields.error("data_offsets", `${size} bytes for dtype ${dtype} and shape [${sizes}]`);
  }
  return { dtype, shape, start: dataStart + begin, end: dataStart + end };
}

/** Tensors must lie end to end: no overlap, no gap, nothing after the last. */
function checkLayout(
  path: string,
  tensors: ReadonlyMap<string, TensorEntry>,
  start: number,
  end: number,
): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let at = start;
  for (const [name, entry] of sorted) {
    if (entry.start < at) throw new ModelError(`${path}: tensor ${shown(name)} overlaps the one before it`);
    if (entry.start > at)
      throw new ModelError(`${path}: ${entry.start - at} unused bytes before tensor ${shown(name)}`);
    at = entry.end;
  }
  if (at !== end) throw new ModelError(`${path}: ${end - at} unused bytes after the last tensor`);
}

/** A name for a message: a broken file's may be megabytes long. */
function shown(name: string): string {
  return name.length > 200 ? `${name.slice(0, 197)}...` : name;
}
