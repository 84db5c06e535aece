/**
 * @module
 * One row as JSON text.
 */
import { DataError } from "../../errors/index.ts";
import type { Row } from "./table.ts";

/** Numbers that Python writes and JavaScript does not read, or reads as another number. */
const TOKENS = /(?<![\d.])-?\d{16,}(?![\d.eE])|\bNaN\b|-?\bInfinity\b/g;
/** Key of the struct that represents a whole number beyond 2⁵³. */
const INTEGER_KEY = "\u0000integer";
/** Whether a text may have such tokens. */
const MAY_HAVE = /\d{16}|NaN|Infinity/;

function token(text: string): string {
  if (text === "NaN") return "null";
  // A number too large for a double is read as an infinity.
  if (text.endsWith("Infinity")) return text.replace("Infinity", "1e999");
  return Number.isSafeInteger(Number(text)) ? text : `{${JSON.stringify(INTEGER_KEY)}:"${text}"}`;
}

/** Where the string that begins at a quote ends. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** The text with its tokens rewritten; strings are passed over, however long. */
function rewritten(text: string): string {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const outside = quote < 0 ? text.length : quote;
    pieces.push(text.slice(at, outside).replaceAll(TOKENS, token));
    at = quote < 0 ? text.length : stringEnd(text, quote);
    pieces.push(text.slice(outside, at));
  }
  return pieces.join("");
}

/** Whole numbers beyond 2⁵³ as they are in the text, which a double would round. */
function revive(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(INTEGER_KEY in value)) return value;
  const digits = value[INTEGER_KEY];
  return typeof digits === "string" && /^-?\d+$/.test(digits) ? BigInt(digits) : value;
}

function parse(text: string): unknown {
  return MAY_HAVE.test(text) ? JSON.parse(rewritten(text), revive) : JSON.parse(text);
}

/**
 * The object that a row's text is. As Python's `json` has it, NaN is read (and missing), infinities are, and whole
 * numbers are exact; of a key that occurs twice the last value counts.
 *
 * @param place names the row in errors
 * @throws DataError when it is not JSON, or not an object
 */
export function jsonRow(text: string, place: string): Row {
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new DataError(`${place}: is no JSON: ${(cause as Error).message.slice(0, 200)}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const got = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
    throw new DataError(`${place}: expected a JSON object, got ${got}`);
  }
  return value as Row;
}
