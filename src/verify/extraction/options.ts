/**
 * @module
 * Option letters at the start or the end of a reply.
 */
import { answerOf } from "./declared.ts";
import { withoutEmphasis } from "./decoration.ts";
import { IS_DENIED } from "./expression.ts";
import { Matches } from "./matches.ts";

/** "B", "(B) text", "B: text", "B。不是 A" at the start of the text, where no other option is listed after it. */
export function leadingOption(text: string): string | undefined {
  const plain = withoutEmphasis(text.slice(0, 2000)).trim();
  const match =
    /^(?:option |choice )?(?:[(（]([A-Ja-j])[)）]|([A-J])(?=[.:)。：）、]\s|[.:)。：）、]?$|[。、]|不|\s[(（](?!(?:or|and|maybe|perhaps|possibly|not)\b)[^()（）]{1,80}[)）]\.?$))[.:)。：）、]*/i.exec(
      plain,
    );
  const letter = match?.[1] ?? match?.[2];
  if (match === null || letter === undefined) return undefined;
  const rest = plain.slice(match[0].length);
  return listsOption(rest, match[0].at(-1)!) || IS_DENIED.test(rest) || answerOf(plain) === plain
    ? undefined
    : letter.toUpperCase();
}

const LISTED = /(?:^|[\s,;])(?:[(（][A-J][)）]|[A-J]([.:)])(?=\s|$))/g;

/**
 * Whether a text lists an option after the one that a reply begins with. A letter that ends a name and has another
 * mark than that one lists none: "H. Machine A: 12; Machine B: 15".
 */
function listsOption(text: string, mark: string): boolean {
  for (const { 1: own, index } of new Matches(text, LISTED)) {
    const isNamed = /\p{Lu}\p{Ll}+$/u.test(text.slice(Math.max(0, index - 20), index));
    if (own === undefined || own === mark || !isNamed) return true;
  }
  return false;
}

const OPTION_LINE = /^\s*(?:[-*•]\s)?\(?([A-J])(?:\)[.:]?|[.:])(?=\s|$)/;

/** The option that the last line writes out, "B. 12 cm", where the line before it writes out none. */
export function closingOption(text: string): string | undefined {
  const lines = withoutEmphasis(text.slice(-1000))
    .split("\n")
    .filter((line) => line.trim() !== "");
  const letter = OPTION_LINE.exec(lines.at(-1) ?? "")?.[1];
  const before = lines.at(-2);
  return letter === undefined || before === undefined || OPTION_LINE.test(before) ? undefined : letter;
}
