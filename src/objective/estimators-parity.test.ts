import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { softOverlongPunishment } from "../reward/index.ts";
import { flat } from "../testing/objective-batch.ts";
import { objective } from "./objective.ts";
import type { AlgorithmInput } from "./registry.ts";
import type { ObjectiveGroup } from "./types.ts";

interface Batch {
  groupSize: number;
  rewards: number[];
  logprobs: number[][];
  oldLogprobs: number[][];
  refLogprobs: number[][];
  weights: number[][];
  mask: number[][];
  values: number[][];
  oldValues: number[][];
  isTruncated?: boolean[];
}
interface Case {
  source: "trl" | "verl";
  name: string;
  batch: string;
  weighted: boolean;
  onPolicy?: boolean;
  config: AlgorithmInput;
  loss?: number;
  coefficients: number[][];
  valueCoefficients?: number[][];
}
const path = new URL("../../fixtures/objective/estimators.json", import.meta.url);
const fixture: {
  batches: Record<string, Batch>;
  cases: Case[];
  overlong: { limit: number; buffer: number; lengths: number[]; punishments: number[] };
} = JSON.parse(readFileSync(path, "utf8"));

function groupsOf(batch: Batch, { config, weighted, onPolicy }: Case): ObjectiveGroup[] {
  const groups: ObjectiveGroup[] = [];
  for (let start = 0; start < batch.rewards.length; start += batch.groupSize) {
    const members = Array.from({ length: batch.groupSize }, (_, i) => start + i);
    groups.push({
      rewards: members.map((i) => batch.rewards[i]!),
      completions: members.map((i) => ({
        logprobs: batch.logprobs[i]!,
        oldLogprobs: (onPolicy ? batch.logprobs : batch.oldLogprobs)[i]!,
        refLogprobs: batch.refLogprobs[i]!,
        mask: batch.mask[i]!,
        isTruncated: batch.isTruncated?.[i],
        ...(weighted && { weights: batch.weights[i]! }),
        ...(config.kind === "ppo" && { values: batch.values[i]!, oldValues: batch.oldValues[i]! }),
      })),
    });
  }
  return groups;
}

describe("values, baselines, KL in the reward, pairs and truncation agree with other implementations", () => {
  test.each(fixture.cases)("$source $name, weights $weighted", (recorded) => {
    const groups = groupsOf(fixture.batches[recorded.batch]!, recorded);
    const found = objective(recorded.config, groups);
    // verl adds 1e-8 to the token count of every completion where it takes sequence means.
    const tolerance = recorded.source === "trl" ? { rtol: 1e-9, atol: 1e-12 } : { rtol: 2e-8, atol: 2e-8 };
    if (recorded.loss !== undefined) expect([found.loss]).toBeAllclose([recorded.loss], tolerance);
    expect(flat(found.coefficients)).toBeAllclose(recorded.coefficients.flat(), tolerance);
    expect(recorded.coefficients.flat().some((coefficient) => coefficient !== 0)).toBe(true);
    if (recorded.valueCoefficients) {
      expect(flat(found.valueCoefficients!)).toBeAllclose(recorded.valueCoefficients.flat(), tolerance);
    }
  });

  test("TRL counts truncated completions in means over completions, verl does not: each is an option", () => {
    const differing = fixture.cases.filter(
      ({ config }) =>
        "truncated" in config && config.truncated === "mask-and-count" && config.kind !== "dapo",
    );
    expect(differing).toHaveLength(3);
    for (const recorded of differing) {
      const groups = groupsOf(fixture.batches[recorded.batch]!, recorded);
      const { loss } = objective({ ...recorded.config, truncated: "mask" }, groups);
      const completions = groups.flatMap((group) => group.completions);
      const kept = completions.filter(({ isTruncated }) => !isTruncated).length;
      expect((loss * kept) / completions.length).toBeCloseTo(recorded.loss!, 12);
    }
  });

  test("the punishment of length is TRL's", () => {
    const { limit, buffer, lengths, punishments } = fixture.overlong;
    const found = lengths.map((length) => softOverlongPunishment(length, limit, buffer));
    expect(found).toBeAllclose(punishments);
  });
});
