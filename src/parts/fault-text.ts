/**
 * @module
 * A fault that zod finds, as one line: the expected value and the value given.
 */
import type * as z from "zod";
import { shownValue } from "./shown-value.ts";

/** The expected value; of a union what any of its members expects. */
export function expectedText(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const members = issue.errors.flatMap(([first]) => (first === undefined ? [] : [expectedText(first)]));
    const texts = [...new Set(members.map((text) => text.replace(/^expected /, "")))];
    if (texts.length > 0) return `expected ${texts.join(" or ")}`;
  }
  return issue.message
    .replace(/^Invalid (?:input|option): /, "")
    .replace(/, received .*$/, "")
    .replaceAll('"|"', '", "');
}

/** The value at a path within the input; undefined where there is none. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[step],
    input,
  );
}

/**
 * "expected one of "k1", "k2", got "k9"".
 *
 * @param input the value that was parsed
 */
export function faultText(issue: z.core.$ZodIssue, input: unknown): string {
  const expected = expectedText(issue);
  if (/\bgot /.test(expected)) return expected;
  return `${expected}, got ${shownValue(valueAt(input, issue.path))}`;
}
