/**
 * @module
 * Assigned roles compared with true roles.
 */
import { ShapeError } from "../../errors/index.ts";

/**
 * Counts by true and assigned class, `[true][assigned]`.
 *
 * @param truth `[N]` classes from 0
 * @param assigned `[N]` classes from 0
 * @throws ShapeError when the lengths differ
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  assigned: ArrayLike<number>,
  classes: number,
): number[][] {
  if (truth.length !== assigned.length) {
    throw new ShapeError(`assigned: expected shape [${truth.length}], got [${assigned.length}]`);
  }
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) counts[truth[i]!]![assigned[i]!]! += 1;
  return counts;
}

/** How well one class is found. */
export interface ClassScore {
  /** Share of the items assigned to it that belong to it; NaN when none was. */
  readonly precision: number;
  /** Of the items that belong to it, those assigned to it; NaN when none does. */
  readonly recall: number;
  /** 2·TP / (2·TP + FP + FN); NaN when it neither occurs nor is assigned. */
  readonly f1: number;
}

/** Precision, recall and F1 of one class of a confusion matrix. */
export function classScore(counts: readonly (readonly number[])[], index: number): ClassScore {
  const hits = counts[index]![index]!;
  const belonging = counts[index]!.reduce((sum, count) => sum + count, 0);
  const given = counts.reduce((sum, row) => sum + row[index]!, 0);
  return { precision: hits / given, recall: hits / belonging, f1: (2 * hits) / (belonging + given) };
}
