/**
 * @module
 * Names of files and directories that sort as numbers.
 */

/** The number with at least six digits. */
export function numbered(count: number): string {
  return String(count).padStart(6, "0");
}
