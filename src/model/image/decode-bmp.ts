/**
 * @module
 * BMP files to pixels, as Pillow's `BmpImagePlugin` reads them; sharp does not.
 */

/** Pixels of four channels, the last one opacity. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `[height × width × 4]` */
  readonly data: Uint8Array;
  readonly hasAlpha: boolean;
}

/** Sizes of the headers that are read: OS/2's, and the five of Windows. */
const HEADER_BYTES = [12, 40, 52, 56, 64, 108, 124];
const FILE_HEADER = 14;
const [RAW, RLE8, RLE4, BITFIELDS] = [0, 1, 2, 3];

interface BmpHeader {
  readonly headerBytes: number;
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Entries of the palette. */
  readonly colours: number;
  /** Bytes of a palette's entry. */
  readonly entryBytes: number;
}

/** Whether a file begins as a BMP does. */
export function isBmp(file: Uint8Array): boolean {
  if (file[0] !== 0x42 || file[1] !== 0x4d || file.length < 26) return false;
  const size = new DataView(file.buffer, file.byteOffset, file.length).getUint32(FILE_HEADER, true);
  return HEADER_BYTES.includes(size);
}

function readHeader(view: DataView): BmpHeader {
  const headerBytes = view.getUint32(FILE_HEADER, true);
  if (view.byteLength < FILE_HEADER + headerBytes) throw new Error("the header is cut off");
  const at = FILE_HEADER + 4;
  if (headerBytes === 12) {
    const [width, height] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    const bits = view.getUint16(at + 6, true);
    return {
      headerBytes,
      width,
      height,
      isTopDown: false,
      bits,
      compression: RAW,
      colours: 2 ** bits,
      entryBytes: 3,
    };
  }
  const isTopDown = view.getUint8(at + 7) === 0xff;
  const height = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 10, true);
  return {
    headerBytes,
    width: view.getUint32(at, true),
    height: isTopDown ? 2 ** 32 - height : height,
    isTopDown,
    bits,
    compression: view.getUint32(at + 12, true),
    colours: view.getUint32(at + 28, true) || 2 ** bits,
    entryBytes: 4,
  };
}

/** Size of a BMP, from its header alone. */
export function bmpSize(file: Uint8Array): { width: number; height: number } {
  const { width, height } = readHeader(new DataView(file.buffer, file.byteOffset, file.length));
  return { width, height };
}

/** Bytes of red, green, blue and opacity in a pixel of 32 bits by its masks; −1 for none. Pillow reads no others. */
const LAYOUTS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  "ff0000,ff00,ff,0": [2, 1, 0, -1],
  "ff000000,ff0000,ff00,0": [3, 2, 1, -1],
  "ff000000,ff00,ff,0": [3, 1, 0, -1],
  "ff000000,ff0000,ff00,ff": [3, 2, 1, 0],
  "ff,ff00,ff0000,ff000000": [0, 1, 2, 3],
  "ff0000,ff00,ff,ff000000": [2, 1, 0, 3],
  "ff000000,ff00,ff,ff0000": [3, 1, 0, 2],
  "0,0,0,0": [2, 1, 0, 3],
};

function masks(view: DataView, { headerBytes }: BmpHeader): string[] {
  const hasOpacity = headerBytes >= 56;
  const count = hasOpacity ? 4 : 3;
  const at = FILE_HEADER + 40;
  if (at + 4 * count > view.byteLength) throw new Error("the header is cut off");
  const all = Array.from({ length: count }, (_, i) => view.getUint32(at + 4 * i, true).toString(16));
  return hasOpacity ? all : [...all, "0"];
}

/** Reads the pixel that begins at a byte into four channels. */
type ReadPixel = (from: number, data: Uint8Array, to: number) => void;

function fiveBits(view: DataView, greenBits: 5 | 6): ReadPixel {
  const greenMost = 2 ** greenBits - 1;
  return (from, data, to) => {
    const pixel = view.getUint16(from, true);
    data[to] = Math.floor((((pixel >> (5 + greenBits)) & 31) * 255) / 31);
    data[to + 1] = Math.floor((((pixel >> 5) & greenMost) * 255) / greenMost);
    data[to + 2] = Math.floor(((pixel & 31) * 255) / 31);
    data[to + 3] = 255;
  };
}

function byBytes(
  view: DataView,
  [red, green, blue, opacity]: readonly [number, number, number, number],
): ReadPixel {
  return (from, data, to) => {
    data[to] = view.getUint8(from + red);
    data[to + 1] = view.getUint8(from + green);
    data[to + 2] = view.getUint8(from + blue);
    data[to + 3] = opacity < 0 ? 255 : view.getUint8(from + opacity);
  };
}

/** How pixels without a palette are read, and whether their opacity means something. */
function pixelReader(view: DataView, header: BmpHeader): { read: ReadPixel; hasAlpha: boolean } {
  const { bits, compression } = header;
  const plain: Readonly<Record<number, ReadPixel>> = {
    16: fiveBits(view, 5),
    24: byBytes(view, [2, 1, 0, -1]),
    32: byBytes(view, [2, 1, 0, -1]),
  };
  const read = plain[bits];
  if (read === undefined) throw new Error(`expected 1, 4, 8, 16, 24 or 32 bits a pixel, got ${bits}`);
  if (compression === RAW) return { read, hasAlpha: false };
  const own = masks(view, header);
  const colours = own.slice(0, 3).join(",");
  const layout = bits === 32 ? LAYOUTS[own.join(",")] : undefined;
  if (layout !== undefined) return { read: byBytes(view, layout), hasAlpha: layout[3] >= 0 };
  if (bits === 24 && colours === "ff0000,ff00,ff") return { read, hasAlpha: false };
  if (bits === 16 && colours === "7c00,3e0,1f") return { read, hasAlpha: false };
  if (bits === 16 && colours === "f800,7e0,1f") return { read: fiveBits(view, 6), hasAlpha: false };
  throw new Error(`the masks ${own.join(", ")} of ${bits} bits are not supported`);
}

/** Places in the palette of the pixels of a row-by-row image, from the file's first row. */
function unpackedIndices(file: Uint8Array, start: number, { width, height, bits }: BmpHeader): Uint8Array {
  const stride = ((width * bits + 31) >> 3) & ~3;
  if (start + stride * (height - 1) + Math.ceil((width * bits) / 8) > file.length)
    throw new Error("is truncated");
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bits;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      const byte = file[start + y * stride + Math.floor(x / perByte)]!;
      indices[to] = (byte >> (8 - bits - bits * (x % perByte))) & (2 ** bits - 1);
    }
  }
  return indices;
}

/** The same out of runs. */
function runIndices(file: Uint8Array, start: number, { width, height, compression }: BmpHeader): Uint8Array {
  const isHalf = compression === RLE4;
  const indices = new Uint8Array(width * height);
  let [at, to, x] = [start, 0, 0];
  const half = (byte: number, i: number) => (isHalf ? (i % 2 === 0 ? byte >> 4 : byte & 15) : byte);
  while (to < indices.length) {
    if (at + 2 > file.length) throw new Error("is truncated");
    const [count, value] = [file[at]!, file[at + 1]!];
    at += 2;
    if (count > 0) {
      const run = Math.min(count, Math.max(0, width - x), indices.length - to);
      for (let i = 0; i < run; i++) indices[to++] = half(value, i);
      x += run;
    } else if (value === 0) {
      to += (width - (to % width)) % width;
      x = 0;
    } else if (value === 1) {
      throw new Error("its runs end before its pixels");
    } else if (value === 2) {
      if (at + 2 > file.length) throw new Error("is truncated");
      to = Math.min(indices.length, to + file[at]! + file[at + 1]! * width);
      at += 2;
      x = to % width;
    } else {
      const run = Math.min(value, indices.length - to);
      const bytes = isHalf ? (run + 1) >> 1 : run;
      if (at + bytes > file.length) throw new Error("is truncated");
      for (let i = 0; i < run; i++) indices[to++] = half(file[at + (isHalf ? i >> 1 : i)]!, i);
      at += bytes;
      x += value;
      if (at % 2 !== 0) at += 1;
    }
  }
  return indices;
}

/**
 * Decodes a BMP.
 *
 * @throws Error in words when it is cut off, or of a sort that Pillow does not read either
 */
export function decodeBmp(file: Uint8Array): Pixels {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const header = readHeader(view);
  const { headerBytes, width, height, isTopDown, bits, compression, colours, entryBytes } = header;
  if (![RAW, RLE8, RLE4, BITFIELDS].includes(compression))
    throw new Error(`compression ${compression} is not supported`);
  const hasPalette = bits === 1 || bits === 4 || bits === 8;
  if (hasPalette && compression === BITFIELDS) throw new Error(`masks of ${bits} bits are not supported`);
  if (!hasPalette && (compression === RLE8 || compression === RLE4))
    throw new Error(`runs of ${bits} bits are not supported`);
  const behind = FILE_HEADER + headerBytes;
  const palette = hasPalette
    ? colours * entryBytes
    : compression === BITFIELDS && headerBytes === 40
      ? 12
      : 0;
  const stated = view.getUint32(10, true);
  // If a file with a palette states that pixels start right after the header, Pillow reads them after the palette.
  const start = stated === 0 || (hasPalette && stated === behind) ? behind + palette : stated;
  const data = new Uint8Array(width * height * 4);
  const rowOf = (y: number) => (isTopDown ? y : height - 1 - y);
  if (hasPalette) {
    if (colours > 65536) throw new Error(`expected a palette of at most 65536 colours, got ${colours}`);
    const indices =
      compression === RAW ? unpackedIndices(file, start, header) : runIndices(file, start, header);
    for (let y = 0, to = 0; y < height; y++) {
      for (let x = 0; x < width; x++, to += 4) {
        const index = indices[rowOf(y) * width + x]!;
        const entry = behind + entryBytes * index;
        for (let c = 0; c < 3; c++) data[to + c] = index < colours ? (file[entry + 2 - c] ?? 0) : 0;
        data[to + 3] = 255;
      }
    }
    return { width, height, data, hasAlpha: false };
  }
  const { read, hasAlpha } = pixelReader(view, header);
  const stride = ((width * bits + 31) >> 3) & ~3;
  if (start + stride * (height - 1) + (width * bits) / 8 > file.length) throw new Error("is truncated");
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = start + rowOf(y) * stride; x < width; x++, to += 4, from += bits / 8)
      read(from, data, to);
  }
  return { width, height, data, hasAlpha };
}
