/**
 * @module
 * Where the files of a zip archive are in it: their names, and 33 bytes for each. Which files a folder has is worked
 * out for all folders at once, when that is first asked.
 */

/** The entry of one file in the central directory. */
export interface ZipEntry {
  /** Of its local header, bytes from the archive's beginning. */
  readonly offset: number;
  /** In the archive. */
  readonly packedBytes: number;
  /** Unpacked. */
  readonly bytes: number;
  readonly crc32: number;
  /** 0: as it is, 8: deflate. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly isLink: boolean;
  /** There is another one of this name, with other content. */
  readonly isTwice: boolean;
}

const ENCRYPTED = 1;
const LINK = 2;
const TWICE = 4;

/** Columns of numbers that grow together. */
interface Columns {
  readonly offset: Float64Array;
  readonly packedBytes: Float64Array;
  readonly bytes: Float64Array;
  readonly crc32: Uint32Array;
  readonly method: Uint16Array;
  readonly marks: Uint8Array;
}

function columns(room: number): Columns {
  return {
    offset: new Float64Array(room),
    packedBytes: new Float64Array(room),
    bytes: new Float64Array(room),
    crc32: new Uint32Array(room),
    method: new Uint16Array(room),
    marks: new Uint8Array(room),
  };
}

/** The files of an archive by their names. */
export class ZipIndex {
  readonly #places = new Map<string, number>();
  #columns = columns(64);
  /** Names by their folder; none before a folder is asked for. */
  #folders: ReadonlyMap<string, readonly string[]> | undefined;

  /** Names in the archive. */
  get size(): number {
    return this.#places.size;
  }

  /** Adds a file. Of several with one name and one content only the first is kept. */
  add(name: string, entry: Omit<ZipEntry, "isTwice">): void {
    const before = this.#places.get(name);
    if (before !== undefined) {
      const own = this.#columns;
      if (own.crc32[before] !== entry.crc32 || own.bytes[before] !== entry.bytes) own.marks[before]! |= TWICE;
      return;
    }
    const at = this.#places.size;
    if (at === this.#columns.marks.length) this.#grow();
    const { offset, packedBytes, bytes, crc32, method, marks } = this.#columns;
    offset[at] = entry.offset;
    packedBytes[at] = entry.packedBytes;
    bytes[at] = entry.bytes;
    crc32[at] = entry.crc32;
    method[at] = entry.method;
    marks[at] = (entry.isEncrypted ? ENCRYPTED : 0) | (entry.isLink ? LINK : 0);
    this.#places.set(name, at);
    this.#folders = undefined;
  }

  #grow(): void {
    const next = columns(2 * this.#columns.marks.length);
    for (const key of Object.keys(next) as (keyof Columns)[]) next[key].set(this.#columns[key]);
    this.#columns = next;
  }

  find(name: string): ZipEntry | undefined {
    const at = this.#places.get(name);
    if (at === undefined) return undefined;
    const { offset, packedBytes, bytes, crc32, method, marks } = this.#columns;
    return {
      offset: offset[at]!,
      packedBytes: packedBytes[at]!,
      bytes: bytes[at]!,
      crc32: crc32[at]!,
      method: method[at]!,
      isEncrypted: (marks[at]! & ENCRYPTED) !== 0,
      isLink: (marks[at]! & LINK) !== 0,
      isTwice: (marks[at]! & TWICE) !== 0,
    };
  }

  /** Names of the files directly in a folder. */
  inFolder(folder: string): readonly string[] {
    this.#folders ??= byFolder(this.#places.keys());
    return this.#folders.get(folder) ?? [];
  }
}

function byFolder(names: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const name of names) {
    const end = name.lastIndexOf("/");
    if (end < 0) continue;
    const folder = name.slice(0, end);
    const own = folders.get(folder);
    if (own === undefined) folders.set(folder, [name]);
    else own.push(name);
  }
  return folders;
}
