/**
 * @module
 * Reads a run's files without trusting them: a field of another type counts as missing.
 */
import { dottedValues } from "../../parts/index.ts";

/** A JSON object of any content. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object that a line holds; undefined when it is not JSON or not an object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function textOf(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

/** The texts of an array. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The numbers among an object's values. */
export function numbersOf(value: unknown): Record<string, number> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => numberOf(entry[1]) !== null),
  );
}

/** An array of so many numbers; null otherwise. */
export function numberArray(value: unknown, length: number): number[] | null {
  const isRight =
    Array.isArray(value) && value.length === length && value.every((item) => typeof item === "number");
  return isRight ? (value as number[]) : null;
}

/** A tree of settings as dotted keys with their values as JSON. */
export function dotted(tree: unknown): Record<string, string> {
  return Object.fromEntries(dottedValues(tree).map(([key, value]) => [key, JSON.stringify(value) ?? ""]));
}
