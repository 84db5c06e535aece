/**
 * @module
 * Answers in words.
 */

/** Commands of text and marks of emphasis, which hide words. */
const MARKUP =
  /\\(?:text(?:bf|it|rm|normal|sf|tt)?|mathrm|mathbf|mathit|mbox|operatorname|boxed|underline)\s?(?=\{)|[{}$`]|\*\*|__/g;

/** The text without the commands and braces around words. */
export function withoutMarkup(text: string): string {
  if (!/[\\{}$`*_~]|\s\s|[^\S ]/.test(text)) return text.trim();
  return text
    .replaceAll(MARKUP, "")
    .replaceAll(/\\[,;:! ]|[\s~]+/g, " ")
    .trim();
}

/** An answer in words. */
export interface Words {
  /** Its words in one spelling; undefined without a word of two letters. */
  readonly spelling: string | undefined;
  /** The spelling without spaces, where hyphens join words that others write apart: "ice-cream", "ice cream". */
  readonly hyphenated: string | undefined;
  /** "ct" of "CT (computed tomography)"; undefined unless it is an acronym with its words. */
  readonly acronym: string | undefined;
}

/**
 * Words in one spelling: lower case, single spaces, no articles, and, where there are no digits whose signs could
 * change, no punctuation and no hyphens.
 */
function spellingOf(text: string): string | undefined {
  const plain = (/[^ -~]/.test(text) ? text.normalize("NFC") : text).toLowerCase();
  if (!/\p{L}{2}|\p{L}\.\p{L}|^n\/a$/u.test(plain) || plain === "nan") return undefined;
  const bare = /[\d\\^=<>+]/.test(plain)
    ? plain.replace(/[.!。]+$/, "")
    : (plain.includes(".") ? plain.replaceAll(INITIALS, withoutPoints) : plain)
        .replaceAll(HYPHEN, "")
        .replaceAll(/[.,;:!?"“”'’。，、；：！？]/gu, " ");
  const words = bare.split(/\s+/).filter(Boolean);
  const content = words.filter((word) => !/^(?:a|an|the)$/.test(word));
  return (content.length > 0 ? content : words).join(" ");
}

const HYPHEN = /(?<=\p{L})[-‐–](?=\p{L})/gu;
/** "U.S.A." */
const INITIALS = /(?<!\p{L})\p{L}(?:\.\p{L})+\.?(?!\p{L})/gu;

function withoutPoints(text: string): string {
  return text.replaceAll(".", "");
}

/** The acronym of an answer that consists of an acronym and its words. */
function acronymOf(text: string): string | undefined {
  const [, acronym = "", meaning = ""] = /^([A-Z]{2,8}) ?\(([^()]{3,200})\)$/.exec(text) ?? [];
  const initials = meaning
    .split(/[\s-]+/)
    .map((word) => word[0] ?? "")
    .join("");
  return acronym !== "" && initials.toUpperCase() === acronym ? acronym.toLowerCase() : undefined;
}

/** The words of an answer. */
export function wordsOf(answer: string): Words {
  const text = withoutMarkup(answer);
  const spelling = spellingOf(text);
  const hyphenated =
    /[-‐–]/.test(text) && /\p{L}[-‐–]\p{L}/u.test(text) ? spelling?.replaceAll(" ", "") : undefined;
  return { spelling, hyphenated, acronym: acronymOf(text) };
}

/** Whether two answers are the same words, up to case, articles, punctuation and markup. */
export function sameWords(a: Words, b: Words): boolean {
  if (a.spelling === undefined || b.spelling === undefined) return false;
  if (a.spelling === b.spelling) return true;
  if (a.hyphenated !== undefined && a.hyphenated === b.spelling.replaceAll(" ", "")) return true;
  if (b.hyphenated !== undefined && b.hyphenated === a.spelling.replaceAll(" ", "")) return true;
  return (
    a.acronym === b.spelling ||
    b.acronym === a.spelling ||
    (a.acronym !== undefined && a.acronym === b.acronym)
  );
}
