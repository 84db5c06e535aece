/**
 * @module
 * PBM, PGM, PPM and PFM files to pixels, as Pillow's `PpmImagePlugin` reads them; sharp does not.
 */

import type { RgbImage } from "./rgb-image.ts";
import { roundHalfEven } from "./round-half-even.ts";

type Kind = "P1" | "P2" | "P3" | "P4" | "P5" | "P6" | "Pf";
const KINDS: readonly string[] = ["P1", "P2", "P3", "P4", "P5", "P6", "Pf"];
const HASH = 0x23;
/** Most digits of a number. */
const MAX_DIGITS = 10;

const isBlank = (byte: number | undefined) =>
  byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
const isLineEnd = (byte: number | undefined) => byte === 0x0a || byte === 0x0d;

/** Whether a file begins as one of the formats does: its mark, a blank, then a number or a comment. */
export function isPnm(file: Uint8Array): boolean {
  if (!KINDS.includes(String.fromCharCode(...file.subarray(0, 2))) || !isBlank(file[2])) return false;
  const next = file.subarray(3, 32).find((byte) => !isBlank(byte));
  return next !== undefined && (next === HASH || (next >= 0x30 && next <= 0x39));
}

/** Reads words between blanks; a comment reaches to its line's end. */
class Words {
  readonly #file: Uint8Array;
  at: number;

  constructor(file: Uint8Array, at: number) {
    this.#file = file;
    this.at = at;
  }

  /** The next word, and the blank after it; "" at the end. */
  next(most = MAX_DIGITS): string {
    let word = "";
    while (this.at < this.#file.length) {
      const byte = this.#file[this.at++]!;
      if (byte === HASH) {
        while (this.at < this.#file.length && !isLineEnd(this.#file[this.at])) this.at += 1;
        this.at += 1;
      } else if (!isBlank(byte)) {
        word += String.fromCharCode(byte);
        if (word.length > most) throw new Error(`has a number that is too long: ${word}`);
        if (most === 1) return word;
      } else if (word !== "") return word;
    }
    return word;
  }

  number(what: string): number {
    const word = this.next();
    if (!/^\d+$/.test(word)) throw new Error(`expected ${what}, got ${JSON.stringify(word)}`);
    return Number(word);
  }
}

/** The header before the pixels. */
interface PnmHeader {
  readonly kind: Kind;
  readonly width: number;
  readonly height: number;
  /** Greatest value of a channel; of PFM the scale, below 0 for little-endian numbers. */
  readonly most: number;
  /** Where pixels begin. */
  readonly start: number;
}

function readHeader(file: Uint8Array): PnmHeader {
  const kind = String.fromCharCode(...file.subarray(0, 2)) as Kind;
  const words = new Words(file, 3);
  const [width, height] = [words.number("a width"), words.number("a height")];
  if (kind === "P1" || kind === "P4") return { kind, width, height, most: 1, start: words.at };
  const most = kind === "Pf" ? Number(words.next()) : words.number("a greatest value");
  const isRight = kind === "Pf" ? Number.isFinite(most) && most !== 0 : most > 0 && most < 65536;
  if (!isRight) throw new Error(`expected a greatest value from 1 to 65535, got ${most}`);
  return { kind, width, height, most, start: words.at };
}

/** Size of an image, from its header alone. */
export function pnmSize(file: Uint8Array): { width: number; height: number } {
  const { width, height } = readHeader(file);
  return { width, height };
}

/**
 * A channel's value in a byte. Grey of more than eight bits is brought to 16 and cut off at 255, as Pillow does with its
 * mode I.
 */
function scaled(value: number, { kind, most }: PnmHeader): number {
  const isGrey = kind === "P2" || kind === "P5";
  const outMost = isGrey && most > 255 ? 65535 : 255;
  return Math.min(255, roundHalfEven((value / most) * outMost));
}

/** `[height × width × channels]` values as they are in the file. */
function binaryValues(
  file: Uint8Array,
  { width, height, most, start }: PnmHeader,
  channels: number,
): (i: number) => number {
  const bytes = most > 255 ? 2 : 1;
  if (start + width * height * channels * bytes > file.length) throw new Error("is truncated");
  return bytes === 1
    ? (i) => file[start + i]!
    : (i) => (file[start + 2 * i]! << 8) | file[start + 2 * i + 1]!;
}

function plainValues(file: Uint8Array, { kind, most, start }: PnmHeader): () => number {
  const words = new Words(file, start);
  return () => {
    const word = words.next(kind === "P1" ? 1 : MAX_DIGITS);
    if (word === "") throw new Error("is truncated");
    if (!/^\d+$/.test(word)) throw new Error(`expected a number, got ${JSON.stringify(word)}`);
    const value = Number(word);
    if (value > most) throw new Error(`expected values up to ${most}, got ${value}`);
    return value;
  };
}

function bits(file: Uint8Array, { width, height, start }: PnmHeader): (i: number) => number {
  const stride = Math.ceil(width / 8);
  if (start + stride * height > file.length) throw new Error("is truncated");
  return (i) => {
    const x = i % width;
    return (file[start + Math.floor(i / width) * stride + (x >> 3)]! >> (7 - (x & 7))) & 1;
  };
}

/** Floats from the last row to the first, cut off at 0 and 255. */
function floats(file: Uint8Array, { width, height, most, start }: PnmHeader): (i: number) => number {
  if (start + 4 * width * height > file.length) throw new Error("is truncated");
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  return (i) => {
    const row = height - 1 - Math.floor(i / width);
    const value = view.getFloat32(start + 4 * (row * width + (i % width)), most < 0);
    return value > 0 ? Math.floor(Math.min(255, value)) : 0;
  };
}

/**
 * Decodes a PBM, PGM, PPM or PFM file.
 *
 * @throws Error in words when it is cut off, or has a value beyond its greatest
 */
export function decodePnm(file: Uint8Array): RgbImage {
  const header = readHeader(file);
  const { kind, width, height } = header;
  const channels = kind === "P3" || kind === "P6" ? 3 : 1;
  const data = new Uint8Array(width * height * 3);
  const isPlain = kind === "P1" || kind === "P2" || kind === "P3";
  const values = isPlain
    ? plainValues(file, header)
    : kind === "P4"
      ? bits(file, header)
      : kind === "Pf"
        ? floats(file, header)
        : binaryValues(file, header, channels);
  for (let i = 0; i < width * height * channels; i++) {
    const value = values(i);
    const light =
      kind === "P1" || kind === "P4" ? 255 * (1 - value) : kind === "Pf" ? value : scaled(value, header);
    if (channels === 3) data[i] = light;
    else data.fill(light, 3 * i, 3 * i + 3);
  }
  return { width, height, data };
}
