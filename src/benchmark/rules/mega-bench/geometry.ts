/**
 * @module
 * MEGA-Bench's metrics of boxes, points and keypoints, in shares of an image's sides.
 */
import { pythonFloat } from "../../../verify/index.ts";
import { pythonJson, pythonLiteral } from "../../python/read.ts";
import { isSequence, type PythonValue } from "../../python/value.ts";
import { pythonStr } from "../../python/write.ts";
import { isNumber, requireNumber, requireText, UnusableAnswer } from "./conversions.ts";

/** Two corners: x, y, x, y. */
type Box = readonly number[];

function area([x = 0, y = 0, toX = 0, toY = 0]: Box): number {
  return (toX - x) * (toY - y);
}

function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!);
  const height = Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!);
  const both = Math.max(0, width) * Math.max(0, height);
  const either = area(a) + area(b) - both;
  return either > 0 ? both / either : 0;
}

/** The mean over an answer's boxes of the best overlap with a right one; 0 without a box. */
function meanOverlap(given: readonly Box[], right: readonly Box[]): number {
  const best = given.map((box) => Math.max(0, ...right.map((other) => intersectionOverUnion(box, other))));
  return best.length === 0 ? 0 : best.reduce((sum, overlap) => sum + overlap, 0) / best.length;
}

/** The first four numbers of a list. */
function box(value: PythonValue | undefined): Box {
  if (!isSequence(value)) throw new UnusableAnswer("is no box");
  return [0, 1, 2, 3].map((i) => requireNumber(value.items[i]));
}

/** The lists of `length` numbers in a list; all others are left out. */
function vectorsIn(value: PythonValue | undefined, length: number): Box[] {
  if (!isSequence(value)) return [];
  return value.items.flatMap((item) =>
    isSequence(item) && item.items.length === length && item.items.every(isNumber)
      ? [item.items.map(Number)]
      : [],
  );
}

/** The boxes of a list, or of a text: there one box may be given alone, and all that is not a box is left out. */
function boxes(value: PythonValue): Box[] {
  if (isSequence(value)) return value.items.map(box);
  if (typeof value !== "string") return [];
  const list = pythonLiteral(value) ?? pythonJson(value);
  if (list === undefined) return [];
  if (isNumber(list)) throw new UnusableAnswer("is no list of boxes");
  const isOne = isSequence(list) && list.items.length === 4 && isNumber(list.items[0]);
  return vectorsIn(isOne ? { type: "list", items: [list] } : list, 4);
}

export function boxesOverlap(given: PythonValue, right: PythonValue): number {
  return meanOverlap(boxes(given), boxes(right));
}

export function boxOverlap(given: PythonValue, right: PythonValue): number {
  const [a, b] = [given, right].map((value) => box(pythonLiteral(requireText(value))));
  return meanOverlap([a!], [b!]);
}

/** The mean overlap, box by box, of as many boxes as there are. */
export function boxSequenceOverlap(given: PythonValue, right: PythonValue): number {
  const [a, b] = [boxes(isSequence(given) ? given : pythonStr(given)), boxes(right)];
  if (a.length !== b.length || b.length === 0) return 0;
  return a.reduce((sum, one, i) => sum + meanOverlap([one], [b[i]!]), 0) / b.length;
}

/** The `length` numbers between tags; places with another number of them are left out. */
function tagged(text: string, tag: string, length: number): Box[] {
  return [...text.matchAll(new RegExp(`<${tag}>([^\\n]*?)</${tag}>`, "g"))].flatMap(([, inner = ""]) => {
    const numbers = inner.split(",").map(pythonFloat);
    return numbers.length === length && numbers.every((number) => number !== undefined) ? [numbers] : [];
  });
}

function taggedBoxes(value: PythonValue): Box[] {
  if (isSequence(value)) {
    const isOne = value.items.length === 4 && isNumber(value.items[0]);
    return isOne ? [box(value)] : value.items.map(box);
  }
  return typeof value === "string" ? tagged(value, "box", 4) : [];
}

export function taggedBoxOverlap(given: PythonValue, right: PythonValue): number {
  return meanOverlap(taggedBoxes(given), taggedBoxes(right));
}

/** The one point of an answer. */
function point(value: PythonValue): readonly [number, number] {
  const numbers = isSequence(value) ? value.items.map(requireNumber) : pointIn(requireText(value));
  if (numbers.length !== 2) throw new UnusableAnswer("is no point");
  return [numbers[0]!, numbers[1]!];
}

function pointIn(text: string): Box {
  const count = text.match(/<point>[^\n]*?<\/point>/g)?.length;
  return (count === 1 ? tagged(text, "point", 2)[0] : undefined) ?? [];
}

/** 1 less the distance of two points. */
export function pointCloseness(given: PythonValue, right: PythonValue): number {
  const [a, b] = [point(given), point(right)];
  if ([...a, ...b].some((x) => !(x >= 0 && x <= 1))) return 0;
  return Math.max(0, 1 - Math.hypot(a[0] - b[0], a[1] - b[1]));
}

/** Whether a point is in one of some boxes, each a text. */
export function isPointInBox(given: PythonValue, allowed: readonly PythonValue[]): boolean {
  const places = allowed.map((text) => boxes(requireText(text))[0]!);
  const [x, y] = point(given);
  return places.some(
    ([fromX = 0, fromY = 0, toX = 0, toY = 0]) => fromX <= x && x <= toX && fromY <= y && y <= toY,
  );
}

/** Of points, all of which must be there in their order: the mean of exp(-10 d / sqrt 2) over their distances d. */
export function keypointSimilarity(given: PythonValue, right: PythonValue): number {
  const [a, b] = [given, right].map((value) => {
    if (isSequence(value)) return value.items.map((item) => numbersOf(item));
    if (typeof value !== "string") return [];
    return vectorsIn(pythonLiteral(value) ?? pythonJson(value), 2);
  });
  if (a!.length !== b!.length || b!.length === 0) return 0;
  const sum = a!.reduce((total, [x = 0, y = 0], i) => {
    const [rightX = 0, rightY = 0] = b![i]!;
    return total + Math.exp((-10 * Math.hypot(x - rightX, y - rightY)) / Math.SQRT2);
  }, 0);
  return sum / b!.length;
}

function numbersOf(value: PythonValue): Box {
  if (!isSequence(value) || value.items.length !== 2) throw new UnusableAnswer("is no point");
  return value.items.map(requireNumber);
}
