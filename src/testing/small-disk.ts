/**
 * @module
 * A disk that fills. In a test file:
 *
 *     vi.mock("node:fs", async (original) => (await import("../testing/small-disk.ts")).onSmallDisk(await original()));
 */
import type fs from "node:fs";

/**
 * Bytes that the disk still takes, the last of them as a short write; files that it still lets be copied; and the code with
 * which it refuses to write at all.
 */
export const disk: { free: number; copies: number; refusal: string | undefined } = {
  free: 0,
  copies: 0,
  refusal: undefined,
};

/** Makes room for everything. */
export function emptyDisk(): void {
  disk.free = Number.POSITIVE_INFINITY;
  disk.copies = Number.POSITIVE_INFINITY;
  disk.refusal = undefined;
}

emptyDisk();

function full(): Error {
  return Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
}

/** `node:fs` with a `writeSync` and a `copyFileSync` that fail once the disk is full. */
export function onSmallDisk(original: typeof fs): object {
  const writeSync = (file: number, bytes: Uint8Array, at: number, length: number) => {
    if (disk.refusal !== undefined)
      throw Object.assign(new Error(`${disk.refusal}: refused, write`), { code: disk.refusal });
    if (disk.free === 0) throw full();
    const written = original.writeSync(file, bytes, at, Math.min(length, disk.free));
    disk.free -= written;
    return written;
  };
  const copyFileSync = (from: string, to: string) => {
    if (disk.copies-- <= 0) throw full();
    original.copyFileSync(from, to);
  };
  return { ...original, default: original, writeSync, copyFileSync };
}
