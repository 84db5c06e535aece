import { describe, expect, test } from "vitest";
import { creditSchema } from "../credit/index.ts";
import type { Engine, ScoreRequest } from "../engine/index.ts";
import { digitsFakeEngine } from "../testing/tiny-run.ts";
import { tinyTraining } from "../testing/tiny-training.ts";
import { sampleGroups } from "../train/batch/sample-groups.ts";
import { requireSound } from "../train/checks/check-training.ts";
import { creditSignals } from "../train/credit/credit-signals.ts";
import { runIteration } from "../train/iteration/iteration.ts";
import { Stopwatch } from "../train/loop/stopwatch.ts";

const kinds = creditSchema.options.map(({ shape }) => shape.kind.value);

/** A fake engine that writes down what scoring was asked for. */
function recordingEngine(): { readonly engine: Engine; readonly scored: ScoreRequest[] } {
  const inner = digitsFakeEngine();
  const scored: ScoreRequest[] = [];
  const engine: Engine = {
    ...inner,
    score(sequences, request = {}) {
      scored.push(request);
      return inner.score(sequences, request);
    },
  };
  return { engine, scored };
}

describe("an iteration with each credit method", () => {
  test.each(kinds)("%s learns, and every number stays finite", async (kind) => {
    const { engine } = recordingEngine();
    const { training, progress } = tinyTraining(engine, "train.reportKlEvery=0", `credit.kind=${kind}`);
    for (const iteration of [1, 2]) {
      const { metrics, steps } = await runIteration(training, progress, iteration);
      expect(steps).toMatchObject([{ applied: true }]);
      const numbers = Object.values(metrics).filter((value) => typeof value === "number");
      expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
    }
  });

  test.each(kinds)("%s learns without the tokens of truncated completions", async (kind) => {
    const flags = ["train.reportKlEvery=0", "algorithm.truncated=mask", `credit.kind=${kind}`];
    const { training, progress } = tinyTraining(digitsFakeEngine(), ...flags, "train.rolloutGroups=0");
    const { metrics, steps, rollouts } = await runIteration(training, progress, 1);
    expect(steps).toMatchObject([{ applied: true }]);
    const numbers = Object.values(metrics).filter((value) => typeof value === "number");
    expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
    const written = rollouts as readonly { readonly stopReason: string; readonly weights?: number[] }[];
    const cut = written.filter(({ stopReason, weights }) => stopReason === "length" && weights);
    expect(cut.length).toBeGreaterThan(0);
    expect(cut.every(({ weights }) => weights!.every((weight) => weight === 0))).toBe(true);
  });

  test("every token counts for credit that shapes rewards, since rewards of truncated completions count", async () => {
    const shaping = async (truncated: string) => {
      const { training, progress } = tinyTraining(
        digitsFakeEngine(),
        `algorithm.truncated=${truncated}`,
        "credit={kind: dyco-rl, ablation: reward-shaping}",
      );
      const { rollouts } = await runIteration(training, progress, 1);
      return (rollouts as readonly { readonly rewardBonus?: number }[]).map(({ rewardBonus }) => rewardBonus);
    };
    expect(await shaping("mask")).toEqual(await shaping("keep"));
  });

  test.each(["vepo", "cppo"])("%s compares entropies of one policy in a stale batch", async (kind) => {
    const { engine, scored } = recordingEngine();
    const { training, progress } = tinyTraining(engine, "train.learningRate=0.5", `credit.kind=${kind}`);
    const { groups } = await sampleGroups(training, progress, {}, new Stopwatch(training.clock));
    const answers = groups.flatMap(({ prompt, rollouts }) =>
      rollouts.map(({ completion }) => ({ prompt, completion })),
    );
    await runIteration(training, progress, 1);
    const sampled = answers.map(({ completion }) => completion.entropy);
    const entropies = async (isStale: boolean) =>
      (await creditSignals(engine, 1, training.credit.needs, answers, isStale)).map(({ entropy }) => entropy);
    scored.length = 0;
    expect(await entropies(false)).toEqual(sampled);
    expect(scored.some(({ image, entropy }) => entropy && !image)).toBe(false);
    const sequences = answers.map(({ prompt, completion }) => ({ prompt, completion: completion.tokens }));
    const present = await engine.score(sequences, { temperature: 1, entropy: true });
    expect(await entropies(true)).toEqual(present.map(({ entropy }) => entropy));
    expect(present[0]!.entropy).not.toEqual(sampled[0]);
  });

  test.each(["random", "reverse", "entropy", "kl"])("dyco-rl learns with its %s roles", async (roles) => {
    const { engine } = recordingEngine();
    const { training, progress } = tinyTraining(
      engine,
      "credit.kind=dyco-rl",
      `credit.ablation=${roles}-roles`,
    );
    expect((await runIteration(training, progress, 1)).steps).toMatchObject([{ applied: true }]);
  });

  test("says how far the answers with and without the images are apart where the loss drives them apart", async () => {
    const { engine } = recordingEngine();
    const papo = tinyTraining(engine, "train.reportKlEvery=0", "credit.kind=papo");
    expect((await runIteration(papo.training, papo.progress, 1)).metrics.perceptionKl).toBeGreaterThan(0);
    const vicra = tinyTraining(engine, "train.reportKlEvery=0", "credit.kind=vicra");
    expect((await runIteration(vicra.training, vicra.progress, 1)).metrics).not.toHaveProperty(
      "perceptionKl",
    );
  });

  test.each(["gtpo", "tpae"])("says what %s adds to the advantages", async (kind) => {
    const { training, progress } = tinyTraining(
      digitsFakeEngine(),
      "credit.rightReward=0.05",
      `credit.kind=${kind}`,
    );
    const { metrics, rollouts } = await runIteration(training, progress, 1);
    expect(Number.isFinite(metrics.advantageBonus)).toBe(true);
    const written = rollouts as readonly { readonly advantageBonus?: readonly number[] }[];
    expect(written.some(({ advantageBonus }) => advantageBonus !== undefined)).toBe(true);
  });

  test.each(["perceval", "hicra"])(
    "%s takes labels from the task, warns of completions without, and refuses a task without",
    async (kind) => {
      const { training, progress } = tinyTraining(digitsFakeEngine(), `credit.kind=${kind}`);
      const blank = { label: () => undefined };
      const unlabelled = { ...training, labels: blank };
      expect((await runIteration(unlabelled, progress, 1)).metrics.withoutLabels).toBe(1);
      expect((await runIteration(training, progress, 2)).metrics).not.toHaveProperty("withoutLabels");
      await expect(requireSound({ ...training, labels: undefined }, true)).rejects.toThrow(
        "expected a task with token labels",
      );
    },
  );

  test("measures how far other methods agree with its own, and learns as without them", async () => {
    const flags = ["credit.kind=vppo", "train.reportKlEvery=0"];
    const alone = tinyTraining(digitsFakeEngine(), ...flags);
    const compared = tinyTraining(
      digitsFakeEngine(),
      ...flags,
      "creditAgreement={methods: [{kind: vppo}, {kind: vgpo}, {kind: gtpo}, {kind: tor}], every: 2}",
    );
    for (const iteration of [1, 2]) {
      const { timing: _, ...expected } = (await runIteration(alone.training, alone.progress, iteration))
        .metrics;
      const { metrics } = await runIteration(compared.training, compared.progress, iteration);
      const { timing: __, signalOverlap, signalCorrelation, ...rest } = metrics;
      expect(rest).toEqual(expected);
      if (iteration === 1) expect([signalOverlap, signalCorrelation]).toEqual([undefined, undefined]);
      else {
        const names = ["vppo", "vppo-2", "vgpo", "gtpo", "tor"];
        const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a}/${b}`));
        expect(Object.keys(signalOverlap!).sort()).toEqual(pairs.sort());
        for (const share of Object.values(signalOverlap!)) expect(share).toBeGreaterThanOrEqual(0);
        for (const own of Object.values(signalCorrelation!)) expect(Math.abs(own)).toBeLessThanOrEqual(1);
      }
    }
  });

  test("refuses to compare what the objective or the task cannot serve", async () => {
    const { training } = tinyTraining(
      digitsFakeEngine(),
      "algorithm=dpo",
      "credit=uniform",
      "creditAgreement={methods: [{kind: gtpo}]}",
    );
    await expect(requireSound(training, true)).rejects.toThrow("creditAgreement.methods");
  });

  test("warns of completions that never look at an image", async () => {
    const { engine } = recordingEngine();
    const { training, progress } = tinyTraining(engine, "credit.kind=at-rl");
    const { credit } = training;
    const blinded: typeof credit.credit = (groups, rng) => {
      const blind = groups.map((group) =>
        group.map(({ mask, signals }) => {
          const { gram } = signals!.calibrated!;
          return { mask, signals: { calibrated: { gram, connectivity: new Float64Array(mask.length) } } };
        }),
      );
      return credit.credit(blind, rng);
    };
    const blind = { ...training, credit: { ...credit, credit: blinded } };
    expect((await runIteration(blind, progress, 1)).metrics.withoutVisualMass).toBe(1);
    expect((await runIteration(training, progress, 2)).metrics).not.toHaveProperty("withoutVisualMass");
  });

  test.each(["dyco-rl", "at-rl", "entropy-advantage"])("%s takes its signals from sampling", async (kind) => {
    const { engine, scored } = recordingEngine();
    const { training, progress } = tinyTraining(engine, "train.reportKlEvery=0", `credit.kind=${kind}`);
    await runIteration(training, progress, 1);
    expect(scored).toEqual([]);
  });

  test("asks the model once with its images gone where the method compares", async () => {
    const { engine, scored } = recordingEngine();
    const { training, progress } = tinyTraining(engine, "train.reportKlEvery=0", "credit.kind=vicra");
    await runIteration(training, progress, 1);
    expect(scored).toEqual([{ temperature: 1, image: { kind: "discard" } }]);
  });

  test("asks for both passes at the method's temperature when sampling had another", async () => {
    const { engine, scored } = recordingEngine();
    const { training, progress } = tinyTraining(
      engine,
      "train.reportKlEvery=0",
      "credit.kind=vicra",
      "sampling.temperature=1.5",
    );
    await runIteration(training, progress, 1);
    expect(scored).toEqual([{ temperature: 1, image: { kind: "discard" } }, { temperature: 1 }]);
  });

  test("credit by reward shaping gives groups a spread that their rewards lack", async () => {
    // Only the form counts, and no completion of the tiny run has it.
    const flags = ["reward=format"];
    const { engine } = recordingEngine();
    const plain = tinyTraining(engine, "train.reportKlEvery=0", "credit.kind=dyco-rl", ...flags);
    expect((await runIteration(plain.training, plain.progress, 1)).steps).toEqual([]);
    const shaped = tinyTraining(
      engine,
      "train.reportKlEvery=0",
      "credit.kind=dyco-rl",
      "credit.ablation=reward-shaping",
      ...flags,
    );
    const { steps } = await runIteration(shaped.training, shaped.progress, 1);
    expect(steps).toMatchObject([{ applied: true }]);
  });

  test("Gram matrices are asked for in parts, and the parts make no difference", async () => {
    const { engine, scored } = recordingEngine();
    const { training, progress } = tinyTraining(
      engine,
      "train.reportKlEvery=0",
      "train.promptsPerIteration=2",
    );
    const { groups } = await sampleGroups(training, progress, {}, new Stopwatch(training.clock));
    const answers = groups.flatMap(({ prompt, rollouts }) =>
      rollouts.map(({ completion }) => ({ prompt, completion })),
    );
    const needs = { calibrated: { row: "own" as const, layers: 4, biasCorrection: true } };
    const whole = await creditSignals(engine, 1, needs, answers);
    expect(scored).toHaveLength(1);
    const halves = [
      ...(await creditSignals(engine, 1, needs, answers.slice(0, 3))),
      ...(await creditSignals(engine, 1, needs, answers.slice(3))),
    ];
    expect(halves).toEqual(whole);
  });
});
