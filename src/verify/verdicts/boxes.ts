/**
 * @module
 * Boxes and points that a text names, in the units in which it names them.
 */

/** Left, top, right, bottom. */
export type Box = readonly [number, number, number, number];
export type Point = readonly [number, number];

/** With as many decimals as a double prints, or an exponent. */
const NUMBER = String.raw`[-+]?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][-+]?\d{1,3})?`;
/** A comma or white space: digits without either between them are one number. */
const JOINT = String.raw`(?:\s{0,4},\s{0,4}|\s{1,4})`;
const BOX = new RegExp(
  String.raw`[[({]\s{0,4}(${NUMBER})${JOINT}(${NUMBER})\s{0,4}(?:[\])}]\s{0,4}(?:,|to|and)?\s{0,4}[[({]\s{0,4}|${JOINT})(${NUMBER})${JOINT}(${NUMBER})\s{0,4}[\])}]`,
  "g",
);
const POINT = new RegExp(String.raw`[[(]\s{0,4}(${NUMBER})${JOINT}(${NUMBER})\s{0,4}[\])]`, "g");
/** "x=1, y=2", "{"x": 1, "y": 2}", "<point x="1" y="2">"; "y" may come first. */
const NAMED = (name: string) => String.raw`["']?\b${name}["']?\s{0,4}[=:]\s{0,4}["']?(${NUMBER})["']?`;
const NAMED_POINT = new RegExp(`${NAMED("x")}(?:${JOINT})${NAMED("y")}`, "g");
const NAMED_POINT_TURNED = new RegExp(`${NAMED("y")}(?:${JOINT})${NAMED("x")}`, "g");
const NAMED_BOXES = [
  ["x1", "y1", "x2", "y2"],
  ["x_?min", "y_?min", "x_?max", "y_?max"],
  ["left", "top", "right", "bottom"],
].map((names) => new RegExp(names.map(NAMED).join(JOINT), "gi"));
/** "<box>1, 2, 3, 4</box>", "<point>1 2</point>", "<click>1, 2</click>" */
const TAGGED = new RegExp(
  String.raw`<(?:box|bbox|point|click)>\s{0,4}(${NUMBER})${JOINT}(${NUMBER})(?:${JOINT}(${NUMBER})${JOINT}(${NUMBER}))?\s{0,4}</`,
  "g",
);
/** Numbers that are all of the text, or that a sentence of it ends with: "The point is 1, 2." */
const BARE = new RegExp(
  String.raw`^(?:[^\d\n]{0,80}(?:\bis|\bat|:)(?=\s))?\s{0,9}(${NUMBER})${JOINT}(${NUMBER})(?:${JOINT}(${NUMBER})${JOINT}(${NUMBER}))?\s{0,9}\.?\s{0,9}$`,
);

function distinct<T extends readonly number[]>(found: readonly T[]): readonly T[] {
  return [...new Map(found.map((one) => [one.join(), one])).values()];
}

/** White space and brackets of LaTeX, and the comma of Chinese text, in plain characters; without "px". */
function plain(text: string): string {
  return text
    .replaceAll(/\\(?:[ ,;:!]|left\b|right\b)/g, " ")
    .replaceAll(/(?<=\d)\s?(?:px|pixels?)\b/gi, "")
    .replaceAll("，", ",");
}

/** All boxes [x1, y1, x2, y2] or (x1, y1), (x2, y2) of a text, each once, with left below right and top below bottom. */
export function boxesIn(given: string): readonly Box[] {
  const text = plain(given);
  const bare = BARE.exec(text);
  const tagged = [...text.matchAll(TAGGED)].filter((match) => match[3] !== undefined);
  const matches =
    bare?.[3] === undefined
      ? [...[BOX, ...NAMED_BOXES].flatMap((form) => [...text.matchAll(form)]), ...tagged]
      : [bare];
  return distinct(
    matches.map((match): Box => {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = match.slice(1, 5).map(Number);
      return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
    }),
  );
}

/** All points (x, y) of a text, each once. */
export function pointsIn(given: string): readonly Point[] {
  const text = plain(given);
  const bare = BARE.exec(text);
  const matches =
    bare !== null && bare[3] === undefined
      ? [bare]
      : [
          ...text.matchAll(POINT),
          ...text.matchAll(NAMED_POINT),
          ...[...text.matchAll(TAGGED)].filter((match) => match[3] === undefined),
        ];
  if (matches.length > 0)
    return distinct(matches.map((match): Point => [Number(match[1]), Number(match[2])]));
  const turned = [...text.matchAll(NAMED_POINT_TURNED)];
  return distinct(turned.map((match): Point => [Number(match[2]), Number(match[1])]));
}
