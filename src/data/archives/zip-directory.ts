/**
 * @module
 * Reads the directory of a zip archive, once and in bounded memory; of the files themselves nothing is read.
 */
import { createHash } from "node:crypto";
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, validateFileName } from "yauzl";
import { DataError } from "../../errors/index.ts";
import { refuseLfsPointer } from "../files/lfs-pointer.ts";
import { type RegularFile, regularFile } from "../files/regular-file.ts";
import { WindowReader } from "./window-reader.ts";
import { ZipIndex } from "./zip-index.ts";

/** Most files in an archive. */
const MAX_ENTRIES = 2 ** 20;
/** Longest directory of an archive, bytes. */
const MAX_DIRECTORY_BYTES = 256 * 2 ** 20;
/** Shortest entry of a directory. */
const HEADER_BYTES = 46;
const UTF8_FLAG = 0x800;
const UNICODE_PATH = 0x7075;

/** An archive whose directory has been read. */
export interface ZipDirectory {
  readonly file: RegularFile;
  /** Names in the normal form NFC: an accent is one sign with its letter. */
  readonly index: ZipIndex;
  /** The one folder that all files are in, where there is one. */
  readonly top: string | undefined;
  /** Hex sha256 over names, sizes and checksums of all files, in their order. */
  readonly fingerprint: string;
}

/** As in unzip: a name that is valid UTF-8 is read as UTF-8 even if it is not marked as Unicode, as on a Mac. */
function nameOf({ generalPurposeBitFlag: flags, fileNameRaw: raw, extraFields }: Entry): string {
  const isMarked = (flags & UTF8_FLAG) !== 0 || extraFields.some(({ id }) => id === UNICODE_PATH);
  if (!isMarked) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw).replaceAll("\\", "/");
    } catch {
      // In the code page of DOS, then.
    }
  }
  return getFileNameLowLevel(flags, raw, extraFields, false);
}

/** Files that macOS adds for every file; no row means them. */
function isResource(name: string): boolean {
  return name.startsWith("__MACOSX/");
}

/** A link as Unix tools write it: the kind of file in the upper half of the attributes. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}

async function readEntries(file: RegularFile, reader: WindowReader): Promise<ZipDirectory> {
  const zip = await fromRandomAccessReaderPromise(reader, file.size, {
    autoClose: false,
    decodeStrings: false,
  });
  if (zip.entryCount > MAX_ENTRIES)
    throw new Error(`expected at most ${MAX_ENTRIES} files, got ${zip.entryCount}`);
  if (zip.entryCount * HEADER_BYTES > file.size)
    throw new Error(`says that it has ${zip.entryCount} files, which ${file.size} bytes cannot hold`);
  const index = new ZipIndex();
  const hash = createHash("sha256");
  const tops = new Set<string>();
  let length = 0;
  for await (const entry of zip.eachEntry()) {
    const { crc32, uncompressedSize: bytes, compressedSize: packedBytes } = entry;
    length += HEADER_BYTES + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (length > MAX_DIRECTORY_BYTES)
      throw new Error(`expected a directory of at most ${MAX_DIRECTORY_BYTES} bytes`);
    // As rows write accents; macOS writes them as two signs.
    const name = nameOf(entry).normalize("NFC");
    const wrong = validateFileName(name);
    if (wrong !== null || name.includes("\0")) throw new Error(wrong ?? "a name has a zero byte");
    if (name.endsWith("/") || isResource(name)) continue;
    const { relativeOffsetOfLocalHeader: offset, compressionMethod: method } = entry;
    const isEncrypted = entry.isEncrypted();
    index.add(name, { offset, packedBytes, bytes, crc32, method, isEncrypted, isLink: isLink(entry) });
    if (tops.size < 2) tops.add(name.includes("/") ? name.slice(0, name.indexOf("/")) : "");
    hash.update(`${name}\0${bytes} ${crc32}\n`);
  }
  const [top] = tops.size === 1 ? tops : [];
  return { file, index, top: top === "" ? undefined : top, fingerprint: hash.digest("hex") };
}

/**
 * Reads the directory of an archive.
 *
 * @throws DataError when the file is not a zip archive, is cut off or one part of several. Also when it has more than
 *   2²⁰ files or a directory of more than 256 MiB, or names a file outside the folder to which it would be unpacked.
 */
export async function readZipDirectory(path: string): Promise<ZipDirectory> {
  const file = await regularFile(path);
  await refuseLfsPointer(path);
  try {
    return await new Promise((resolve, reject) => {
      readEntries(file, new WindowReader(file, reject)).then(resolve, reject);
    });
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const [reason = ""] = (cause as Error).message.split("\n");
    throw new DataError(`${path}: cannot be read as a zip archive: ${reason.slice(0, 300)}`, { cause });
  }
}
