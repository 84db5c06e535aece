/**
 * @module
 * One answer and its readings: plain text, option, mathematics, words. Each reading is computed once, on first use.
 */
import { undecorated } from "../extraction/decoration.ts";
import { parseTokens } from "./grammar.ts";
import { optionSet, type WrittenOption, writtenOption } from "./options.ts";
import { FUNCTIONS } from "./symbols.ts";
import { type Token, tokenize } from "./tokens.ts";
import { some, type Tree } from "./tree.ts";
import { type Words, withoutMarkup, wordsOf } from "./words.ts";

/** Longer answers are compared as plain text. */
const MAX_LENGTH = 2000;
/** Invisible code points and lone surrogates: an answer with any of them is compared as text only. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}]|(?!\s)\p{Cc}/u;

/** An answer as given, with its readings. */
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

  /** It is too long to parse. */
  get isLong(): boolean {
    return this.text.length > MAX_LENGTH;
  }

  /** The text without marks around it. */
  get plain(): string {
    this.#plain ??= withoutClock(undecorated(this.text));
    return this.#plain;
  }

  /** The plain text with single spaces and none after a comma. */
  get spaced(): string {
    this.#spaced ??= /[\s,]/.test(this.plain)
      ? this.plain.trim().replaceAll(/\s+/g, " ").replaceAll(", ", ",")
      : this.plain;
    return this.#spaced;
  }

  /** It has no content: no letter, digit or sign of a set or number, or "NaN". */
  get isMeaningless(): boolean {
    this.#isMeaningless ??= isMeaningless(this.plain);
    return this.#isMeaningless;
  }

  /** It has invisible characters. */
  get isHidden(): boolean {
    return /[^ -~\s]/.test(this.plain) && INVISIBLE.test(this.plain);
  }

  /** The option that it names; null if it names none or possibly two. */
  get option(): WrittenOption | null {
    if (this.#option === undefined) this.#option = writtenOption(this.plain) ?? null;
    return this.#option;
  }

  /** Several option letters, sorted; null if it is not a set of letters. */
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

  /** Its expression tree; null if it is words or exceeds the grammar's budgets. */
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

/** The tree of mathematical tokens: not only letters, and no words except for a name before "=". */
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
