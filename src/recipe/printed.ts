/**
 * @module
 * Printed cells by column, as numbers and as words.
 */
import { ConfigError } from "../errors/index.ts";
import type { PrintedValue, RecipeRow, RunsRecipe } from "./schema.ts";

/** A number that no text at hand has. */
export const ABSENT = "absent";

/**
 * The printed cell of each column.
 *
 * @throws ConfigError when there are more or fewer cells than columns, or a column does not belong to the recipe
 */
export function printedByColumn(
  recipe: Pick<RunsRecipe, "columns">,
  row: RecipeRow,
): Map<string, PrintedValue> {
  const names = recipe.columns.map(({ name }) => name);
  const { printed } = row;
  if (Array.isArray(printed)) {
    if (printed.length === names.length) return new Map(names.map((name, c) => [name, printed[c]!]));
    throw new ConfigError(
      `row "${row.name}": expected ${names.length} printed cells, one for each column, got ${printed.length}`,
    );
  }
  const odd = Object.keys(printed).find((name) => !names.includes(name));
  if (odd !== undefined) {
    throw new ConfigError(`row "${row.name}": printed: expected columns ${names.join(", ")}, got "${odd}"`);
  }
  return new Map(names.map((name) => [name, Object.hasOwn(printed, name) ? printed[name]! : ABSENT]));
}

/** A printed cell as a number; undefined if it is not a number. */
export function printedNumber(value: PrintedValue | undefined): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "object" && value !== null ? value.value : undefined;
}

/** A printed cell in words. */
export function printedWords(value: PrintedValue | undefined): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "object") return `${value.value} ± ${value.spread}`;
  return String(value);
}
