/**
 * @module
 * A note that a list has the newest only.
 */

/** Says how many older things a list lacks, and how to see them; nothing where it has all. */
export function Older({
  count,
  what,
  how,
}: {
  readonly count: number;
  readonly what: string;
  readonly how: string;
}) {
  if (count === 0) return null;
  return (
    <p class="small soft">
      {count} older {what} are not listed: {how}, or start the viewer with fewer directories.
    </p>
  );
}
