/**
 * @module
 * Answers in words.
 */

/** Commands of text and marks of emphasis, which hide words. */
const MARKUP =
  /\\(?:text(?:bf|it|rm|normal|sf|tt)?|mathrm|mathbf|mathit|mbox|operatorname|boxed)\s?(?=\{)|[{}$`]|\*\*|__/g;

/** The text without the commands and braces around words. */
export function withoutMarkup(text: string): string {
  if (!/[\\{}$`*_~]|\s\s|[^\S ]/.test(text)) return text.trim();
  return text
    .replaceAll(MARKUP, "")
    .replaceAll(/\\[,;:! ]|[\s~]+/g, " ")
    .trim();
}

/**
 * Words in one spelling: lower case, single spaces, no articles, and, where there are no digits whose signs could
 * change, no punctuation and no hyphens. Undefined where there is no word of two letters.
 */
function wordsOf(text: string): string | undefined {
  const plain = withoutMarkup(text).toLowerCase();
  if (!/\p{L}{2}/u.test(plain) || plain === "nan") return undefined;
  const bare = /[\d\\^=<>+]/.test(plain)
    ? plain.replace(/[.!。]+$/, "")
    : plain.replaceAll(/(?<=\p{L})[-‐–](?=\p{L})/gu, "").replaceAll(/[.,;:!?"“”'’。，、；：！？]/gu, " ");
  const words = bare.split(/\s+/).filter(Boolean);
  const content = words.filter((word) => !/^(?:a|an|the)$/.test(word));
  return (content.length > 0 ? content : words).join(" ");
}

/** "CT (computed tomography)": an acronym with the words that it stands for; undefined for everything else. */
function acronymOf(text: string): string | undefined {
  const [, acronym = "", meaning = ""] = /^([A-Z]{2,8}) ?\(([^()]{3,200})\)$/.exec(withoutMarkup(text)) ?? [];
  const initials = meaning
    .split(/[\s-]+/)
    .map((word) => word[0] ?? "")
    .join("");
  return acronym !== "" && initials.toUpperCase() === acronym ? acronym.toLowerCase() : undefined;
}

/** Whether two answers are the same words, up to case, articles, punctuation and markup. */
export function sameWords(a: string, b: string): boolean {
  const [x, y] = [wordsOf(a), wordsOf(b)];
  if (x === undefined || y === undefined) return false;
  if (x === y) return true;
  // "x-ray" is "xray" above; "new york" is "newyork" nowhere.
  const [p, q] = [acronymOf(a), acronymOf(b)];
  return p === y || q === x || (p !== undefined && p === q);
}
