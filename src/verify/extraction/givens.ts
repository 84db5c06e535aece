/**
 * @module
 * Rows of named values. In "r = 5, h = 7, V = 12" the last is the result and the others are given; the values of
 * unknowns, "x = 1, y = 2", are several answers.
 */

/** Names of values, as in "x = 3, y = 4". */
export const NAME = String.raw`(?:m?∠[A-Z]{1,3}|[A-Z]{1,3}|[A-Za-z](?:_?\d)?)`;
const VALUE = String.raw`[-+−]?[$€£]?\d[\d.,/]*(?<![.,/])(?:\s?[a-zA-Z%°µΩ][a-zA-Z²³/^\d]{0,6})?`;
/** A name and its value. */
export const NAMED_VALUE = String.raw`(?<![\p{L}\p{N}])${NAME}\s?(?:[=＝]|\bis\b)\s?${VALUE}`;
/** Between two named values. */
export const NEXT_VALUE = String.raw`(?:[,;]\s(?:and\s)?|\sand\s)`;

const LAST = new RegExp(
  String.raw`^(.*${VALUE})(\s?[,;]\s?|\sand\s|,\sand\s)(${NAME})\s?[=＝]\s?(${VALUE})$`,
  "su",
);
const NAMED = new RegExp(String.raw`(?<![\p{L}\p{N}])(${NAME})\s?[=＝]`, "gu");
const MAX_ROW = 200;

type Kind = "segment" | "angle" | "capital" | "letter";

function kindOf(name: string): Kind {
  if (name.includes("∠")) return "angle";
  if (/^[A-Z]{2}/.test(name)) return "segment";
  return /^[A-Z]/.test(name) ? "capital" : "letter";
}

/** The names before "=" in a text, in order. */
export function namesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(NAMED), ([, name = ""]) => name);
}

/** Whether names of one kind name several unknowns, "x, y", "x_1, x_2", "∠A, ∠B", or are fewer than three. */
function areUnknowns(names: readonly string[], kind: Kind): boolean {
  if (kind === "angle" || names.length < 3) return true;
  const letters = names.map((name) => name.charCodeAt(0)).sort((a, b) => a - b);
  return kind !== "segment" && letters.every((letter, i) => i === 0 || letter - letters[i - 1]! <= 1);
}

/**
 * The value of the last name of a row, where it is the result: its name is of another kind than all names before it,
 * or they are no letters for several unknowns. Values that "and" joins are of one rank.
 */
export function resultOfRow(row: string): string | undefined {
  if (row.length > MAX_ROW || !row.includes("=")) return undefined;
  const [, before = "", joint = "", name = "", value] = LAST.exec(row) ?? [];
  const names = namesIn(before);
  if (names.length === 0 || joint.includes("and")) return undefined;
  const kind = kindOf(name);
  const alike = names.filter((other) => kindOf(other) === kind);
  if (alike.length === 0) return value;
  return alike.length < names.length || areUnknowns([...alike, name], kind) ? undefined : value;
}
