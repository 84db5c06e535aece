/**
 * @module
 * Removing a file that may not be there.
 */
import { rmSync } from "node:fs";
import { RunError } from "../errors/index.ts";

/**
 * Removes a file; none is no fault.
 *
 * @throws RunError when something else is in its place, or it cannot be removed
 */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (cause) {
    throw new RunError(`${path}: expected a file that can be removed: ${(cause as Error).message}`, {
      cause,
    });
  }
}
