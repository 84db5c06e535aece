/**
 * @module
 * The text between two tags of a completion.
 */

/**
 * The text within the first `<tag>…</tag>`, trimmed; null without a whole pair.
 *
 * @example
 * taggedText("<info> a 7 </info>", "info"); // "a 7"
 */
export function taggedText(text: string, tag: string): string | null {
  const start = text.indexOf(`<${tag}>`);
  if (start < 0) return null;
  const from = start + tag.length + 2;
  const end = text.indexOf(`</${tag}>`, from);
  return end < 0 ? null : text.slice(from, end).trim();
}
