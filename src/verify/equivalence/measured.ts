/**
 * @module
 * A value and its unit.
 */
import type { Tree } from "./tree.ts";

/** A tree's value and its unit: "%", "°" or a unit's one spelling, "" without one. */
export function measured(tree: Tree): { readonly of: Tree; readonly unit: string } {
  if (tree.kind === "quantity") return { of: tree.of, unit: tree.unit };
  if (tree.kind === "percent") return { of: tree.of, unit: "%" };
  if (tree.kind === "degrees") return { of: tree.of, unit: "°" };
  if (tree.kind === "negate") {
    const inner = measured(tree.of);
    if (inner.unit !== "") return { of: { kind: "negate", of: inner.of }, unit: inner.unit };
  }
  return { of: tree, unit: "" };
}
