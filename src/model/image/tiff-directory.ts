/**
 * @module
 * The first directory of tags of a TIFF structure, as Exif data and TIFF files have it: just enough for an orientation,
 * read as Pillow's `ImageFileDirectory_v2` reads it.
 */

/** Bytes of one value by its type's number. */
const UNIT_BYTES: Readonly<Record<number, number>> = {
  1: 1, // byte
  2: 1, // ASCII
  3: 2, // short
  4: 4, // long
  5: 8, // rational
  6: 1, // signed byte
  7: 1, // undefined
  8: 2, // signed short
  9: 4, // signed long
  10: 8, // signed rational
  11: 4, // float
  12: 8, // double
  13: 4, // directory
  16: 8, // long of 64 bits
};

/** Values of one tag. */
export interface TiffTag {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** The first value as a number; undefined for bytes and texts, which Pillow does not take for numbers. */
  readonly number: number | undefined;
  /** Where its value begins in the data. */
  readonly at: number;
}

function firstNumber(view: DataView, type: number, little: boolean): number | undefined {
  switch (type) {
    case 3:
      return view.getUint16(0, little);
    case 4:
    case 13:
      return view.getUint32(0, little);
    case 5:
      return view.getUint32(0, little) / view.getUint32(4, little);
    case 6:
      return view.getInt8(0);
    case 8:
      return view.getInt16(0, little);
    case 9:
      return view.getInt32(0, little);
    case 10:
      return view.getInt32(0, little) / view.getInt32(4, little);
    case 11:
      return view.getFloat32(0, little);
    case 12:
      return view.getFloat64(0, little);
    case 16:
      return Number(view.getBigUint64(0, little));
    default:
      return undefined;
  }
}

/** Whether bytes begin as a TIFF structure does. */
export function isTiff(data: Uint8Array): boolean {
  return header(data) !== undefined;
}

/** Byte order, place of the first directory, and whether places have 64 bits, as in BigTIFF. */
interface TiffHeader {
  readonly little: boolean;
  readonly start: number;
  readonly isBig: boolean;
}

/** The header; undefined where the bytes are no TIFF structure. */
function header(data: Uint8Array): TiffHeader | undefined {
  const mark = String.fromCharCode(...data.subarray(0, 4));
  const isBig = ["II+\0", "MM\0+"].includes(mark);
  const isKnown = isBig || ["II*\0", "MM\0*", "MM*\0", "II\0*"].includes(mark);
  if (!isKnown || data.length < (isBig ? 16 : 8)) return undefined;
  const little = mark.startsWith("II");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const start = isBig ? Number(view.getBigUint64(8, little)) : view.getUint32(4, little);
  return { little, start, isBig };
}

/**
 * Some tags of the first directory. If a tag occurs twice the first counts; a directory that is cut off has the tags
 * before the cut.
 */
export function tiffTags(data: Uint8Array, wanted: readonly number[]): ReadonlyMap<number, TiffTag> {
  const found = new Map<number, TiffTag>();
  const head = header(data);
  if (head === undefined || head.start + (head.isBig ? 8 : 2) > data.length) return found;
  const { little, start, isBig } = head;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const long = (at: number) => (isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const [count, first] = isBig ? [long(start), start + 8] : [view.getUint16(start, little), start + 2];
  const [inline, entry] = isBig ? [8, 20] : [4, 12];
  let total = 0;
  for (let i = 0, at = first; i < count && at + entry <= data.length; i++, at += entry) {
    const [tag, type] = [view.getUint16(at, little), view.getUint16(at + 2, little)];
    const unit = UNIT_BYTES[type];
    if (unit === undefined || found.has(tag)) continue;
    const size = unit * long(at + 4);
    if (size === 0) continue;
    const own = at + 4 + inline;
    const place = size > inline ? long(own) : own;
    if (size > inline) total += size;
    if (size > inline && total > data.length) continue;
    if (place + size > data.length) break;
    if (!wanted.includes(tag)) continue;
    const bytes = data.subarray(place, place + size);
    const number = firstNumber(new DataView(bytes.buffer, bytes.byteOffset, size), type, little);
    found.set(tag, { type, bytes, number, at: place });
  }
  return found;
}
