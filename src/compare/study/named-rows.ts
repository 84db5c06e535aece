/**
 * @module
 * The rows of a grid that a command names.
 */
import { ConfigError } from "../../errors/index.ts";

/** Name of a row: its values on all axes. */
export const rowName = (labels: Readonly<Record<string, string>>): string => Object.values(labels).join(", ");

/**
 * Reads names of rows, separated by commas as the values in a name are; of several readings the one with the longest names.
 *
 * @throws ConfigError at a name that no row has
 */
export function namedRows(text: string, rows: Iterable<string>): ReadonlySet<string> {
  const known = new Set(rows);
  const words = text.split(",").map((word) => word.trim());
  const named = new Set<string>();
  for (let from = 0; from < words.length; ) {
    let to = words.length;
    while (to > from && !known.has(words.slice(from, to).join(", "))) to--;
    if (to === from) {
      throw new ConfigError(
        `--rows: expected names of ${[...known].map((name) => `"${name}"`).join(", ")}, got "${words.slice(from).join(", ")}"`,
      );
    }
    named.add(words.slice(from, to).join(", "));
    from = to;
  }
  return named;
}
