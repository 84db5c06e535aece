/**
 * @module
 * The number of an answer.
 */
import { exactValue } from "../equivalence/exact.ts";
import { parseAnswer } from "../equivalence/grammar.ts";
import { doubleOf } from "../equivalence/rational.ts";
import type { Tree } from "../equivalence/tree.ts";
import { constantValue } from "../equivalence/value.ts";

const MAX_LENGTH = 200;

function numberIn(tree: Tree): number | undefined {
  if (tree.kind === "quantity" || tree.kind === "degrees") return numberIn(tree.of);
  if (tree.kind === "percent") return numberIn(tree.of);
  if (tree.kind === "negate") {
    const value = numberIn(tree.of);
    return value === undefined ? undefined : -value;
  }
  if (tree.kind === "relation" && /^[=≈]$/.test(tree.operators.join())) return numberIn(tree.sides[1]!);
  const exact = exactValue(tree);
  return exact === undefined ? constantValue(tree) : doubleOf(exact);
}

/** The number of an answer without unit and percent sign; undefined if it is not a number. */
export function numberOf(answer: string): number | undefined {
  if (answer.length > MAX_LENGTH) return undefined;
  const tree = parseAnswer(answer);
  const value = tree && numberIn(tree);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}
