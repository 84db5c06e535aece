import { expect, test } from "vitest";
import type { Rollout } from "../batch/group.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";
import { roundingMismatch, samplerMismatch } from "./sampler-mismatch.ts";

const LOGPROBS = Float64Array.of(-1, -2);

/** A rollout that differs from the trainer by so many nats a token. */
const rollout = (difference: number, isNoised = false) =>
  ({
    completion: { logprobs: LOGPROBS.map((l) => l - difference) },
    ...(isNoised && { isNoised }),
  }) as unknown as Rollout;
const credited = (rollouts: readonly Rollout[], isReplayed = false) =>
  ({ group: { rollouts, ...(isReplayed && { isReplayed }) } }) as unknown as CreditedGroup;

const GROUPS = [
  credited([rollout(0.25), rollout(0, true)]),
  credited([rollout(3)], true),
  credited([rollout(0.5)]),
];

test("replayed completions, and completions from noised images, are no samples of the present sampler", () => {
  const trainer = GROUPS.flatMap(({ group }) => group.rollouts.map(() => LOGPROBS));
  const remote = samplerMismatch(GROUPS, trainer, [0, 1, 2, 3]);
  expect(remote).toMatchObject({ mean: 0.375, max: 0.5 });
  const scores = trainer.map((logprobs) => ({ logprobs }));
  expect(roundingMismatch(GROUPS, scores as never)).toEqual(remote);
});

test("the mismatch is undefined where nothing is left to compare", () => {
  expect(samplerMismatch([credited([rollout(0, true)])], [LOGPROBS], [0])).toBeUndefined();
});
