/**
 * @module
 * The memory of a run of the vision tower, which grows with the square of an image's patches.
 */
import { EngineError } from "../../../errors/index.ts";
import { formatBytes } from "../memory/bytes.ts";

/** A pass over an image of one grid. */
export interface VisionRun {
  /** The grid, `rows x columns`. */
  readonly key: string;
  /** Bytes that it takes. */
  readonly bytes: number;
  /** In words. */
  readonly what: string;
}

/**
 * Fails where an image is too large for the memory that is free.
 *
 * @param room bytes that the run may take
 * @throws EngineError with the numbers
 */
export function requireVisionRoom(room: number, { key, bytes, what }: VisionRun): void {
  if (bytes <= room) return;
  throw new EngineError(
    `memory: expected at least ${formatBytes(bytes)} free for ${what} over an image of ${key} patches, got ` +
      `${formatBytes(room)}: lower data.maxPixels, or allow more by engine.memory`,
  );
}
