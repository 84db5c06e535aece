/**
 * @module
 * One answer and its readings: plain text, option, mathematics, words. Each is made when it is first asked for, and
 * once, with however many answers this one is compared.
 */
import { undecorated } from "../extraction/decoration.ts";
import { parseTokens } from "./grammar.ts";
import { optionSet, type WrittenOption, writtenOption } from "./options.ts";
import { FUNCTIONS } from "./symbols.ts";
import { type Token, tokenize } from "./tokens.ts";
import { some, type Tree } from "./tree.ts";
import { type Words, withoutMarkup, wordsOf } from "./words.ts";

/** Longer answers are compared as they are. */
const MAX_LENGTH = 2000;
/** Code points that are not seen, and half characters: an answer with them is its text and nothing else. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}]|(?!\s)\p{Cc}/u;

/** An answer as it was given, and what it reads as. */
export class Answer {
  readonly text: string;
  #plain: string | undefined;
  #spaced: string | undefined;
  #isMeaningless: boolean | undefined;
  #option: WrittenOption | null | undefined;
  #letters: string | null | undefined;
  #tokens: readonly Token[] | undefined;
  #spelling: string | undefined;
  #tree: Tree | null | undefined;
  #words: Words | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** It is too long to be read. */
  get isLong(): boolean {
    return this.text.length > MAX_LENGTH;
  }

  /** The text without marks around it. */
  get plain(): string {
    this.#plain ??= withoutClock(undecorated(this.text));
    return this.#plain;
  }

  /** The plain text with single spaces, none behind a comma. */
  get spaced(): string {
    this.#spaced ??= /[\s,]/.test(this.plain)
      ? this.plain.trim().replaceAll(/\s+/g, " ").replaceAll(", ", ",")
      : this.plain;
    return this.#spaced;
  }

  /** Nothing is said in it: no letter, digit or sign of a set or number, or "NaN". */
  get isMeaningless(): boolean {
    this.#isMeaningless ??= isMeaningless(this.plain);
    return this.#isMeaningless;
  }

  /** It has characters that are not seen. */
  get isHidden(): boolean {
    return /[^ -~\s]/.test(this.plain) && INVISIBLE.test(this.plain);
  }

  /** The option that it names; null where it names none, or may name two. */
  get option(): WrittenOption | null {
    if (this.#option === undefined) this.#option = writtenOption(this.plain) ?? null;
    return this.#option;
  }

  /** Several option letters, sorted; null where it is no set of them. */
  get letters(): string | null {
    if (this.#letters === undefined) this.#letters = optionSet(this.plain) ?? null;
    return this.#letters;
  }

  get tokens(): readonly Token[] {
    this.#tokens ??= tokenize(this.plain);
    return this.#tokens;
  }

  /** The tokens as one text: two answers with one spelling are the same. */
  get spelling(): string {
    this.#spelling ??= this.tokens.map(({ text }) => text).join(" ");
    return this.#spelling;
  }

  /** Its mathematics; null where it is words, or beyond the grammar's budgets. */
  get tree(): Tree | null {
    if (this.#tree === undefined) this.#tree = mathematics(this.tokens) ?? null;
    return this.#tree;
  }

  get words(): Words {
    this.#words ??= wordsOf(this.plain);
    return this.#words;
  }
}

function isMeaningless(text: string): boolean {
  if (/^[^{}\\$]*\d/.test(text)) return false;
  const plain = withoutMarkup(text);
  return (
    !/[\p{L}\p{N}∞∅√%°?]/u.test(plain.replaceAll(/\\[a-z]+(?=\s*$)/g, "x")) || plain.toLowerCase() === "nan"
  );
}

/** "8:34 p.m." as "20:34". */
function withoutClock(text: string): string {
  if (text.length > 60 || !/[ap]\.?\s?m\.?/i.test(text)) return text;
  const clock = /^(\d{1,2}):([0-5]\d)(:[0-5]\d)?\s?([ap])\.?\s?m\.?$/i.exec(withoutMarkup(text));
  if (clock === null) return text;
  const [, hours = "", minutes = "", seconds = "", half = ""] = clock;
  if (Number(hours) < 1 || Number(hours) > 12) return text;
  return `${(Number(hours) % 12) + (half.toLowerCase() === "p" ? 12 : 0)}:${minutes}${seconds}`;
}

/** The tree of tokens that are mathematics: not letters alone, and no words but for a name before "=". */
function mathematics(tokens: readonly Token[]): Tree | undefined {
  const isLetters = tokens.every(
    ({ kind, text }) => (kind === "letters" && !FUNCTIONS.has(text)) || kind === "other" || text === "-",
  );
  if (isLetters && !(tokens.length === 1 && tokens[0]!.text.length === 1)) return undefined;
  const tree = parseTokens(tokens);
  return tree === undefined || hasWords(tree) ? undefined : tree;
}

function hasWords(tree: Tree): boolean {
  if (tree.kind === "relation") return tree.sides.slice(1).some(hasWords);
  if (tree.kind === "list") return tree.items.some(hasWords);
  return some(tree, (part) => part.kind === "symbol" && part.isWord);
}
