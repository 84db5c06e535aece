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
