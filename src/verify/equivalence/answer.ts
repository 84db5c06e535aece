/**
 * @module
 * One answer and its readings: plain text, option, mathematics, words. Readings that many
 * comparisons use are computed once, on first use.
 */
import { undecorated } from "../extraction/decoration.ts";
import { timeOf, withoutHalfOfDay } from "./clock.ts";
import { dateOf } from "./dates.ts";
import { withoutEntities } from "./entities.ts";
import { formulaOf } from "./formula.ts";
import { parseTokens } from "./grammar.ts";
import { measured } from "./measured.ts";
import { inDigits } from "./number-words.ts";
import { mayBeOption, optionSet, type WrittenOption, writtenOption } from "./options.ts";
import { writtenOut } from "./shorthand.ts";
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
  #bare: string | undefined;
  #spaced: string | undefined;
  #isMeaningless: boolean | undefined;
  #isHidden: boolean | undefined;
  #option: WrittenOption | null | undefined;
  #letters: string | null | undefined;
  #tokens: readonly Token[] | undefined;
  #spelling: string | undefined;
  #tree: Tree | null | undefined;
  #words: Words | undefined;
  #date: string | null | undefined;
  #formula: string | null | undefined;
  #digits: Answer | null | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** It is too long to parse. */
  get isLong(): boolean {
    return this.text.length > MAX_LENGTH;
  }

  /** The text without marks around it, character references as characters. */
  get plain(): string {
    this.#plain ??= withoutHalfOfDay(withoutAngles(writtenOut(undecorated(withoutEntities(this.text)))));
    return this.#plain;
  }

  /** The plain text with single spaces and none after a comma. */
  get spaced(): string {
    this.#spaced ??= /[\s,]/.test(this.plain)
      ? this.plain.trim().replaceAll(/\s+/g, " ").replaceAll(", ", ",")
      : this.plain;
    return this.#spaced;
  }

  /** The plain text without commands and braces around words. */
  get bare(): string {
    this.#bare ??= withoutMarkup(this.plain);
    return this.#bare;
  }

  /** It has no content: no letter, digit or sign of a set or number, or "NaN". */
  get isMeaningless(): boolean {
    this.#isMeaningless ??= isMeaningless(this.plain);
    return this.#isMeaningless;
  }

  /** It has invisible characters. */
  get isHidden(): boolean {
    this.#isHidden ??= /[^ -~\s]/.test(this.plain) && INVISIBLE.test(this.plain);
    return this.#isHidden;
  }

  /** The option that it names; null if it names none or possibly two. */
  get option(): WrittenOption | null {
    if (this.#option === undefined)
      this.#option = (mayBeOption(this.plain) ? writtenOption(this.bare) : undefined) ?? null;
    return this.#option;
  }

  /** Several option letters, sorted; null if it is not a set of letters. */
  get letters(): string | null {
    if (this.#letters === undefined)
      this.#letters = (mayBeOption(this.plain) ? optionSet(this.bare) : undefined) ?? null;
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

  /** The spelling without braces around one token and without brackets around a modulus. */
  get looseSpelling(): string {
    if (!this.spelling.includes("{ ") && !this.spelling.includes("mod")) return this.spelling;
    const spelling = this.spelling.replaceAll(/\{ (\S+) \}/g, "$1");
    return spelling.includes("( mod") ? spelling.replace(/\( mod ([^()]*) \)/, "mod $1") : spelling;
  }

  /** Its expression tree; null if it is words or exceeds the grammar's budgets. */
  get tree(): Tree | null {
    if (this.#tree === undefined) this.#tree = mathematics(this.tokens) ?? null;
    return this.#tree;
  }

  /** The unit of its mathematics; "" without one. */
  get unit(): string {
    return this.tree === null ? "" : measured(this.tree).unit;
  }

  get hasDigit(): boolean {
    return /\d/.test(this.plain);
  }

  /** Its date, or its three numbers in order: "1/5/2020"; null if it has neither. */
  get date(): string | null {
    if (this.#date === undefined) this.#date = dateOf(this.plain) ?? null;
    return this.#date;
  }

  /** "15:00" of "3 pm" and of "15:00"; undefined if it is no time of day. */
  get time(): string | undefined {
    return timeOf(this.bare);
  }

  /** Its formula with indices in plain characters; undefined if the text is not a formula. */
  get formula(): string | undefined {
    if (this.#formula === undefined) this.#formula = formulaOf(this.plain) ?? null;
    return this.#formula ?? undefined;
  }

  /** The answer with digits in place of number words; undefined if it has none. */
  get digits(): Answer | undefined {
    if (this.#digits === undefined) {
      const digits = MAY_BE_WORD.test(this.text) ? inDigits(this.bare) : undefined;
      this.#digits = digits === undefined ? null : new Answer(digits);
    }
    return this.#digits ?? undefined;
  }

  get words(): Words {
    this.#words ??= wordsOf(this.bare);
    return this.#words;
  }
}

function isMeaningless(text: string): boolean {
  if (/^[^{}\\$]*\d/.test(text) || /^\\\{\s*\\\}$/.test(text)) return false;
  const plain = withoutMarkup(text);
  return (
    !/[\p{L}\p{N}∞∅√%°?]/u.test(plain.replaceAll(/\\[a-z]+(?=\s*$)/g, "x")) || plain.toLowerCase() === "nan"
  );
}

/** The shortest number words have three letters. */
const MAY_BE_WORD = /[a-z]{3}/i;

/** "<1, 2>" as a vector. */
function withoutAngles(text: string): string {
  if (!text.startsWith("<") || !text.endsWith(">") || text.length > 400) return text;
  const inner = text.slice(1, -1);
  return inner.includes(",") && !/[<>]/.test(inner) ? `⟨${inner}⟩` : text;
}

const POLARITY = /^(?:no|not|none|yes|true)$/;

/** Letters that may be a product: "xyz". */
export function lettersMultiplied(tokens: readonly Token[]): Tree | undefined {
  const [token, ...more] = tokens;
  if (token?.kind !== "letters" || more.length > 0 || token.isText) return undefined;
  if (!/^[a-z]{2,4}$/.test(token.text) || POLARITY.test(token.text)) return undefined;
  const factors = Array.from(token.text, (name): Tree => ({ kind: "symbol", name, isWord: false }));
  return { kind: "product", factors };
}

/** Letters that are mathematics by themselves: "x", "-x", "infinity". */
function isSymbol(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1)?.text ?? "";
  const isNegative = tokens.length === 2 && tokens[0]!.text === "-";
  return (tokens.length === 1 || isNegative) && (last.length === 1 || /^infinity$/i.test(last));
}

/** The tree of mathematical tokens: not only letters, and no words except for a name before "=". */
function mathematics(tokens: readonly Token[]): Tree | undefined {
  const isLetters = tokens.every(
    ({ kind, text }) => (kind === "letters" && !FUNCTIONS.has(text)) || kind === "other" || text === "-",
  );
  if (isLetters && !isSymbol(tokens)) return undefined;
  if (tokens.length === 3 && /^n \/ a$/i.test(tokens.map(({ text }) => text).join(" "))) return undefined;
  const tree = parseTokens(tokens);
  return tree === undefined || hasWords(tree) ? undefined : tree;
}

function hasWords(tree: Tree): boolean {
  if (tree.kind === "relation") return tree.sides.slice(1).some(hasWords);
  if (tree.kind === "list") return tree.items.some(hasWords);
  return some(tree, (part) => part.kind === "symbol" && part.isWord);
}
