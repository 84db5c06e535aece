/**
 * @module
 * The tags `<answer …>` of a text, as VLMEvalKit's patterns for spatial benchmarks find them.
 */

const OPENS = /<\s*answer\b/gi;

/**
 * The first reading of what follows a tag. Each ">" is looked at once, so that tags without an end take linear time.
 *
 * @param read reads the text from a place; undefined if there is nothing
 */
export function inOpenedTags<T>(text: string, read: (from: number) => T | undefined): T | undefined {
  let end = -1;
  for (const { index } of text.matchAll(OPENS)) {
    if (index < end) continue;
    end = text.indexOf(">", index);
    if (end < 0) return undefined;
    const found = read(end + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
