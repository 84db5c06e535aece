/**
 * @module
 * Words on lines that are left out.
 */

/** Lines of a run's metrics that cannot be read, in words. */
export function unreadableText(lines: number): string {
  return lines === 1
    ? "1 line of metrics cannot be read and is left out."
    : `${lines} lines of metrics cannot be read and are left out.`;
}
