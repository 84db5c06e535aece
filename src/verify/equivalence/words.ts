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
  /** The spelling without spaces, where hyphens or apostrophes join parts of words: "ice-cream", "ice cream". */
  readonly hyphenated: string | undefined;
  /** The spelling of a list without "and": "cat, dog and bird". */
  readonly listed: string | undefined;
  /** "ct" of "CT (computed tomography)"; undefined unless it is an acronym with its words. */
  readonly acronym: string | undefined;
}

/**
 * Words in one spelling: lower case, single spaces, no articles, and, where there are no digits whose signs could
 * change, no punctuation and no hyphens.
 */
function spellingOf(text: string): string | undefined {
  const plain = (/[^ -~]/.test(text) ? text.normalize("NFC") : text).toLowerCase();
  if (!/\p{L}{2}|\p{L}\.\p{L}|\d\p{L}|^n\/a$/u.test(plain) || plain === "nan") return undefined;
  const bare = /[\d\\^=<>+]/.test(plain)
    ? plain.replace(/[.!。]+$/, "").replaceAll(NUMBERED, " ")
    : (plain.includes(".") ? plain.replaceAll(INITIALS, withoutPoints) : plain)
        .replaceAll(HYPHEN, "")
        .replaceAll(" & ", " and ")
        .replaceAll(/[.,;:!?"“”'’。，、；：！？]/gu, " ");
  const words = bare.split(/\s+/).filter(Boolean);
  // No article ends an answer: "vitamin A".
  const content = words.filter((word, i) => i === words.length - 1 || !/^(?:a|an|the)$/.test(word));
  return content.join(" ");
}

const HYPHEN = /(?<=\p{L})[-‐–](?=\p{L})/gu;
/** A hyphen before a number: "COVID-19". */
const NUMBERED = /(?<=\p{L}{2})[-‐–](?=\d)/gu;
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

/** The words of an answer without markup. */
export function wordsOf(text: string): Words {
  const spelling = spellingOf(text);
  const isJoined = /[-‐–'’]/.test(text) && /\p{L}[-‐–'’]\p{L}|\p{L}-\d/u.test(text);
  const isList = /,|\sand\s/i.test(text) && !/\d/.test(text);
  return {
    spelling,
    hyphenated: isJoined ? spelling?.replaceAll(" ", "") : undefined,
    listed: isList ? spelling?.replaceAll(/(?<=\S)\sand(?=\s\S)/g, "") : undefined,
    acronym: acronymOf(text),
  };
}

/** Whether two answers are the same words, up to case, articles, punctuation and markup. */
export function sameWords(a: Words, b: Words): boolean {
  if (a.spelling === undefined || b.spelling === undefined) return false;
  if (a.spelling === b.spelling) return true;
  if (a.listed !== undefined && a.listed === b.listed) return true;
  if (a.hyphenated !== undefined && a.hyphenated === b.spelling.replaceAll(" ", "")) return true;
  if (b.hyphenated !== undefined && b.hyphenated === a.spelling.replaceAll(" ", "")) return true;
  return (
    a.acronym === b.spelling ||
    b.acronym === a.spelling ||
    (a.acronym !== undefined && a.acronym === b.acronym)
  );
}
