/**
 * @module
 * ± as the two values that it stands for.
 */
import { some, type Tree } from "./tree.ts";

/** ± as the two values that it stands for, signs of one expression going together. */
export function expanded(tree: Tree): Tree {
  if (tree.kind === "list" || tree.kind === "group" || tree.kind === "union" || tree.kind === "matrix")
    return tree;
  if (!some(tree, (part) => part.kind === "plus-minus")) return tree;
  return { kind: "list", items: [withSign(tree, 1), withSign(tree, -1)] };
}

function withSign(tree: Tree, sign: 1 | -1): Tree {
  const of = (part: Tree) => withSign(part, sign);
  switch (tree.kind) {
    case "plus-minus": {
      const right: Tree = tree.sign * sign > 0 ? of(tree.right) : { kind: "negate", of: of(tree.right) };
      return tree.left === undefined ? right : { kind: "sum", terms: [of(tree.left), right] };
    }
    case "sum":
      return { ...tree, terms: tree.terms.map(of) };
    case "product":
      return { ...tree, factors: tree.factors.map(of) };
    case "quotient":
      return { ...tree, top: of(tree.top), bottom: of(tree.bottom) };
    case "negate":
    case "percent":
    case "degrees":
    case "quantity":
      return { ...tree, of: of(tree.of) };
    case "relation":
      return { ...tree, sides: tree.sides.map(of) };
    default:
      return tree;
  }
}
