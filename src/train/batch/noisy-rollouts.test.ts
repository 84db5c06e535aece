import { describe, expect, test } from "vitest";
import type { Engine, SampleRequest, ScoreRequest } from "../../engine/index.ts";
import { digitsFakeEngine, steadyClock } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import { runIteration } from "../iteration/iteration.ts";
import { Stopwatch } from "../loop/stopwatch.ts";
import { sampleGroups } from "./sample-groups.ts";

function recording() {
  const samples: SampleRequest[] = [];
  const scores: ScoreRequest[] = [];
  const inner = digitsFakeEngine();
  const engine: Engine = {
    ...inner,
    sample: (request) => {
      samples.push(request);
      return inner.sample(request);
    },
    score: (sequences, request = {}) => {
      scores.push(request);
      return inner.score(sequences, request);
    },
  };
  return { engine, samples, scores };
}
const NOISY = ["train.rollouts={kind: noisy}", "credit=uniform", "train.reportKlEvery=0"];

async function sampled(progress: number, ...flags: string[]) {
  const { engine, samples, scores } = recording();
  const { training, progress: state } = tinyTraining(engine, ...NOISY, ...flags);
  const watch = new Stopwatch(steadyClock());
  const { groups } = await sampleGroups(training, state, training.credit.needs, watch, { progress });
  return { training, groups, samples, scores, engine };
}
const pixels = ({ prompts }: SampleRequest) =>
  prompts.map(({ chunks }) =>
    chunks.flatMap((chunk) => (chunk.kind === "image" ? [...chunk.image.data] : [])),
  );

describe("NoisyRollout", () => {
  test("samples half of each group from noised images, one image a prompt, and the rest as it is", async () => {
    const { groups, samples } = await sampled(0);
    const [clean, noised, ...more] = samples;
    expect(more).toEqual([]);
    expect([clean!.groupSize, noised!.groupSize]).toEqual([4, 4]);
    expect(pixels(noised!)).not.toEqual(pixels(clean!));
    expect(noised!.prompts).toHaveLength(clean!.prompts.length);
    for (const { rollouts } of groups) {
      expect(rollouts.map(({ isNoised }) => isNoised === true)).toEqual([
        ...Array(4).fill(false),
        ...Array(4).fill(true),
      ]);
    }
  });

  test("learns on the clean images: old log-probs of all completions are log-probs on the clean prompt", async () => {
    const { groups, engine } = await sampled(0);
    const sequences = groups.flatMap(({ prompt, rollouts }) =>
      rollouts.map(({ completion }) => ({ prompt, completion: completion.tokens })),
    );
    const scores = await engine.score(sequences, { temperature: 1, entropy: true });
    for (const [i, { completion }] of groups.flatMap(({ rollouts }) => rollouts).entries()) {
      expect(completion.logprobs).toBeAllclose(scores[i]!.logprobs, { rtol: 0, atol: 1e-12 });
      expect(completion.entropy).toBeAllclose(scores[i]!.entropy!, { rtol: 0, atol: 1e-12 });
    }
  });

  test("has no noise once its steps have fallen to none, and from the start where there are none", async () => {
    for (const [progress, ...flags] of [[1], [0, "train.rollouts.initial=0"]] as const) {
      const { samples } = await sampled(progress, ...flags);
      expect(pixels(samples[1]!)).toEqual(pixels(samples[0]!));
    }
  });

  test("draws the same noise for the same seed, and leaves the clean half as it is without", async () => {
    const [first, second] = [await sampled(0), await sampled(0)];
    expect(pixels(first.samples[1]!)).toEqual(pixels(second.samples[1]!));
    expect(first.groups.map(({ rollouts }) => rollouts.map(({ text }) => text))).toEqual(
      second.groups.map(({ rollouts }) => rollouts.map(({ text }) => text)),
    );
  });

  test.each(["uniform", "dyco-rl", "vicra"])(
    "trains with %s credit, and says how right the noised half was",
    async (credit) => {
      const { engine } = recording();
      const { training, progress } = tinyTraining(
        engine,
        ...NOISY,
        `credit=${credit}`,
        "train.minibatches=2",
      );
      for (const iteration of [1, 2]) {
        const { metrics, steps } = await runIteration(training, progress, iteration);
        expect(new Set(steps.map(({ applied }) => applied))).toEqual(new Set([true]));
        expect(metrics.noisedAccuracy).toBeGreaterThanOrEqual(0);
        expect(metrics.noisedAccuracy).toBeLessThanOrEqual(1);
        expect(metrics.ratioMean).toBeGreaterThan(0);
      }
    },
  );

  test("on policy starts at a ratio of 1, noised half included", async () => {
    const { engine } = recording();
    const { training, progress } = tinyTraining(engine, ...NOISY);
    const { metrics } = await runIteration(training, progress, 1);
    expect([metrics.ratioMin, metrics.ratioMax]).toEqual([1, 1]);
  });

  test("is refused with batches that are sampled ahead, and for groups too small to share", () => {
    const opened = (flag: string) => () => tinyTraining(digitsFakeEngine(), ...NOISY, flag);
    expect(opened("train.maxStaleness=1")).toThrow("train.maxStaleness 1");
    expect(opened("train.rollouts.share=0.1")).toThrow("no completion");
  });
});
