/**
 * @module
 * MEGA-Bench's metrics of sets, lists and dicts.
 */
import {
  distinct,
  identity,
  isDict,
  isSequence,
  type PythonDict,
  type PythonValue,
} from "../../python/value.ts";
import { pythonStr } from "../../python/write.ts";
import {
  dictOf,
  isNumber,
  isSame,
  itemsOf,
  listIn,
  requireText,
  setIn,
  setOf,
  UnusableAnswer,
} from "./conversions.ts";
import { isExactly } from "./strings.ts";

type Values = readonly PythonValue[];

/** How many values of one set are in another. */
function common(a: Values, b: Values): number {
  const known = new Set(b.map(identity));
  return a.filter((value) => known.has(identity(value))).length;
}

function jaccard(a: Values, b: Values): number {
  const both = common(a, b);
  const either = a.length + b.length - both;
  return either === 0 ? 1 : both / either;
}

export function isSameSet(given: PythonValue, right: PythonValue): boolean {
  return isSame(setOf(given), setOf(right), "set");
}

/** The same by VLMEvalKit, which reads no set out of a text. */
export function isSameSetOrText(given: PythonValue, right: PythonValue): boolean {
  const asSet = (value: PythonValue): PythonValue =>
    isSequence(value) ? { type: "set", items: distinct(itemsOf(setOf(value))) } : value;
  return identity(asSet(given)) === identity(asSet(right));
}

export function isSameSetInAnyCase(given: PythonValue, right: PythonValue): boolean {
  const raised = (value: PythonValue) =>
    distinct(itemsOf(setOf(value)).map((entry) => requireText(entry).toUpperCase()));
  return isSame(raised(given), raised(right), "set");
}

const lowered = (value: PythonValue) => (typeof value === "string" ? value.toLowerCase() : value);

export function isSameSetOfLines(given: PythonValue, right: PythonValue): boolean {
  const lines = (value: PythonValue) =>
    distinct(requireText(value).replaceAll("\\n", "\n").split("\n").map(lowered));
  return isSame(lines(given), lines(right), "set");
}

/** As sets of parts separated by commas, in any case. */
export function isSameSetOfParts(given: PythonValue, right: PythonValue): boolean {
  const parts = (value: PythonValue) => distinct(itemsOf(setIn(value)).map(lowered));
  return isSame(parts(given), parts(right), "set");
}

export function setPrecision(given: PythonValue, right: PythonValue): number {
  if (given === null) return 0;
  const set = itemsOf(setOf(given));
  return set.length === 0 ? 1 : common(set, itemsOf(setOf(right))) / set.length;
}

export function jaccardIndex(given: PythonValue, right: PythonValue): number {
  return given === null ? 0 : jaccard(itemsOf(setOf(given)), itemsOf(setOf(right)));
}

/** The entries of a tuple, or the signs of a text, in small letters and without blanks, hyphens and full stops. */
function plainEntries(value: PythonValue): PythonValue {
  const entries = typeof value === "string" ? Array.from(value) : isSequence(value) ? value.items : undefined;
  if (entries === undefined) throw new UnusableAnswer("is no list");
  const items = entries.map((entry) =>
    requireText(entry)
      .toLowerCase()
      .replaceAll(/[ \-\n\t_.]/g, ""),
  );
  return { type: "tuple", items };
}

/** Of sets of texts, or of sets of lists of texts. */
export function jaccardIndexInAnyCase(given: PythonValue, right: PythonValue): number {
  if (given === null) return 0;
  const [set, expected] = [itemsOf(setOf(given)), itemsOf(setOf(right))];
  if (typeof expected[0] === "string") {
    const lower = (entry: PythonValue) => pythonStr(entry).toLowerCase();
    return jaccard(
      distinct(set.map(lower)),
      distinct(expected.map((entry) => requireText(entry).toLowerCase())),
    );
  }
  if (!isSequence(expected[0])) return 0;
  return jaccard(distinct(set.map(plainEntries)), distinct(expected.map(plainEntries)));
}

/** Of sets of chess moves, with or without their last mark. */
export function movesJaccardIndex(given: PythonValue, right: PythonValue): number {
  if (given === null) return 0;
  const moves = (value: PythonValue) =>
    distinct(itemsOf(setIn(value)).map((move) => requireText(move).replace(/#?!?$/, "")));
  return jaccard(moves(given), moves(right));
}

/** A value as the text that it is, or that Python makes of it. */
const asText = (value: PythonValue) => (typeof value === "string" ? value : pythonStr(value));

export function isSameSequence(given: PythonValue, right: PythonValue): boolean {
  return isSame(listIn(asText(given)), listIn(right), "list");
}

export function isSameSequenceInAnyCase(given: PythonValue, right: PythonValue): boolean {
  const items = itemsOf(listIn(asText(given))).map((item) =>
    typeof item === "string" ? item.toLowerCase() : pythonStr(item),
  );
  return isSame(
    items,
    itemsOf(listIn(right)).map((item) => requireText(item).toLowerCase()),
    "list",
  );
}

/** The share of entries that are right in their place, of lists of one length. */
export function sequenceAccuracy(given: PythonValue, right: PythonValue): number {
  const [items, expected] = [itemsOf(listIn(given)), itemsOf(listIn(right))];
  if (items.length !== expected.length || expected.length === 0) return 0;
  const correct = expected.filter((value, i) => {
    const item = items[i]!;
    if (typeof value === "string") return requireText(item).toLowerCase() === value.toLowerCase();
    return isNumber(value) && isNumber(item) && identity(value) === identity(item);
  });
  return correct.length / expected.length;
}

/** How much of a list is right from its beginning on. */
export function commonPrefixShare(given: PythonValue, right: PythonValue): number {
  const [items, expected] = [itemsOf(listIn(given)), itemsOf(listIn(right))];
  if (expected.length === 0) return 0;
  let length = 0;
  while (
    length < Math.min(items.length, expected.length) &&
    identity(items[length]!) === identity(expected[length]!)
  )
    length++;
  return length / expected.length;
}

/** The value under a key; undefined where there is none. */
function under({ entries }: PythonDict, key: PythonValue): PythonValue | undefined {
  const known = identity(key);
  return entries.find(([other]) => identity(other) === known)?.[1];
}

function rightDict(right: PythonValue): PythonDict {
  if (!isDict(right)) throw new UnusableAnswer("the right answer is no dict");
  return right;
}

export function isSameDict(given: PythonValue, right: PythonValue): boolean {
  const value = dictOf(given);
  return isDict(value) && identity(value) === identity(dictOf(right));
}

/** The share of the entries of an answer that are right. */
export function dictPrecision(given: PythonValue, right: PythonValue): number {
  const value = dictOf(given);
  if (!isDict(value) || value.entries.length === 0) return 0;
  const expected = rightDict(dictOf(right));
  const matched = value.entries.filter(([key, of]) => {
    const entry = under(expected, key);
    return entry !== undefined && isExactly(of, entry);
  });
  return matched.length / value.entries.length;
}

/** The share of the entries of the right answer that an answer has. */
export function dictRecall(given: PythonValue, right: PythonValue): number {
  const value = dictOf(given);
  const expected = rightDict(dictOf(right));
  if (!isDict(value) || expected.entries.length === 0) return 0;
  const matched = expected.entries.filter(([key, of]) => isExactly(under(value, key) ?? null, of));
  return matched.length / expected.entries.length;
}

const NONE: PythonValue = { type: "list", items: [] };

/** A metric of the values under each key that either dict has, as its mean. Each answer is a dict, or one is read out of it. */
export function meanOverKeys(
  metric: (given: PythonValue, right: PythonValue) => number | boolean,
  readGiven = dictOf,
  readRight = dictOf,
) {
  return (given: PythonValue, right: PythonValue): number => {
    const value = readGiven(given);
    if (!isDict(value)) return 0;
    const expected = rightDict(readRight(right));
    const keys = distinct([...value.entries, ...expected.entries].map(([key]) => key));
    if (keys.length === 0) return 0;
    const sum = keys.reduce<number>(
      (total, key) => total + Number(metric(under(value, key) ?? NONE, under(expected, key) ?? NONE)),
      0,
    );
    return sum / keys.length;
  };
}
