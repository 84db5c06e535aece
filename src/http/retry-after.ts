/**
 * @module
 * The wait that a server asks for.
 */

/**
 * Milliseconds that a Retry-After header asks for: seconds, or a date.
 *
 * @param now milliseconds since 1970
 * @returns undefined where there is no header, or it is neither
 */
export function askedWait(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
