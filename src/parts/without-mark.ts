/**
 * @module
 * Byte order marks, with which programs on Windows begin files in UTF-8.
 */

/** A file's text without its byte order mark. */
export function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
