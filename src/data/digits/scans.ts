/**
 * @module
 * The handwritten digit scans that the digits task is made of: UCI "Optical Recognition of Handwritten Digits",
 * Alpaydin and Kaynak 1998, CC BY 4.0. The file's format is in `assets/digits/README.md`.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DataError } from "../../errors/index.ts";
import { packageFile } from "../../package/index.ts";
import { FULL_INK, type Glyphs } from "./glyphs.ts";

/** Width and height of a scan in pixels. */
const SCAN_SIDE = 8;

const PIXELS = SCAN_SIDE * SCAN_SIDE;
const RECORD = PIXELS + 1;
const ASSET = packageFile("assets/digits/scans.bin");

/**
 * Parses the packed scans: 65 bytes each, 64 grey levels and the label.
 *
 * @param where names the bytes in errors
 * @throws DataError when the bytes are not a whole number of scans, or a grey level or label is out of range
 */
export function parseScans(bytes: Uint8Array, where: string): Glyphs {
  if (bytes.length === 0 || bytes.length % RECORD !== 0) {
    throw new DataError(
      `${where}: expected a whole number of scans of ${RECORD} bytes, got ${bytes.length} bytes`,
    );
  }
  const count = bytes.length / RECORD;
  const labels = new Uint8Array(count);
  const pixels = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i++) {
    const scan = bytes.subarray(i * RECORD, i * RECORD + PIXELS);
    const label = bytes[i * RECORD + PIXELS]!;
    if (label > 9 || scan.some((grey) => grey > FULL_INK)) {
      throw new DataError(
        `${where}: expected grey levels 0 to ${FULL_INK} and a label 0 to 9 in scan ${i}, got label ${label} ` +
          `and greatest level ${Math.max(...scan)}`,
      );
    }
    labels[i] = label;
    pixels.set(scan, i * PIXELS);
  }
  return { side: SCAN_SIDE, count, labels, pixels, sha256: createHash("sha256").update(bytes).digest("hex") };
}

let loaded: Glyphs | undefined;

/**
 * The 1,797 scans that come with the package, read once.
 *
 * @throws DataError when the asset is missing or broken
 */
export function digitScans(): Glyphs {
  if (loaded === undefined) {
    const path = fileURLToPath(ASSET);
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (cause) {
      throw new DataError(`${path}: the digit scans that come with the package cannot be read`, { cause });
    }
    loaded = parseScans(bytes, path);
  }
  return loaded;
}
