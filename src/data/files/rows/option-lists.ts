/**
 * @module
 * The options in a cell: a list of texts, a dict by letter or place, structs of label and text, or a text of one of
 * these. Letters and numbers before the texts are taken off, and numbers are kept as the options' own labels.
 */
import { DataError } from "../../../errors/index.ts";
import { asText, described } from "./asked.ts";
import { holdsSomething, isStruct } from "./cells.ts";
import { unquoted } from "./literal.ts";
import type { StatedOptions } from "./reader.ts";

/** Letters of options, the most that a question has. */
export const LETTERS: readonly string[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");

const LETTER_BEFORE = /^\s*(?:\(([A-Za-z])\)|([A-Za-z])[.):：．、])\s*/;
const NUMBER_BEFORE = /^\s*(?:\((\d{1,2})\)|(\d{1,2})[.):：．、](?=\s))\s*/;
/** A letter with its mark in a line of several options. */
const LETTER_WITHIN = /(?<=^|[\s;,|])(?:\(([A-Z])\)|([A-Z])[.):：．、])\s*/g;

/** The mark before each text, where all begin with their own letter or number. */
function marksBefore(texts: readonly string[], pattern: RegExp, isOwn: (mark: string, i: number) => boolean) {
  const marks = texts.map((text) => {
    const [, inBrackets, before] = pattern.exec(text) ?? [];
    return inBrackets ?? before;
  });
  return marks.every((mark, i) => texts[i] === "" || (mark !== undefined && isOwn(mark, i)))
    ? marks
    : undefined;
}

/** Texts without the letters or numbers that all of them begin with; numbers become labels. */
function unmarked(texts: readonly string[], labels: StatedOptions["labels"]) {
  // Texts of options that are a mark alone are in the picture; the mark is all that the row has of them.
  const stripped = (pattern: RegExp) =>
    texts.map((text) => {
      const rest = text.replace(pattern, "");
      return rest.trim() === "" ? text.trim() : rest;
    });
  if (marksBefore(texts, LETTER_BEFORE, (mark, i) => mark.toUpperCase() === LETTERS[i]) !== undefined)
    return { texts: stripped(LETTER_BEFORE), labels };
  const first = /^\s*\(?0/.test(texts[0] ?? "") ? 0 : 1;
  const numbers = marksBefore(texts, NUMBER_BEFORE, (mark, i) => Number(mark) === i + first);
  return numbers === undefined || texts.length < 2
    ? { texts, labels }
    : { texts: stripped(NUMBER_BEFORE), labels: labels ?? numbers };
}

function listed(values: readonly unknown[], ownLabels?: readonly string[]): StatedOptions | undefined {
  const end = values.findLastIndex((value) => holdsSomething(value)) + 1;
  if (end === 0) return undefined;
  if (end > LETTERS.length) throw new DataError(`options: expected at most ${LETTERS.length}, got ${end}`);
  const held = values.slice(0, end);
  const { texts, labels } = unmarked(
    held.map((value) => (holdsSomething(value) ? asText(value, "options") : "")),
    ownLabels,
  );
  const areNumbers = held.every((value) => typeof value === "number" || typeof value === "bigint");
  return { texts, areNumbers, ...(labels && { labels }) };
}

/** Options by their letters; a letter left out before another is a gap. */
export function lettered(
  byLetter: ReadonlyMap<string, unknown>,
  labels?: ReadonlyMap<string, string>,
): StatedOptions | undefined {
  const last = Math.max(-1, ...[...byLetter.keys()].map((letter) => LETTERS.indexOf(letter)));
  const letters = LETTERS.slice(0, last + 1);
  return listed(
    letters.map((letter) => byLetter.get(letter)),
    labels && letters.map((letter) => labels.get(letter) ?? ""),
  );
}

const IN_MARKS = /^\((.+)\)$|[.):]$/g;

/** The letter of a key of a dict: the key itself, or the letter of its place from the first, 0 or 1. */
function letterOf(key: string, first: number): string | undefined {
  const name = key.trim().replace(IN_MARKS, "$1").toUpperCase();
  return /^\d{1,2}$/.test(name) ? LETTERS[Number(name) - first] : LETTERS.find((letter) => letter === name);
}

/** Options by labels that are letters or places; undefined where a label is neither, or two are the same. */
function byLabels(entries: readonly (readonly [label: string, text: unknown])[]): StatedOptions | undefined {
  const first = entries.some(([label]) => label.trim() === "0") ? 0 : 1;
  const letters = entries.map(([label]) => letterOf(label, first));
  if (letters.includes(undefined) || new Set(letters).size < entries.length) return undefined;
  const byLetter = new Map(entries.map(([, text], i) => [letters[i]!, text] as const));
  const areNumbers = entries.every(([label]) => /\d/.test(label));
  const labels = new Map(entries.map(([label], i) => [letters[i]!, label.trim()] as const));
  return lettered(byLetter, areNumbers ? labels : undefined);
}

function fromDict(struct: Readonly<Record<string, unknown>>): StatedOptions | undefined {
  const held = Object.entries(struct).filter(([, text]) => holdsSomething(text));
  if (held.length === 0) return undefined;
  const options = byLabels(held);
  if (options !== undefined) return options;
  throw new DataError(
    `options: expected letters or places as keys, got ${Object.keys(struct).slice(0, 8).join(", ")} ` +
      "(data.columns.options names another column, or none)",
  );
}

const LABEL_KEYS = ["label", "labels", "key", "letter", "id"];
const TEXT_KEYS = ["text", "texts", "value", "content", "option", "choice"];

/** Options with their own labels; in the order of the labels where these are letters or places. */
function labelled(labels: readonly unknown[], texts: readonly unknown[]): StatedOptions | undefined {
  const names = labels.map((label) => (holdsSomething(label) ? asText(label, "options") : ""));
  const held = texts.flatMap((text, i) => (holdsSomething(text) ? [[names[i] ?? "", text] as const] : []));
  return byLabels(held) ?? listed(texts, names.some((name) => name !== "") ? names : undefined);
}

/** ARC's struct of two lists. */
function fromStruct(struct: Readonly<Record<string, unknown>>): StatedOptions | undefined {
  const [labels, texts] = [LABEL_KEYS, TEXT_KEYS].map((keys) =>
    keys.map((key) => struct[key]).find((value) => Array.isArray(value)),
  );
  return Array.isArray(texts) ? labelled(Array.isArray(labels) ? labels : [], texts) : fromDict(struct);
}

/** A list of structs, each an option with its label, or a dict of one letter. */
function fromStructs(list: readonly Readonly<Record<string, unknown>>[]): StatedOptions | undefined {
  const textKey = TEXT_KEYS.find((key) => list.every((item) => key in item));
  if (textKey !== undefined) {
    const labelKey = LABEL_KEYS.find((key) => list.every((item) => key in item));
    const labels = labelKey === undefined ? [] : list.map((item) => item[labelKey]);
    return labelled(
      labels,
      list.map((item) => item[textKey]),
    );
  }
  const entries = list.flatMap((item) => Object.entries(item).filter(([, text]) => holdsSomething(text)));
  const options = entries.length === list.length ? byLabels(entries) : undefined;
  if (options !== undefined) return options;
  throw new DataError(
    `options: expected structs with a label and a text, got ${Object.keys(list[0] ?? {})
      .slice(0, 8)
      .join(", ")}`,
  );
}

/** Options in one text, each after its letter, in lines or one after the other. */
function fromText(text: string): StatedOptions | undefined {
  const lines = text.split("\n").filter(holdsSomething);
  const inLines = lines.length > 1 ? listed(lines) : undefined;
  if (inLines?.texts.every((option, i) => option !== lines[i])) return inLines;
  const marks: { from: number; to: number }[] = [];
  for (const { 0: mark, 1: inBrackets, 2: before, index } of text.matchAll(LETTER_WITHIN)) {
    if ((inBrackets ?? before) === LETTERS[marks.length])
      marks.push({ from: index, to: index + mark.length });
  }
  if (marks.length < 2 || text.slice(0, marks[0]!.from).trim() !== "") return undefined;
  const texts = marks.map(({ to }, i) => text.slice(to, marks[i + 1]?.from).replace(/[\s;,|]+$/, ""));
  return texts.every((option) => option !== "") ? listed(texts) : undefined;
}

/**
 * The options in a cell.
 *
 * @throws DataError when it is not a list or dict of them: none is dropped silently
 */
export function optionsIn(value: unknown): StatedOptions | undefined {
  const list = unquoted(value);
  if (isStruct(list)) return fromStruct(list);
  if (Array.isArray(list)) {
    const [only] = list as readonly unknown[];
    if (list.length === 1 && (Array.isArray(only) || isStruct(only))) return optionsIn(only);
    return list.length > 0 && list.every(isStruct) ? fromStructs(list) : listed(list);
  }
  const options = typeof list === "string" ? fromText(list) : undefined;
  if (options !== undefined) return options;
  throw new DataError(
    `options: expected a list, or a dict by letter, got ${described(list)} (data.columns.options names another column, or none)`,
  );
}
