import { describe, expect, test } from "vitest";
import type { CreditMethod } from "../../credit/index.ts";
import type { Problem } from "../../data/index.ts";
import { groupAdvantages, Rng } from "../../math/index.ts";
import type { RgbImage } from "../../model/index.ts";
import { digitsFakeEngine, steadyClock } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import { creditedBatch } from "../credit/credited-batch.ts";
import { objectiveGroups } from "../credit/measured-group.ts";
import { runIteration } from "../iteration/iteration.ts";
import { Stopwatch } from "../loop/stopwatch.ts";
import { rolloutsSchema, SHARED_CHANGES, type SharedRollouts } from "../schedule/rollouts-schema.ts";
import { groupRewards } from "./group.ts";
import { sampleGroups } from "./sample-groups.ts";
import { changedImage, formsOf } from "./shared-questions.ts";

/** Two columns, three rows; every pixel a level of its own. */
const image: RgbImage = {
  width: 2,
  height: 3,
  data: Uint8Array.from({ length: 18 }, (_, i) => 10 * Math.floor(i / 3)),
};
const levels = ({ width, data }: RgbImage) => {
  const all = Array.from({ length: data.length / 3 }, (_, i) => data[i * 3]! / 10);
  return Array.from({ length: all.length / width }, (_, y) => all.slice(y * width, (y + 1) * width));
};
const problem: Problem = {
  id: "one",
  images: [image],
  question: "How many?",
  answers: ["3"],
  columns: { new_questions: ["What number?", "Count."] },
};
const options = (more: object = {}) => rolloutsSchema.parse({ kind: "shared", ...more }) as SharedRollouts;

describe("changes of an image", () => {
  test.each([
    [
      "quarter-clockwise",
      [
        [4, 2, 0],
        [5, 3, 1],
      ],
    ],
    [
      "quarter-anticlockwise",
      [
        [1, 3, 5],
        [0, 2, 4],
      ],
    ],
    [
      "half-turn",
      [
        [5, 4],
        [3, 2],
        [1, 0],
      ],
    ],
    [
      "flip-vertical",
      [
        [4, 5],
        [2, 3],
        [0, 1],
      ],
    ],
    [
      "flip-horizontal",
      [
        [1, 0],
        [3, 2],
        [5, 4],
      ],
    ],
    [
      "flip-both",
      [
        [5, 4],
        [3, 2],
        [1, 0],
      ],
    ],
  ] as const)("%s moves pixels where it says", (change, expected) => {
    expect(levels(changedImage(image, change, new Rng(0)))).toEqual(expected);
  });

  test("noise has the deviation that it is named by", () => {
    const grey: RgbImage = { width: 60, height: 60, data: new Uint8Array(60 * 60 * 3).fill(128) };
    for (const [change, deviation] of [
      ["noise-10", 10],
      ["noise-25", 25],
    ] as const) {
      const { data } = changedImage(grey, change, new Rng(1));
      const found = Math.sqrt(data.reduce((sum, value) => sum + (value - 128) ** 2, 0) / data.length);
      expect(found / deviation).toBeGreaterThan(0.95);
      expect(found / deviation).toBeLessThan(1.05);
    }
  });
});

describe("forms of a problem", () => {
  test("have other wordings, without repetition as long as there are enough, and the same answer", () => {
    const forms = formsOf(problem, options({ variants: 3, changeShare: 0 }), new Rng(1));
    expect(new Set(forms.map(({ question }) => question))).toEqual(
      new Set(["What number?", "Count.", "How many?"]),
    );
    expect(
      forms.every(({ images, answers }) => images === problem.images && answers === problem.answers),
    ).toBe(true);
    const plain = formsOf({ ...problem, columns: {} }, options({ changeShare: 0 }), new Rng(1));
    expect(plain.map(({ question }) => question)).toEqual(["How many?", "How many?"]);
  });

  test("say what was done to their images, at the chance that is given, and nothing without images", () => {
    const changed = formsOf(
      problem,
      options({ changeShare: 1, changes: ["half-turn"], variants: 2 }),
      new Rng(1),
    );
    for (const { question, images } of changed) {
      expect(question).toMatch(/^The image is rotated 180 degrees/);
      expect(levels(images[0]!)).toEqual([
        [5, 4],
        [3, 2],
        [1, 0],
      ]);
    }
    const blind = formsOf({ ...problem, images: [] }, options({ changeShare: 1 }), new Rng(1));
    expect(blind.every(({ question }) => !question.includes("image is"))).toBe(true);
    const often = Array.from({ length: 300 }, (_, i) => formsOf(problem, options(), new Rng(i))).flat();
    const share = often.filter(({ images }) => images !== problem.images).length / often.length;
    expect(share).toBeGreaterThan(0.22);
    expect(share).toBeLessThan(0.38);
    expect(SHARED_CHANGES).toHaveLength(9);
  });
});

describe("Share-GRPO", () => {
  const SHARED = ["train.rollouts={kind: shared}", "credit=uniform", "train.reportKlEvery=0"];

  test("asks half as many problems twice, and compares each form with the other too", async () => {
    const { training, progress } = tinyTraining(digitsFakeEngine(), ...SHARED);
    const { groups } = await sampleGroups(training, progress, {}, new Stopwatch(steadyClock()));
    expect(groups.map(({ index }) => index)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(progress.dataPosition).toBe(4);
    for (const [p, group] of groups.entries()) {
      expect(group.others).toEqual(groupRewards(groups[p % 2 === 0 ? p + 1 : p - 1]!));
    }
  });

  test("learns, from groups whose rewards are equal too where the other form's differ", async () => {
    const { training, progress } = tinyTraining(digitsFakeEngine(), ...SHARED, "train.minibatches=2");
    for (const iteration of [1, 2, 3]) {
      const { metrics, steps } = await runIteration(training, progress, iteration);
      expect(steps.every(({ applied }) => applied)).toBe(true);
      expect(metrics.problems).toBe(8);
    }
  });

  test("compares the rewards of the other forms as the credit method has shaped them", async () => {
    const { training, progress } = tinyTraining(digitsFakeEngine(), ...SHARED, "train.reportKlEvery=0");
    // The first completion of each group gains 1, the others of a form nothing.
    const credit: CreditMethod = {
      needs: { allGroups: true },
      sharesEvenly: true,
      credit: (groups) =>
        groups.map((group) =>
          group.map(({ mask }, i) => ({
            weights: new Float64Array(mask.length).fill(1),
            rewardBonus: i === 0 ? 1 : 0,
          })),
        ),
    };
    const shaping = { ...training, credit };
    const watch = new Stopwatch(steadyClock());
    const { groups } = await sampleGroups(shaping, progress, credit.needs, watch);
    const inputs = {
      credit: { rng: new Rng(1), ablationSeed: 1, isStale: false, progress: 0 },
      reference: false,
    };
    // In minibatches the groups of an iteration are shuffled.
    const order = [3, 0, 7, 5, 1, 6, 2, 4];
    const shuffled = order.map((p) => groups[p]!);
    const credited = await creditedBatch(shaping, shuffled, inputs, watch);
    if ("reason" in credited) throw new Error(credited.reason);
    const shaped = (p: number) => groupRewards(groups[p]!).map((reward, i) => reward! + (i === 0 ? 1 : 0));
    const compared = objectiveGroups(credited);
    expect(compared).toHaveLength(8);
    for (const [i, { rewards, others, known }] of compared.entries()) {
      const p = order[i]!;
      expect([rewards, others]).toEqual([shaped(p), shaped(p % 2 === 0 ? p + 1 : p - 1)]);
      const all = [...shaped(p), ...(Array.from(others!) as number[])];
      const advantage = (values: number[]) => groupAdvantages(values, { scale: "std", epsilon: 1e-6 })[0]!;
      const expected = advantage(shaped(p)) + advantage(all);
      expect(known!.advantages[0]![0]).toBeCloseTo(expected, 4);
    }
  });

  test("is refused where prompts do not divide, and with algorithms that do not compare outcomes", () => {
    const opened =
      (...flags: string[]) =>
      () =>
        tinyTraining(digitsFakeEngine(), ...SHARED, ...flags);
    expect(opened("train.promptsPerIteration=7")).toThrow("a multiple of train.rollouts.variants (2), got 7");
    const shaping = "credit={kind: dyco-rl, ablation: reward-shaping}";
    expect(opened(shaping, "train.dynamicSampling={maxAttempts: 2}")).toThrow(
      "of a form that dynamic sampling drops they stay unknown",
    );
    expect(opened("algorithm=dpo")).toThrow("by their outcomes");
    expect(opened("algorithm=ppo", "algorithm.baseline=values")).toThrow("by their outcomes");
  });
});
