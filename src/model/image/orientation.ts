/**
 * @module
 * How an image file says that it is to be turned, and the turning: as Pillow's `ImageOps.exif_transpose`. Its decoders'
 * libraries see fewer of the places where this is said, and take a tag of bytes for a number.
 */
import { EXIF_MARK, type ImageNotes, imageNotes } from "./image-notes.ts";
import type { RgbImage } from "./rgb-image.ts";
import { isTiff, type TiffTag, tiffTags } from "./tiff-directory.ts";

/** Exif's number of an orientation; 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION = 274;
const XMP = 700;
const XMP_ORIENTATION = /tiff:Orientation(?:="|>)([0-9])/;

function asOrientation(value: number | undefined): Orientation {
  return value === 2 || value === 3 || value === 4 || value === 5 || value === 6 || value === 7 || value === 8
    ? value
    : 1;
}

/** Exif data without the marks before it, of which there may be two. */
function unmarked(exif: Uint8Array): Uint8Array {
  let rest = exif;
  for (
    let i = 0;
    i < 2 && Buffer.from(rest.subarray(0, EXIF_MARK.length)).toString("latin1") === EXIF_MARK;
    i++
  )
    rest = rest.subarray(EXIF_MARK.length);
  return rest;
}

/** An Exif tag takes precedence with any value; XMP is read only if there is none. */
function said(tag: TiffTag | undefined, xmp: string | undefined): Orientation {
  if (tag !== undefined) return asOrientation(tag.number);
  const [, digit] = XMP_ORIENTATION.exec(xmp ?? "") ?? [];
  return asOrientation(digit === undefined ? undefined : Number(digit));
}

function tiffOrientation(file: Uint8Array): Orientation {
  const tags = tiffTags(file, [ORIENTATION, XMP]);
  const xmp = tags.get(XMP);
  const isBytes = xmp?.type === 1 || xmp?.type === 7;
  return said(tags.get(ORIENTATION), isBytes ? Buffer.from(xmp.bytes).toString("latin1") : undefined);
}

/** A TIFF file whose orientation is one of Exif's, which libtiff insists on; the same bytes where it is or has none. */
export function withKnownOrientation(file: Uint8Array): Uint8Array {
  const tag = tiffTags(file, [ORIENTATION]).get(ORIENTATION);
  const isKnown = tag?.number === undefined || tag.number === 1 || asOrientation(tag.number) !== 1;
  if (isKnown || tag.type !== 3) return file;
  const copy = Uint8Array.from(file);
  const upright = file[0] === 0x49 ? [1, 0] : [0, 1];
  copy.set(upright, tag.at);
  return copy;
}

/**
 * The orientation that a file states.
 *
 * @param notes what its decoder found, for formats whose containers are not read here
 */
export function imageOrientation(
  file: Uint8Array,
  format: string,
  notes = imageNotes(file, format),
): Orientation {
  if (format === "TIFF") return tiffOrientation(file);
  const { exif, xmp }: ImageNotes = notes;
  const directory = exif && unmarked(exif);
  if (directory === undefined || directory.length === 0) return said(undefined, xmp);
  // Pillow does not come to XMP where Exif data are broken.
  return isTiff(directory) ? said(tiffTags(directory, [ORIENTATION]).get(ORIENTATION), xmp) : 1;
}

/**
 * The index of the upright image's pixel (x, y) among the file's `width` × `height` pixels: offset + x·right +
 * y·down.
 */
function steps(orientation: Orientation, width: number, height: number) {
  const last = width * height - 1;
  switch (orientation) {
    case 1:
      return { offset: 0, right: 1, down: width };
    case 2:
      return { offset: width - 1, right: -1, down: width };
    case 3:
      return { offset: last, right: -1, down: -width };
    case 4:
      return { offset: last - width + 1, right: 1, down: -width };
    case 5:
      return { offset: 0, right: width, down: 1 };
    case 6:
      return { offset: last - width + 1, right: -width, down: 1 };
    case 7:
      return { offset: last, right: -width, down: -1 };
    case 8:
      return { offset: width - 1, right: width, down: -1 };
  }
}

/** The image turned upright; the same one where it is. */
export function upright(image: RgbImage, orientation: Orientation): RgbImage {
  if (orientation === 1) return image;
  const { offset, right, down } = steps(orientation, image.width, image.height);
  const isTurned = orientation >= 5;
  const width = isTurned ? image.height : image.width;
  const height = isTurned ? image.width : image.height;
  const data = new Uint8Array(image.data.length);
  for (let y = 0, to = 0; y < height; y++) {
    let from = 3 * (offset + y * down);
    for (let x = 0; x < width; x++, to += 3, from += 3 * right) {
      data[to] = image.data[from]!;
      data[to + 1] = image.data[from + 1]!;
      data[to + 2] = image.data[from + 2]!;
    }
  }
  return { width, height, data };
}
