/**
 * @module
 * Names of what is often found in the place of an image, for errors.
 */

const STARTS: readonly (readonly [start: RegExp, name: string])[] = [
  [/^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg/i, "SVG"],
  [/^\s*<(?:!doctype html|html)/i, "a page of HTML"],
  [/^.{4}ftyp(?:hei|hev|mif1|msf1)/s, "HEIC"],
  [/^%PDF/, "PDF"],
  [/^\xff\x0a|^\0\0\0\x0cJXL /, "JPEG XL"],
  [/^\0\0\0\x0cjP {2}|^\xff\x4f\xff\x51/, "JPEG 2000"],
  [/^\0\0\x01\0/, "an icon"],
  [/^8BPS/, "a Photoshop file"],
  [/^.{4}ftyp/s, "a video"],
  [/^\x1f\x8b/, "a file compressed by gzip"],
  [/^PK\x03\x04/, "a zip archive"],
  [/^\x93NUMPY/, "a NumPy array"],
];

/** A file's content that is no image in words, by its first bytes. */
export function otherContent(file: Uint8Array): string {
  const head = Buffer.from(file.subarray(0, 1024)).toString("latin1");
  const name = STARTS.find(([start]) => start.test(head))?.[1];
  return name === undefined ? "another format" : `another format (${name})`;
}
