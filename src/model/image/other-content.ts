/**
 * @module
 * Names of what is often found in the place of an image, for errors.
 */

const SVG = /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg/i;
const HTML = /^\s*<(?:!doctype html|html)/i;

/** Bytes at a place, and what files with them are; the first that fits counts. */
const MARKS: readonly (readonly [at: number, mark: string, name: string])[] = [
  ...["heic", "heix", "heim", "heis", "hevc", "mif1", "msf1"].map(
    (brand) => [4, `ftyp${brand}`, "HEIC"] as const,
  ),
  [0, "%PDF", "PDF"],
  [0, "\xff\x0a", "JPEG XL"],
  [4, "JXL ", "JPEG XL"],
  [4, "jP  ", "JPEG 2000"],
  [0, "\xff\x4f\xff\x51", "JPEG 2000"],
  [0, "\0\0\x01\0", "an icon"],
  [0, "8BPS", "a Photoshop file"],
  [4, "ftyp", "a video"],
  [0, "\x1f\x8b", "a file compressed by gzip"],
  [0, "PK\x03\x04", "a zip archive"],
  [0, "\x93NUMPY", "a NumPy array"],
];

/** A file's content that is no image in words, by its first bytes. */
export function otherContent(file: Uint8Array): string {
  const head = Buffer.from(file.subarray(0, 1024)).toString("latin1");
  if (SVG.test(head)) return "another format (SVG)";
  if (HTML.test(head)) return "another format (a page of HTML)";
  const name = MARKS.find(([at, mark]) => head.startsWith(mark, at))?.[2];
  return name === undefined ? "another format" : `another format (${name})`;
}
