/**
 * @module
 * Truncated completions, whose tokens an algorithm may leave out.
 */
import type { Algorithm } from "./algorithm.ts";
import type { ObjectiveGroup } from "./types.ts";

/** The groups with the tokens that count: tokens of truncated completions are masked, unless they are kept. Rewards stay. */
export function countedGroups(
  groups: readonly ObjectiveGroup[],
  { truncated }: Pick<Algorithm, "truncated">,
): readonly ObjectiveGroup[] {
  if (truncated === "keep") return groups;
  return groups.map((group) => ({
    ...group,
    completions: group.completions.map((completion) =>
      completion.isTruncated ? { ...completion, mask: new Uint8Array(completion.mask.length) } : completion,
    ),
  }));
}

/** `[T]` 1 where a token of a completion counts: every token, or none of a truncated completion unless it is kept. */
export function countedMask(
  { tokens, isTruncated }: { readonly tokens: number; readonly isTruncated: boolean },
  { truncated }: Pick<Algorithm, "truncated">,
): Uint8Array {
  return new Uint8Array(tokens).fill(isTruncated && truncated !== "keep" ? 0 : 1);
}
