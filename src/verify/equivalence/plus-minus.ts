/**
 * @module
 * ± expanded to its two values.
 */
import { byKind, type Cases, some, type Tree } from "./tree.ts";

const isSign = (part: Tree) => part.kind === "plus-minus";

/**
 * ± expanded to its two values, with the signs of one expression coupled. A tree with a ± that has no single sign, as in the
 * items of a set, stays as it is.
 */
export function expanded(tree: Tree): Tree {
  if (tree.kind === "number" || tree.kind === "symbol") return tree;
  if (tree.kind === "list" || tree.kind === "group" || tree.kind === "union" || tree.kind === "matrix")
    return tree;
  if (!some(tree, isSign)) return tree;
  const upper = withSign(tree, 1);
  return some(upper, isSign) ? tree : { kind: "list", items: [upper, withSign(tree, -1)] };
}

function withSign(tree: Tree, sign: 1 | -1): Tree {
  return byKind(signed, tree, sign) ?? tree;
}

const signedAll = (trees: readonly Tree[], sign: 1 | -1) => trees.map((tree) => withSign(tree, sign));

const signed: Cases<1 | -1, Tree> = {
  "plus-minus"(tree, sign) {
    const of = withSign(tree.right, sign);
    const right: Tree = tree.sign * sign > 0 ? of : { kind: "negate", of };
    return tree.left === undefined ? right : { kind: "sum", terms: [withSign(tree.left, sign), right] };
  },
  sum: (tree, sign) => ({ ...tree, terms: signedAll(tree.terms, sign) }),
  product: (tree, sign) => ({ ...tree, factors: signedAll(tree.factors, sign) }),
  quotient: (tree, sign) => ({ ...tree, top: withSign(tree.top, sign), bottom: withSign(tree.bottom, sign) }),
  power: (tree, sign) => ({
    ...tree,
    base: withSign(tree.base, sign),
    exponent: withSign(tree.exponent, sign),
  }),
  root: (tree, sign) => ({ ...tree, of: withSign(tree.of, sign) }),
  call: (tree, sign) => ({ ...tree, args: signedAll(tree.args, sign) }),
  absolute: (tree, sign) => ({ ...tree, of: withSign(tree.of, sign) }),
  factorial: (tree, sign) => ({ ...tree, of: withSign(tree.of, sign) }),
  ratio: (tree, sign) => ({ ...tree, parts: signedAll(tree.parts, sign) }),
  negate: (tree, sign) => ({ ...tree, of: withSign(tree.of, sign) }),
  percent: (tree, sign) => ({ ...tree, of: withSign(tree.of, sign) }),
  degrees: (tree, sign) => ({ ...tree, of: withSign(tree.of, sign) }),
  quantity: (tree, sign) => ({ ...tree, of: withSign(tree.of, sign) }),
  relation: (tree, sign) => ({ ...tree, sides: signedAll(tree.sides, sign) }),
};
