/**
 * @module
 * Zip archives made for a test, whole or wrong in any one field.
 */
import { writeFileSync } from "node:fs";
import { crc32, deflateRawSync } from "node:zlib";

/** A file of an archive. Fields given beside name and content replace the true values. */
export interface ZipMember {
  /** Bytes for a name in no known writing. */
  readonly name: string | Uint8Array;
  readonly content: Uint8Array;
  /** 8, deflate, unless given. */
  readonly method?: number;
  /** 0x800, a name in UTF-8, unless given. */
  readonly flags?: number;
  /** Size that the directory promises. */
  readonly bytes?: number;
  readonly crc?: number;
  /** Unix mode. */
  readonly mode?: number;
}

/** An archive. Given fields replace the true values. */
export interface ZipOptions {
  /** Sizes and places in 64 bits, as for archives beyond 4 GiB. */
  readonly is64?: boolean;
  readonly count?: number;
  readonly disk?: number;
}

const FULL = 0xffffffff;

function record(size: number, fields: readonly (readonly [at: number, bytes: 2 | 4 | 8, value: number])[]) {
  const bytes = Buffer.alloc(size);
  for (const [at, width, value] of fields) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(value, at, width);
  }
  return bytes;
}

/** The bytes of an archive. */
export function zipBytes(members: readonly ZipMember[], options: ZipOptions = {}): Buffer {
  const { is64 = false, count = members.length, disk = 0 } = options;
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const {
    content,
    method = 8,
    flags = 0x800,
    crc = crc32(content),
    mode = 0o100644,
    ...member
  } of members) {
    const name = Buffer.from(member.name as string);
    const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const bytes = member.bytes ?? content.length;
    const shared = (at: number, large: boolean) =>
      [
        [at, 2, is64 ? 45 : 20],
        [at + 2, 2, flags],
        [at + 4, 2, method],
        [at + 10, 4, crc],
        [at + 14, 4, large ? FULL : packed.length],
        [at + 18, 4, large ? FULL : bytes],
        [at + 22, 2, name.length],
      ] as const;
    files.push(record(30, [[0, 4, 0x04034b50], ...shared(4, false)]), name, packed);
    const extra = is64
      ? record(28, [
          [0, 2, 1],
          [2, 2, 24],
          [4, 8, bytes],
          [12, 8, packed.length],
          [20, 8, offset],
        ])
      : Buffer.alloc(0);
    const header = record(46, [
      [0, 4, 0x02014b50],
      [4, 2, (3 << 8) | 63],
      ...shared(6, is64),
      [30, 2, extra.length],
      [38, 4, mode * 0x10000],
      [42, 4, is64 ? FULL : offset],
    ]);
    directory.push(header, name, extra);
    offset += 30 + name.length + packed.length;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  const end64 = is64
    ? [
        record(56, [
          [0, 4, 0x06064b50],
          [4, 8, 44],
          [24, 8, count],
          [32, 8, count],
          [40, 8, length],
          [48, 8, offset],
        ]),
        record(20, [
          [0, 4, 0x07064b50],
          [8, 8, offset + length],
          [16, 4, 1],
        ]),
      ]
    : [];
  const end = record(22, [
    [0, 4, 0x06054b50],
    [4, 2, disk],
    [8, 2, is64 ? 0xffff : count],
    [10, 2, is64 ? 0xffff : count],
    [12, 4, is64 ? FULL : length],
    [16, 4, is64 ? FULL : offset],
  ]);
  return Buffer.concat([...files, ...directory, ...end64, end]);
}

/** Writes an archive. */
export function writeZip(path: string, members: readonly ZipMember[], options: ZipOptions = {}): string {
  writeFileSync(path, zipBytes(members, options));
  return path;
}
