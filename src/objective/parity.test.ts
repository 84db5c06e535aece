import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
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
}
interface Case {
  source: "trl" | "verl";
  name: string;
  batch: string;
  weighted: boolean;
  config: AlgorithmInput;
  loss: number;
  coefficients: number[][];
}
const path = new URL("../../fixtures/objective/objective.json", import.meta.url);
const fixture: { batches: Record<string, Batch>; cases: Case[] } = JSON.parse(readFileSync(path, "utf8"));

function groupsOf(batch: Batch, weighted: boolean): ObjectiveGroup[] {
  const groups: ObjectiveGroup[] = [];
  for (let start = 0; start < batch.rewards.length; start += batch.groupSize) {
    const members = Array.from({ length: batch.groupSize }, (_, i) => start + i);
    groups.push({
      rewards: members.map((i) => batch.rewards[i]!),
      completions: members.map((i) => ({
        logprobs: batch.logprobs[i]!,
        oldLogprobs: batch.oldLogprobs[i]!,
        refLogprobs: batch.refLogprobs[i]!,
        mask: batch.mask[i]!,
        weights: weighted ? batch.weights[i]! : undefined,
      })),
    });
  }
  return groups;
}

describe("objectives agree with other implementations, loss and gradient", () => {
  test.each(fixture.cases)("$source $name, batch $batch, weights $weighted", (recorded) => {
    const groups = groupsOf(fixture.batches[recorded.batch]!, recorded.weighted);
    const { loss, coefficients } = objective(recorded.config, groups);
    // verl adds 1e-8 to the token count of every completion where it takes sequence means.
    const tolerance = recorded.source === "trl" ? { rtol: 1e-9, atol: 1e-12 } : { rtol: 2e-8, atol: 2e-8 };
    expect([loss]).toBeAllclose([recorded.loss], tolerance);
    const got = coefficients.flat().flatMap((row) => [...row]);
    // Exactly on a bound torch halves the gradient, ours is that of the inner side: only the losses agree.
    if (recorded.batch !== "edges") expect(got).toBeAllclose(recorded.coefficients.flat(), tolerance);
  });

  test("exactly on the bounds of the ratio every token still learns", () => {
    const groups = groupsOf(fixture.batches["edges"]!, false);
    const config: AlgorithmInput = { kind: "grpo", aggregation: "token-mean", advantageEpsilon: 0 };
    const { coefficients } = objective({ ...config, clipLow: 0.5, clipHigh: 1 }, groups);
    expect(coefficients[0]![0]).toBeAllclose([0.5 / 9, 1 / 9, 2 / 9]);
    expect(coefficients[0]![1]).toBeAllclose([-0.5 / 9, -1 / 9, -2 / 9]);
  });

  test("the recordings cover both sources and every kind of algorithm but ppo and dpo, which have recordings of their own", () => {
    expect(new Set(fixture.cases.map(({ source }) => source))).toEqual(new Set(["trl", "verl"]));
    expect(new Set(fixture.cases.map(({ config }) => config.kind)).size).toBe(7);
  });
});
