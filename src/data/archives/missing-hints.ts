/**
 * @module
 * Why something that is missing may be missing.
 */
import { unpackHint } from "./archive-name.ts";
import type { PackedPlaces } from "./archives.ts";

/** Most archives that are named. */
const NAMED = 4;

/** Archives that were searched, that could not be searched, and that must be unpacked first: parts of a message. */
export function missingHints({ zips, others, broken }: PackedPlaces): string[] {
  const [other] = others;
  return [
    ...(zips.length > 0 ? [`, nor in ${zips.slice(0, NAMED).join(", ")}`] : []),
    ...(zips.length > NAMED ? [` and ${zips.length - NAMED} archives more`] : []),
    ...broken.slice(0, NAMED).map(({ message }) => `; ${message}`),
    ...(other === undefined ? [] : [`; ${other} lies there packed: ${unpackHint(other)}`]),
  ];
}
