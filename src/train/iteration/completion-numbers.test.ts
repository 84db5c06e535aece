import { expect, test } from "vitest";
import type { Group } from "../batch/group.ts";
import { rewardNumbers } from "./completion-numbers.ts";

/** A group of completions with these parts; null in place of parts that gave no value. */
function group(...parts: readonly (Readonly<Record<string, number>> | null)[]): Group {
  const judgement = { score: 1, extracted: "7" };
  const rollouts = parts.map((own) => ({
    reward: { value: own === null ? null : 1, parts: own ?? { accuracy: 1 }, judgement },
  }));
  return { rollouts } as unknown as Group;
}

test("a part is a mean over the judged completions that have it, since a separate reward may give null", () => {
  const groups = [group({ accuracy: 1, claims: 0.5 }, { accuracy: 0 }, { accuracy: 1, claims: 1 }, null)];
  const { rewardParts, unscorable } = rewardNumbers(groups);
  expect(rewardParts).toEqual({ accuracy: 2 / 3, claims: 0.75 });
  expect(unscorable).toBe(1);
});
