/**
 * @module
 * Values of Python as its code writes them into texts: their types, equality and hashing.
 */

/** Several values in brackets; a set's are in the order of the text. */
export interface PythonItems {
  readonly type: "list" | "tuple" | "set";
  readonly items: readonly PythonValue[];
}

/** A dict: of equal keys the last counts. */
export interface PythonDict {
  readonly type: "dict";
  readonly entries: readonly (readonly [key: PythonValue, value: PythonValue])[];
}

/** A Python value: `int` is a bigint, `float` a number, `None` null. */
export type PythonValue = string | number | bigint | boolean | null | PythonItems | PythonDict;

/** A dict of entries, of equal keys the last in the place of the first. */
export function dict(entries: readonly (readonly [PythonValue, PythonValue])[]): PythonDict {
  const kept = new Map<string, readonly [PythonValue, PythonValue]>();
  for (const [key, value] of entries) {
    const known = identity(key);
    kept.set(known, [kept.get(known)?.[0] ?? key, value]);
  }
  return { type: "dict", entries: [...kept.values()] };
}

/** Values without duplicates; the first of equal values stays. */
export function distinct(items: readonly PythonValue[]): PythonValue[] {
  return [...new Map(items.toReversed().map((item) => [identity(item), item])).values()].toReversed();
}

/** Whether a value is a dict. */
export function isDict(value: PythonValue | undefined): value is PythonDict {
  return typeof value === "object" && value !== null && value.type === "dict";
}

/** Whether a value is a list or a tuple. */
export function isSequence(value: PythonValue | undefined): value is PythonItems {
  return typeof value === "object" && value !== null && (value.type === "list" || value.type === "tuple");
}

/** Whether a value can be in a set. */
export function isHashable(value: PythonValue): boolean {
  if (typeof value !== "object" || value === null) return true;
  return value.type === "tuple" && value.items.every(isHashable);
}

/** A text that two values share exactly where Python takes them for equal. */
export function identity(value: PythonValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return String(Object.is(value, -0) ? 0 : value);
  if (typeof value === "bigint")
    return Number.isSafeInteger(Number(value)) ? String(Number(value)) : `${value}n`;
  if (value === null) return "None";
  if (value.type === "dict") {
    const entries = value.entries.map(([key, of]) => `${identity(key)}:${identity(of)}`);
    return `dict{${entries.sort().join()}}`;
  }
  const items = value.items.map(identity);
  return value.type === "set" ? `set{${items.sort().join()}}` : `${value.type}(${items.join()})`;
}

/** The entry of a dict under a text; undefined where there is none. */
export function entryOf({ entries }: PythonDict, name: string): PythonValue | undefined {
  return entries.find(([key]) => key === name)?.[1];
}
