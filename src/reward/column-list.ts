/**
 * @module
 * Lists in columns of rows, for rewards that need more of a problem than its answers.
 */
import type * as z from "zod";
import { PartError } from "../errors/index.ts";
import { shownValue } from "../parts/index.ts";

/** The value of a cell; a text, as tables of text have it, is read as JSON. */
function listIn(cell: unknown): unknown {
  if (typeof cell !== "string") return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}

/**
 * The list in a cell of a row, or its text in JSON.
 *
 * @param where names the column in errors
 * @param expected the list in words
 * @returns none where the cell is missing or blank
 * @throws PartError when the cell holds anything else
 */
export function columnList<Entry>(
  cell: unknown,
  {
    schema,
    where,
    expected,
  }: { readonly schema: z.ZodType<Entry[]>; readonly where: string; readonly expected: string },
): readonly Entry[] {
  if (cell === undefined || cell === null || (typeof cell === "string" && cell.trim() === "")) return [];
  const parsed = schema.safeParse(listIn(cell));
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new PartError(
    `${where}: expected ${expected}, got ${shownValue(cell)}${at === "" ? "" : `, at fault in ${at}`}`,
  );
}
