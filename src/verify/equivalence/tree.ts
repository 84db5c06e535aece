/**
 * @module
 * The syntax tree of an answer.
 */
import type { Rational } from "./rational.ts";

/** A numeral as written. */
export interface Numeral {
  readonly kind: "number";
  readonly value: Rational;
  /** The digits and point as written, without thousands' separators. */
  readonly text: string;
  /** It has a point or an exponent, so it may be a rounded value. */
  readonly isDecimal: boolean;
}

/** Expressions, which have a value, and structures, which are compared part by part. */
export type Tree =
  | Numeral
  | { readonly kind: "symbol"; readonly name: string; readonly isWord: boolean }
  | { readonly kind: "negate"; readonly of: Tree }
  | { readonly kind: "sum"; readonly terms: readonly Tree[] }
  | { readonly kind: "product"; readonly factors: readonly Tree[] }
  | { readonly kind: "quotient"; readonly top: Tree; readonly bottom: Tree }
  | { readonly kind: "mixed"; readonly whole: Numeral; readonly part: Tree }
  | { readonly kind: "power"; readonly base: Tree; readonly exponent: Tree }
  | { readonly kind: "root"; readonly of: Tree; readonly degree: Tree | undefined }
  /** A known function, a letter applied to an argument, or an operator such as a sum or an integral. */
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Tree[] }
  | { readonly kind: "factorial"; readonly of: Tree }
  | { readonly kind: "absolute"; readonly of: Tree }
  /** left ± right; `sign` is −1 for ∓. */
  | {
      readonly kind: "plus-minus";
      readonly left: Tree | undefined;
      readonly right: Tree;
      readonly sign: 1 | -1;
    }
  | { readonly kind: "degrees"; readonly of: Tree }
  | { readonly kind: "percent"; readonly of: Tree }
  | { readonly kind: "quantity"; readonly of: Tree; readonly unit: string }
  /** Digits in a base, 204_5. */
  | { readonly kind: "based"; readonly digits: string; readonly base: string }
  | { readonly kind: "ratio"; readonly parts: readonly Tree[] }
  /** A point, an interval or a set, by its brackets. */
  | { readonly kind: "group"; readonly open: string; readonly close: string; readonly items: readonly Tree[] }
  | { readonly kind: "list"; readonly items: readonly Tree[] }
  | { readonly kind: "relation"; readonly operators: readonly string[]; readonly sides: readonly Tree[] }
  | { readonly kind: "union"; readonly operator: string; readonly parts: readonly Tree[] }
  | { readonly kind: "matrix"; readonly rows: readonly (readonly Tree[])[]; readonly isSystem: boolean };

/** The parts of a tree. */
export function children(tree: Tree): readonly Tree[] {
  switch (tree.kind) {
    case "number":
    case "symbol":
    case "based":
      return [];
    case "negate":
    case "factorial":
    case "absolute":
    case "percent":
    case "degrees":
    case "quantity":
      return [tree.of];
    case "sum":
      return tree.terms;
    case "product":
      return tree.factors;
    case "quotient":
      return [tree.top, tree.bottom];
    case "mixed":
      return [tree.whole, tree.part];
    case "power":
      return [tree.base, tree.exponent];
    case "root":
      return tree.degree === undefined ? [tree.of] : [tree.of, tree.degree];
    case "call":
      return tree.args;
    case "plus-minus":
      return tree.left === undefined ? [tree.right] : [tree.left, tree.right];
    case "ratio":
    case "union":
      return tree.parts;
    case "group":
    case "list":
      return tree.items;
    case "relation":
      return tree.sides;
    case "matrix":
      return tree.rows.flat();
  }
}

/** Whether the tree or any part of it satisfies a predicate. */
export function some(tree: Tree, is: (part: Tree) => boolean): boolean {
  return is(tree) || children(tree).some((part) => some(part, is));
}

/** Functions of trees, by kind. */
export type Cases<Context, Result> = {
  readonly [Kind in Tree["kind"]]?: (
    tree: Extract<Tree, { readonly kind: Kind }>,
    context: Context,
  ) => Result;
};

/** The result of the case for the tree's kind; undefined for a kind without one. */
export function byKind<Context, Result>(
  cases: Cases<Context, Result>,
  tree: Tree,
  context: Context,
): Result | undefined {
  return (cases[tree.kind] as ((tree: Tree, context: Context) => Result) | undefined)?.(tree, context);
}
