/**
 * @module
 * The place of a GIF's first frame on its canvas, and the colour that Pillow gives to holes: to transparent pixels of
 * the frame and to pixels that it does not cover.
 */

/** The first frame's place, in pixels, and the colour of holes. */
export interface GifFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Whether holes are transparent rather than of a colour. */
  readonly transparent: boolean;
  /** Red, green, blue. */
  readonly fill: readonly [number, number, number];
}

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;

/**
 * Reads the blocks before the first frame's pixels. `fill` is the palette entry that the frame calls transparent,
 * else the palette's first: Pillow's `convert("RGB")` drops transparency, so that entry's colour shows.
 */
export function firstGifFrame(file: Uint8Array): GifFrame {
  const byte = (at: number) => file[at] ?? 0;
  const word = (at: number) => byte(at) + 256 * byte(at + 1);
  const paletteLength = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + paletteLength(byte(10));
  let index = 0;
  let transparent = false;
  while (at < file.length && byte(at) === EXTENSION) {
    if (byte(at + 1) === GRAPHIC_CONTROL) {
      transparent = (byte(at + 3) & 1) === 1;
      index = transparent ? byte(at + 6) : 0;
    }
    at += 2;
    while (at < file.length && byte(at) !== 0) at += 1 + byte(at);
    at++;
  }
  const local = paletteLength(byte(at + 9)) > 0;
  const entry = (local ? at + 10 : 13) + 3 * index;
  return {
    left: word(at + 1),
    top: word(at + 3),
    width: word(at + 5),
    height: word(at + 7),
    transparent,
    fill: [byte(entry), byte(entry + 1), byte(entry + 2)],
  };
}
