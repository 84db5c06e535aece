/**
 * @module
 * Lists in the cells of tables that Python code has written. Stricter than the reader of data sets: a word without quotes is
 * no entry, so `[sic]` is not a list.
 */
import { pythonLiteral } from "./read.ts";
import type { PythonValue } from "./value.ts";
import { pythonStr } from "./write.ts";

const isPlain = (value: PythonValue) => typeof value !== "object" || value === null;

/**
 * The entries of a list of strings, numbers, True, False and None, each as Python's `str` writes it. Undefined if the
 * text is no such list, such as a list of lists. Brackets around it are no part of it.
 *
 * @example
 * pythonList("['Yes', 12, 1.50]"); // ["Yes", "12", "1.5"]
 * pythonList("[sic]"); // undefined
 */
export function pythonList(text: string): readonly string[] | undefined {
  const value = pythonLiteral(text.trim());
  if (typeof value !== "object" || value === null || value.type !== "list") return undefined;
  return value.items.every(isPlain) ? value.items.map(pythonStr) : undefined;
}
