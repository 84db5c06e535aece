import { expect, test } from "vitest";
import { ShapeError } from "../errors/index.ts";
import { objective } from "./objective.ts";
import { createAlgorithm, parseAlgorithm } from "./registry.ts";
import { knownAdvantages } from "./token-advantages.ts";
import type { ObjectiveGroup } from "./types.ts";

const made = () =>
  createAlgorithm(parseAlgorithm({ kind: "ppo", baseline: "values", aggregation: "token-mean" }));
const group = (...rewards: number[]): ObjectiveGroup => ({
  rewards,
  completions: rewards.map((reward) => ({
    logprobs: [-1, -2],
    oldLogprobs: [-1.1, -1.9],
    values: [0.25, reward / 2],
    mask: [1, 1],
  })),
});
const batch = [group(1, 0, 0.5), group(3, 3, 2)];

test("minibatches with the batch's advantages add up to the batch, though advantages are whitened over it", () => {
  const ppo = made();
  const known = knownAdvantages(ppo, batch)!;
  const halves = batch.map((own, g) => objective(ppo, [{ ...own, known: known[g] }]));
  const whole = objective(ppo, batch);
  // Each half has a mean over half of the tokens.
  const mean = (halves[0]!.loss + halves[1]!.loss) / 2;
  expect(mean).toBeCloseTo(whole.loss, 12);
  halves.forEach(({ coefficients }, g) => {
    coefficients[0]!.forEach((row, i) => {
      expect(row.map((own) => own / 2)).toBeAllclose(whole.coefficients[g]![i]!);
    });
  });
  const alone = batch.map((own) => objective(ppo, [own]));
  expect(alone[1]!.coefficients[0]![0]).not.toEqual(halves[1]!.coefficients[0]![0]);
});

test("known advantages of another shape are an error that names them, and pairs have none", () => {
  const ppo = made();
  const [known] = knownAdvantages(ppo, batch)!;
  const short = { ...known!, advantages: known!.advantages.slice(1) };
  expect(() => objective(ppo, [{ ...batch[0]!, known: short }])).toThrow(ShapeError);
  expect(() => objective(ppo, [{ ...batch[0]!, known: short }])).toThrow("known.advantages");
  expect(knownAdvantages(createAlgorithm(parseAlgorithm({ kind: "dpo" })), batch)).toBeUndefined();
});
