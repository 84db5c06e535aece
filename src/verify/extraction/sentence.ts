/**
 * @module
 * The end of a sentence, and the words that join an answer to the previous one.
 */
import { Matches } from "./matches.ts";

const PUNCTUATION = String.raw`[\s.,;:!*$。-]*`;
/** "or", "Second, ", "(b) ", "Alternatively, " */
const BESIDE = String.raw`(?:(?:or|and|also|maybe|perhaps|possibly|alternatively|another|either|else|(?:second|third|fourth|fifth|last)(?:ly)?|part|case|[(（]?(?:[b-h]|[2-9]|i{2,3}|iv)[)）.:])[\s.,;:*]+)`;

/** Text between two answers of equal rank, possibly in different sentences. */
export const SIDE_BY_SIDE = new RegExp(`^${PUNCTUATION}${BESIDE}{0,3}[(*$]*(?:the|my|but|maybe)?\\s*$`, "i");
/** The same for undeclared answers, where a word must join the second to the first. */
export const COUNTS_ON = new RegExp(`^${PUNCTUATION}${BESIDE}{1,3}[(*$]*$`, "i");

/** A full stop, question mark or line break that ends a sentence; a point in a number or in mathematics does not. */
const END = /(?!(?<=\d)!\s[-+−–*×÷·⋅/=])[.!?](?=\s|$|["”'*)\]]*(?:\s|$))|[。！？]|\n/g;
/** Words that a full stop may follow within a sentence, as alternatives of a pattern. */
export const ABBREVIATIONS = "[A-Z]|e\\.g|i\\.e|etc|vs|approx|No|Dr|Mr|Mrs|St|Fig";
const ABBREVIATION = new RegExp(`(?:^|[\\s(])(?:${ABBREVIATIONS})$`);
const MAX_SENTENCE = 400;

/** The sentence that starts at a place, without its end mark; at most 400 characters, undefined where it is longer. */
export function sentenceAt(text: string, from: number): string | undefined {
  const rest = text.slice(from, from + MAX_SENTENCE + 1);
  for (const match of new Matches(rest, END)) {
    const before = rest.slice(0, match.index);
    if (match[0] === "." && ABBREVIATION.test(before) && before.trim().length > 0 && !isOptionAlone(before)) {
      if (/^\.\s+\S/.test(rest.slice(match.index)) && !/^\.\s*\n/.test(rest.slice(match.index))) continue;
    }
    if (rest.includes("$", match.index) && (before.match(/(?<!\\)\$/g)?.length ?? 0) % 2 === 1) continue;
    return before;
  }
  return rest.length > MAX_SENTENCE ? undefined : rest;
}

/** A letter and nothing else: what follows its point is the option's text or another sentence. */
function isOptionAlone(before: string): boolean {
  return /^[\s*([]*[A-J]$/.test(before);
}
