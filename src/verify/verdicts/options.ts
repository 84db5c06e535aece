/**
 * @module
 * Answers to a multiple-choice question by the place of their option.
 */

import { Answer } from "../equivalence/answer.ts";
import type { WrittenOption } from "../equivalence/options.ts";
import { withoutMarkup } from "../equivalence/words.ts";
import { sameAnswer } from "../equivalent.ts";
import { isHedged } from "../extraction/assertion.ts";
import { otherIn } from "../extraction/reason.ts";
import { sentenceAt } from "../extraction/sentence.ts";

/** The letter of an option. */
export function letterAt(place: number): string {
  return String.fromCharCode("A".charCodeAt(0) + place);
}

/** The place of an option letter; undefined where there is no such option. */
function placeOf(letter: string, options: readonly Answer[]): number | undefined {
  const place = letter.charCodeAt(0) - "A".charCodeAt(0);
  return place < options.length ? place : undefined;
}

/** The option that an answer names, and whether its letter and its text name two. */
export interface NamedOption {
  readonly place: number | undefined;
  readonly isContradiction: boolean;
}

/**
 * The option that an answer names: by its letter, or by its text where exactly one option has it. A letter with the
 * text of another option names none.
 */
export function namedOption(answer: Answer, options: readonly Answer[]): NamedOption {
  const usual = answer.option ?? letterBeyond(answer, options);
  const written = usual ?? paired(answer);
  const byLetter = written === undefined ? undefined : placeOf(written.letter, options);
  if (written !== undefined && byLetter !== undefined) {
    const byText = optionByText(new Answer(written.text), options);
    if (byText === byLetter) return { place: byLetter, isContradiction: false };
    const isContradiction = byText !== undefined;
    // Only the usual forms of an option name it though no option has their text.
    if (usual !== undefined && !isContradiction) return { place: byLetter, isContradiction };
    if (usual !== undefined) return { place: undefined, isContradiction };
    return { place: optionByText(answer, options), isContradiction };
  }
  return { place: optionByText(answer, options), isContradiction: false };
}

/** The place of the option that an answer names. */
export function optionOf(answer: Answer, options: readonly Answer[]): number | undefined {
  return namedOption(answer, options).place;
}

/** A letter behind J alone, "(K)", "Option K", or with its text, "K. Paris", "K (Paris)", "K is correct". */
const BEYOND =
  /^(?:(?:选项?|答案(?:是|为)?[:：]?)\s?|(?:[Tt]he )?(?:(?:[Cc]orrect|[Rr]ight|[Bb]est|[Ff]inal) )?(?:[Oo]ption|[Cc]hoice|[Aa]nswer|[Ll]etter)(?: is|:)? )?[([{]?(?:([K-Z])|([k-z])(?=[)\]}]?\.?$))(?:[)\]}]?\.?$|\s(?:is|seems) (?:the )?(?:most )?(?:correct|right|best|true)\b.*|(?:[.:)\]]\s+|\s[-–—]\s)(.+)$|\s\(([^()]+)\)\.?$)/s;

/** The option of a letter behind J, which only a problem with more than ten options has. */
function letterBeyond(answer: Answer, options: readonly Answer[]): WrittenOption | undefined {
  if (options.length <= 10 || answer.isLong) return undefined;
  const [, capital, small, behind, bracketed] = BEYOND.exec(answer.bare) ?? [];
  const [letter, text] = [capital ?? small?.toUpperCase(), behind ?? bracketed ?? ""];
  return letter === undefined || /^(?:or|and|nor|not|maybe|perhaps)\b/i.test(text)
    ? undefined
    : { letter, text };
}

const LETTER_FIRST = /^\(?([A-Z])\)?\s?[,;:–—-]\s?(\S.*)$/s;
const LETTER_LAST = /^(\S.*?)(?:\s?[(（](?:option |choice )?([A-Z])[)）]|,\s([A-Z]))\.?$/is;

/** A letter and a text in another form than an option's: "B, Paris", "B - Paris", "Paris (B)", "Paris, B". */
function paired(answer: Answer): WrittenOption | undefined {
  if (answer.isLong) return undefined;
  const plain = answer.bare;
  const [, first, after] = LETTER_FIRST.exec(plain) ?? [];
  const [, before, bracketed, last] = first === undefined ? (LETTER_LAST.exec(plain) ?? []) : [];
  const [letter, text] = [first ?? (bracketed ?? last)?.toUpperCase(), after ?? before ?? ""];
  return letter === undefined ? undefined : { letter, text };
}

const LETTER_WITH_TEXT =
  /(?<![\p{L}\p{N}])([A-Z])[)*]{0,3}\s?(?:[(:.]\s?|\s)\*{0,2}([^.()\n*]{1,120})(?=[).\n*]|$)/u;

/** A declared letter with the text of another option behind it, "The answer is B (Rome)", as "B. Rome". */
export function contradiction(
  declared: string,
  letter: string,
  options: readonly Answer[],
): string | undefined {
  const [, name, text = ""] = LETTER_WITH_TEXT.exec(declared.slice(0, 300)) ?? [];
  const written = `${letter}. ${text}`;
  return name === letter && namedOption(new Answer(written), options).isContradiction ? written : undefined;
}

/** Options as read, without letters where each of them begins with its own: "A. Rome", "B. Paris". */
export function readOptions(options: readonly string[]): readonly Answer[] {
  const read = options.map((option) => new Answer(option));
  const isLettered = read.every(
    ({ option }, place) => option !== null && option.text !== "" && placeOf(option.letter, read) === place,
  );
  return isLettered ? read.map(({ option }) => new Answer(option?.text ?? "")) : read;
}

/**
 * The option whose text an answer is. Of several that are equivalent to it, as 50, 50 % and 0.5 are, the option with
 * the same text counts, else the option with the same unit.
 */
function optionByText(answer: Answer, options: readonly Answer[]): number | undefined {
  const fits = options.flatMap((option, place) => (sameAnswer(answer, option) ? [{ option, place }] : []));
  if (fits.length <= 1) return fits[0]?.place;
  const alike = fits.filter(({ option }) => option.spaced === answer.spaced);
  const nearest = alike.length > 0 ? alike : fits.filter(({ option }) => option.unit === answer.unit);
  return nearest.length === 1 ? nearest[0]!.place : undefined;
}

/**
 * The options that an answer lists, by letter, by text or by both, as their letters in order: "A. Rome, C. Paris",
 * "Rome and Paris", "Options A and C". Undefined where a member is no option or two are the same option.
 */
export function optionsListed(answer: Answer, options: readonly Answer[]): string | undefined {
  if (answer.isLong) return undefined;
  const list = answer.bare
    .replace(/^(?:options?|choices?|answers?)\s(?=\(?[A-J]\b)/i, "")
    .replace(/^\[(.*)\]$/s, "$1");
  const members = list.split(/\s*(?:[,;，、；\n]\s*(?:and\s)?|\sand\s|\s&\s)\s*/i);
  if (members.length > options.length) return undefined;
  const places = members.map((member) => optionOf(new Answer(member), options));
  const letters = places.flatMap((place) => (place === undefined ? [] : [letterAt(place)])).sort();
  return letters.length === members.length && new Set(letters).size === letters.length
    ? letters.join("")
    : undefined;
}

/** A capital letter, and a reason after it. */
const WITH_REASON = /^\(?([A-Z])\)?\s*(?:[,.:;–—-]\s*)?(?:because|since|as)\b/;
/** The largest part of a reply in which a first line is looked for. */
const MAX_FIRST_LINE = 300;

/**
 * The option that the first line of a longer reply is: its letter alone, its letter and its own text, or its letter
 * with "because" after it. The rest of such a reply says why. A sentence that begins with the article "A" names no
 * option.
 */
export function leadingOption(reply: string, options: readonly Answer[]): number | undefined {
  const [first = "", ...rest] = reply.trim().slice(0, MAX_FIRST_LINE).split(/\r?\n/);
  const plain = withoutMarkup(first).trim();
  const reasoned = WITH_REASON.exec(plain)?.[1];
  if (reasoned !== undefined) {
    const place = placeOf(reasoned, options);
    const other = otherIn(plain);
    const told = other === undefined ? undefined : optionOf(new Answer(other), options);
    return told === undefined || told === place ? place : undefined;
  }
  if (rest.every((line) => line.trim() === "")) return undefined;
  const written = new Answer(plain).option;
  const place =
    written !== null && /^[^\p{L}]*[A-J]/u.test(plain) ? placeOf(written.letter, options) : undefined;
  if (written === null || place === undefined) return undefined;
  return written.text === "" || optionByText(new Answer(written.text), options) === place ? place : undefined;
}

const NEGATION = /\b(?:not|never|neither|nor|except|unlike|rather than|instead of)\b|n['’]t\b|不/i;

/** ", not Rome" or "rather than Rome" at the end of a sentence that names an option before it. */
const CONTRAST =
  /(?:,\s(?:and |but )?(?:not|unlike)|,?\s(?:and |but )?(?:rather than|instead of))\s[^,;.]{1,80}$/i;

const BRACKETED = /[(（]([A-Z])[)）]/g;

/** Whether an option has a letter; any of A to J may be meant for one. */
function isLetter(letter: string | undefined, options: readonly Answer[]): boolean {
  return letter !== undefined && (letter <= "J" || placeOf(letter, options) !== undefined);
}

function spaced(text: string): string {
  return ` ${withoutMarkup(text.replaceAll("\\%", "%"))
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}%°.$/-]+/gu, " ")
    .replaceAll(/\.(?=\s|$)/g, "")
    .trim()} `;
}

/**
 * The one option whose text the last sentence of a reply has in it; undefined where it has none or several, or denies
 * something, hedges or asks. An option that is part of another that is named does not count: "linked list" in "singly linked list".
 */
export function mentionedOption(reply: string, options: readonly Answer[]): number | undefined {
  const sentence = lastSentence(reply);
  if (sentence === undefined || NEGATION.test(sentence.replace(CONTRAST, ""))) return undefined;
  if (/[?？]["”'’)*\s]*$/.test(reply)) return undefined;
  const text = spaced(sentence.replace(CONTRAST, ""));
  const named = options.flatMap((option, place) => {
    const padded = spaced(option.text);
    const words = /\p{Script=Han}/u.test(padded) ? padded.trim() : padded;
    return /[\p{L}\p{N}]{2}/u.test(words) && text.includes(words) ? [{ place, words }] : [];
  });
  const widest = named.filter(
    ({ words }) => !named.some((other) => other.words !== words && other.words.includes(words)),
  );
  const place = widest.length === 1 ? widest[0]!.place : undefined;
  // "Rome (A)" with Rome at B.
  for (const [, letter] of sentence.matchAll(BRACKETED))
    if (place !== undefined && letter !== letterAt(place) && isLetter(letter, options)) return undefined;
  // "Cannot be determined" may be an option itself.
  return place !== undefined && isHedged(sentence) && !isHedged(options[place]!.text) ? undefined : place;
}

function lastSentence(reply: string): string | undefined {
  const text = reply.trim().slice(-2000);
  let at = 0;
  let last: string | undefined;
  while (at < text.length) {
    const sentence = sentenceAt(text, at);
    if (sentence === undefined) return undefined;
    if (/[\p{L}\p{N}]/u.test(sentence)) last = sentence;
    at += sentence.length + 1;
  }
  return last;
}
