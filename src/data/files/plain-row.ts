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
/** Shortest lines of base64 in lines; programs write 64 or 76 letters. */
const MIN_LINE = 57;
/** Bytes in a text of a list or dict: a data URI, base64, or the first bytes of an image as Python writes them. */
const WITHIN = /['"](?:data:[a-z]+\/[^,'"\s]{1,80},|[A-Za-z0-9+/_-]{400}|\\x89PNG|\\xff\\xd8\\xff|GIF8|RIFF)/;
/** Letters of a list or dict among which bytes are looked for. */
const MAX_BEFORE = 4096;

/** Whether a text begins with base64, in one line or in lines. */
function isBase64(text: string): boolean {
  const [first = "", ...rest] = text.slice(0, MAX_ENCODED).split(/\r?\n/);
  return [first, ...rest].every((line) => ENCODED.test(line) || line === "") && first.length >= MIN_LINE;
}

/** Whether a text is the bytes of an image or a video, or a list or dict with such bytes as Python or JSON writes it. */
function isEncoded(written: string): boolean {
  if (written.length <= MAX_ENCODED) return false;
  const text = written.trimStart();
  if (DATA_URI.test(text) || isBase64(text)) return true;
  return /^(?:[[({]|b['"])/.test(text) && WITHIN.test(text.slice(0, MAX_BEFORE));
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
 * are bytes or a list of them, are left out.
 */
export function plainRow(row: Row): Record<string, unknown> {
  const cells = Object.entries(row).map(([name, value]) => [name, plain(value)] as const);
  return Object.fromEntries(cells.filter(([, value]) => value !== undefined));
}
