/**
 * @module
 * One spelling of a tree: terms, factors and members in any order are spelled the same, and so are equal numerals.
 */
import { exactValue } from "./exact.ts";
import { type Rational, reduced } from "./rational.ts";
import type { Tree } from "./tree.ts";

function lowestTerms({ top, bottom }: Rational): string {
  if (bottom === 1n) return String(top);
  if (String(top).length + String(bottom).length > 200) return `${top}/${bottom}`;
  const lowest = reduced({ top, bottom });
  return lowest.bottom === 1n ? String(lowest.top) : `${lowest.top}/${lowest.bottom}`;
}

function all(trees: readonly Tree[]): string[] {
  return trees.map(spelled);
}

const spellings = new WeakMap<Tree, string>();

/** The spelling; two trees with one spelling are the same answer. Names and numerals are spelled too fast to be kept. */
export function spelled(tree: Tree): string {
  if (tree.kind === "symbol") return tree.name;
  if (tree.kind === "number") return lowestTerms(tree.value);
  let spelling = spellings.get(tree);
  if (spelling === undefined) {
    spelling = spellingOf(tree);
    spellings.set(tree, spelling);
  }
  return spelling;
}

/** The arguments of "f(1, 2)" in their order, which counts. */
function argumentsOf(args: readonly Tree[]): readonly Tree[] {
  const [first, ...more] = args;
  return first?.kind === "list" && more.length === 0 ? first.items : args;
}

function spellingOf(tree: Exclude<Tree, { readonly kind: "symbol" | "number" }>): string {
  const value = exactValue(tree);
  if (value !== undefined) return lowestTerms(value);
  switch (tree.kind) {
    case "sum":
      return `(+ ${all(tree.terms).sort().join(" ")})`;
    case "product":
      return `(* ${all(tree.factors).sort().join(" ")})`;
    case "negate":
      return `(- ${spelled(tree.of)})`;
    case "quotient":
      return `(/ ${spelled(tree.top)} ${spelled(tree.bottom)})`;
    case "mixed":
      return `(mixed ${spelled(tree.whole)} ${spelled(tree.part)})`;
    case "power":
      return `(^ ${spelled(tree.base)} ${spelled(tree.exponent)})`;
    case "root":
      return `(root ${spelled(tree.of)} ${tree.degree === undefined ? 2 : spelled(tree.degree)})`;
    case "call":
      return `(${tree.name} ${all(argumentsOf(tree.args)).join(" ")})`;
    case "plus-minus":
      return `(± ${tree.sign} ${tree.left === undefined ? "" : spelled(tree.left)} ${spelled(tree.right)})`;
    case "factorial":
    case "absolute":
    case "percent":
    case "degrees":
      return `(${tree.kind} ${spelled(tree.of)})`;
    case "quantity":
      return `(quantity ${spelled(tree.of)} ${tree.unit})`;
    case "based":
      return `${tree.digits}_${tree.base}`;
    case "ratio":
      return `(: ${all(tree.parts).join(" ")})`;
    case "group":
      return `${tree.open} ${(tree.open === "{" ? all(tree.items).sort() : all(tree.items)).join(" ")} ${tree.close}`;
    case "list":
      return `(list ${all(tree.items).sort().join(" ")})`;
    case "relation":
      return `(${tree.operators.join(" ")} ${all(tree.sides).join(" ")})`;
    case "union":
      return `(${tree.operator} ${all(tree.parts).join(" ")})`;
    case "matrix":
      return `(matrix ${tree.rows.map((row) => all(row).join(" ")).join("; ")})`;
  }
}
