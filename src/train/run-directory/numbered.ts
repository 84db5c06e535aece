/**
 * @module
 * Names of files and directories that sort as numbers.
 */

/** Six digits at least. */
export function numbered(count: number): string {
  return String(count).padStart(6, "0");
}
