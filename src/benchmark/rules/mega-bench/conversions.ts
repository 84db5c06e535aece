/**
 * @module
 * Answers as MEGA-Bench's metrics take them: sets, lists and dicts out of texts.
 */

import { pythonLiteral } from "../../python/read.ts";
import {
  distinct,
  identity,
  isDict,
  isHashable,
  isSequence,
  type PythonItems,
  type PythonValue,
} from "../../python/value.ts";
import { stripped } from "../python.ts";
import { jsonInText } from "./json-in-text.ts";

/** An answer that a metric cannot take, for which it scores 0. */
export class UnusableAnswer extends Error {}

/** A text. @throws UnusableAnswer for another value */
export function requireText(value: PythonValue): string {
  if (typeof value !== "string") throw new UnusableAnswer("is no text");
  return value;
}

/** Whether a value is a number; Python's booleans are. */
export function isNumber(value: PythonValue | undefined): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

/** A number. @throws UnusableAnswer for another value */
export function requireNumber(value: PythonValue | undefined): number {
  if (!isNumber(value)) throw new UnusableAnswer("is no number");
  return Number(value);
}

/** The number that a text is as Python writes it. @throws UnusableAnswer where it is not a number */
export function numberIn(value: PythonValue): number {
  return requireNumber(pythonLiteral(requireText(value)));
}

/** Values of a list or set; "None" is neither, and equal to no list. */
type Entries = readonly PythonValue[] | "None";

const CLOSE: Readonly<Record<string, string>> = { "(": ")", "{": "}", "[": "]" };

function entriesIn(value: PythonValue): readonly PythonValue[] {
  if (typeof value === "string") return Array.from(value);
  if (typeof value !== "object" || value === null) return [value];
  return value.type === "dict" ? value.entries.map(([key]) => key) : value.items;
}

/** The list that a text is, in Python's notation or parted by commas; none for anything but a text. */
export function listIn(value: PythonValue): Entries {
  const text = typeof value === "string" ? stripped(value, " ") : "";
  if (text === "") return [];
  const close = CLOSE[text[0]!];
  if (close !== undefined && !text.endsWith(close)) return [];
  const literal = pythonLiteral(text);
  if (literal === null) return "None";
  if (literal !== undefined) return entriesIn(literal);
  const inner = close === undefined ? text : text.slice(1, -1);
  return inner.split(",").map((entry) => entry.trim());
}

/** Entries, of "None" none. */
export function itemsOf(entries: Entries): readonly PythonValue[] {
  return entries === "None" ? [] : entries;
}

/** The set that a text is: none where an entry is itself a list. */
export function setIn(value: PythonValue): Entries {
  const entries = listIn(value);
  if (entries === "None") return entries;
  return entries.every(isHashable) ? distinct(entries) : [];
}

/** A value with tuples in place of lists, and pairs in place of dicts. */
function frozen(value: PythonValue): PythonValue {
  if (isSequence(value)) return { type: "tuple", items: value.items.map(frozen) };
  if (!isDict(value)) return value;
  const items = value.entries.map(([key, of]): PythonItems => ({ type: "tuple", items: [key, frozen(of)] }));
  return { type: "set", items };
}

/** The set that a value is, or that is in it as a text. */
export function setOf(value: PythonValue): Entries {
  const plain = frozen(value);
  return typeof plain === "object" && plain !== null ? distinct(entriesIn(plain)) : setIn(plain);
}

/** The dict that a value is, or that is in it as a text; another value as it is. */
export function dictOf(value: PythonValue): PythonValue {
  if (isDict(value)) return { type: "dict", entries: value.entries.map(([key, of]) => [key, dictOf(of)]) };
  if (typeof value !== "string") return value;
  const found = jsonInText(value);
  const isEmpty = (isDict(found) ? found.entries : isSequence(found) ? found.items : [found]).length === 0;
  return isEmpty ? value : found;
}

/** Whether two lists, or two sets, have the same entries; in the same order unless they are sets. */
export function isSame(a: Entries, b: Entries, type: "list" | "set"): boolean {
  if (a === "None" || b === "None") return a === b;
  return identity({ type, items: a }) === identity({ type, items: b });
}
