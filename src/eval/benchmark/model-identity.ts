/**
 * @module
 * Identifies the weights of a model directory.
 */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { ModelError } from "../../errors/index.ts";

const SAMPLES = 64;
const SAMPLE_BYTES = 16 * 2 ** 10;
const DIGITS = 16;

/** Size, and evenly spaced samples from the first byte to the last: enough to distinguish trained weights. */
function addSamples(hash: ReturnType<typeof createHash>, path: string): void {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    hash.update(`${size}\n`);
    const piece = Buffer.alloc(Math.min(SAMPLE_BYTES, size));
    const last = size - piece.length;
    for (let i = 0; i < SAMPLES; i++) {
      const read = readSync(file, piece, 0, piece.length, Math.round((last * i) / (SAMPLES - 1)));
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

/**
 * A short hash of a model directory, of large files by samples of them.
 *
 * @throws ModelError when there are none
 */
export function weightsHash(directory: string): string {
  const hash = createHash("sha256");
  let files: string[];
  try {
    files = readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [] : [entry.name],
    );
    for (const name of files.sort()) {
      hash.update(`${name}\n`);
      addSamples(hash, join(directory, name));
    }
  } catch (cause) {
    throw new ModelError(`${directory}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (files.length === 0) throw new ModelError(`${directory}: expected the files of a model, got none`);
  return hash.digest("hex").slice(0, DIGITS);
}
