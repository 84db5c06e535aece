/**
 * @module
 * A row as `Problem.columns` holds it: every column, as values that JSON has, without the bytes of images and videos.
 */
import { isStruct } from "./rows/cells.ts";
import type { Row } from "./table.ts";

/** Longest text that is kept where it is an image or a video in base64. */
const MAX_ENCODED = 512;
const DATA_URI = /^data:(?:[a-z]+\/[a-z0-9.+-]+)?[;,]/i;
const ENCODED = /^[A-Za-z0-9+/_=-]+$/;

/** Whether a text is the bytes of an image or a video. */
function isEncoded(text: string): boolean {
  if (text.length <= MAX_ENCODED) return false;
  return DATA_URI.test(text) || ENCODED.test(text.slice(0, MAX_ENCODED));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "string") return isEncoded(value) ? undefined : value;
  if (value instanceof Uint8Array) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(plain).filter((item) => item !== undefined);
  return isStruct(value) ? plainRow(value) : value;
}

/**
 * The cells of a row: whole numbers beyond 2⁵³ as text, NaN and infinities as null, times as ISO 8601. Bytes, and texts that
 * are bytes in base64, are left out.
 */
export function plainRow(row: Row): Record<string, unknown> {
  const cells = Object.entries(row).map(([name, value]) => [name, plain(value)] as const);
  return Object.fromEntries(cells.filter(([, value]) => value !== undefined));
}
