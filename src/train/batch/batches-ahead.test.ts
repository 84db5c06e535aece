import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type RunOptions, runTraining } from "../../config/run.ts";
import type { Completion, Engine, SampleRequest, Sampler, ScoreRequest } from "../../engine/index.ts";
import { EngineError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import { objective } from "../../objective/index.ts";
import { stopAfter } from "../../testing/stop-after.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import { type CreditedGroup, masksOf, objectiveGroups, sequencesOf } from "../credit/measured-group.ts";
import { Stopwatch } from "../loop/stopwatch.ts";
import { hasSpread } from "./group.ts";
import { readRecorded } from "./recorded-batches.ts";
import { sampleGroups } from "./sample-groups.ts";

type Record = { readonly [key: string]: unknown };

const linesOf = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record);

const metricsOf = (run: string) =>
  linesOf(join(run, "metrics.jsonl")).map(({ timing: _timing, ...record }) => record);

const weightsOf = (run: string) => readFileSync(join(run, "model", "fake-policy.bin"));

function tinyRun(runDirectory: string, engine: Engine, ...flags: readonly string[]): RunOptions {
  return { config: tinyConfig(...flags), runDirectory, openEngine: async () => engine, clock: steadyClock() };
}

/** A fake engine that writes down what happens, each sampler under the number of steps before it. */
function recordingEngine(before: (call: string) => Promise<void> = async () => {}) {
  const inner = digitsFakeEngine();
  const events: string[] = [];
  const scored: ScoreRequest[] = [];
  let version = 0;
  let batches = 0;
  const engine: Engine = {
    ...inner,
    async sample(request) {
      events.push("sample in order");
      return inner.sample(request);
    },
    async sampler() {
      const sampler = await inner.sampler();
      const own = version;
      return {
        async sample(request: SampleRequest) {
          const name = `batch ${++batches} from ${own}`;
          events.push(`begin ${name}`);
          const groups = await sampler.sample(request);
          await before(name);
          events.push(`end ${name}`);
          return groups;
        },
      };
    },
    async score(sequences, request = {}) {
      events.push("score");
      scored.push(request);
      return inner.score(sequences, request);
    },
    async accumulate(...parameters) {
      events.push("accumulate");
      return inner.accumulate(...parameters);
    },
    async step(adam) {
      await before(`step ${version + 1}`);
      const report = await inner.step(adam);
      version += 1;
      events.push(`step ${version}`);
      await before(`done step ${version}`);
      return report;
    },
  };
  return { engine, events, scored };
}

const AHEAD = ["train.maxStaleness=1", "train.reportKlEvery=0", "credit=uniform"];

/**
 * Step k waits until batch k + lag has begun, and that batch until step k is done: a run that does one thing at a
 * time would never continue.
 */
function rendezvous(lag: number, iterations: number) {
  const moments = new Map<string, { readonly reached: Promise<void>; readonly reach: () => void }>();
  const moment = (name: string) => {
    let known = moments.get(name);
    if (known === undefined) {
      let reach = () => {};
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      known = { reached, reach };
      moments.set(name, known);
    }
    return known;
  };
  return async (call: string) => {
    const number = Number(/\d+/.exec(call)?.[0]);
    if (call.startsWith("batch")) {
      moment(`batch ${number}`).reach();
      if (number > lag) await moment(`step ${number - lag}`).reached;
    } else if (call.startsWith("step")) {
      if (number + lag <= iterations) await moment(`batch ${number + lag}`).reached;
    } else {
      moment(call.replace("done ", "")).reach();
    }
  };
}

describe("batches ahead", () => {
  test("with no staleness nothing is sampled ahead, and nothing is said of it", async () => {
    const path = freshPath();
    const { engine, events } = recordingEngine();
    await runTraining(
      tinyRun(path, engine, "train.maxStaleness=0", "train.reportKlEvery=0", "credit=uniform"),
    );
    expect(events.slice(0, 6)).toEqual([
      "sample in order",
      "accumulate",
      "step 1",
      "sample in order",
      "accumulate",
      "step 2",
    ]);
    expect(events.some((event) => event.includes("batch"))).toBe(false);
    const [first] = linesOf(join(path, "metrics.jsonl"));
    expect(first).not.toHaveProperty("staleness");
    expect(first?.["timing"]).not.toHaveProperty("waitSeconds");
    expect(readdirSync(join(path, "checkpoints", "000004"))).not.toContain("ahead.jsonl");
  });

  test("the next batch begins before the update of this one and may end after it", async () => {
    const path = freshPath();
    const { engine, events } = recordingEngine(rendezvous(1, 4));
    await runTraining(tinyRun(path, engine, ...AHEAD));
    const place = (event: string) => {
      expect(events).toContain(event);
      return events.indexOf(event);
    };
    for (const [k, version] of [0, 0, 1, 2].entries()) {
      const batch = `batch ${k + 1} from ${version}`;
      if (k > 0) expect(place(`begin ${batch}`)).toBeLessThan(place(`step ${k}`));
      if (k > 0) expect(place(`step ${k}`)).toBeLessThan(place(`end ${batch}`));
      expect(place(`end ${batch}`)).toBeLessThan(place(`step ${k + 1}`));
    }
    const ofTrainer = events.filter((event) => !event.includes("batch"));
    const stale = (step: number) => ["score", "accumulate", `step ${step}`];
    expect(ofTrainer).toEqual(["accumulate", "step 1", ...stale(2), ...stale(3), ...stale(4)]);
    const records = metricsOf(path);
    expect(records.map(({ staleness }) => staleness)).toEqual([0, 1, 1, 1]);
    expect(records[0]).toMatchObject({ ratioMin: 1, ratioMax: 1 });
    for (const { ratioMin, ratioMax } of records.slice(1)) {
      expect(ratioMin).toBeLessThan(1);
      expect(ratioMax).toBeGreaterThan(1);
    }
    const versions = [1, 2, 3, 4].map(
      (k) => linesOf(join(path, "rollouts", `00000${k}.jsonl`))[0]?.["policyVersion"],
    );
    expect(versions).toEqual([0, 0, 1, 2]);
    expect(linesOf(join(path, "metrics.jsonl"))[0]?.["timing"]).toHaveProperty("waitSeconds");
  });

  test("two batches are under way at a staleness of two, each from the version that its number says", async () => {
    const path = freshPath();
    const { engine, events } = recordingEngine(rendezvous(2, 5));
    const flags = [
      "train.maxStaleness=2",
      "train.reportKlEvery=0",
      "credit=uniform",
      "train.checkpointEvery=0",
    ];
    await runTraining(tinyRun(path, engine, ...flags, "train.iterations=5"));
    expect(events.filter((event) => event.startsWith("begin"))).toEqual([
      "begin batch 1 from 0",
      "begin batch 2 from 0",
      "begin batch 3 from 0",
      "begin batch 4 from 1",
      "begin batch 5 from 2",
    ]);
    expect(events.indexOf("begin batch 4 from 1")).toBeLessThan(events.indexOf("step 2"));
    expect(events.indexOf("step 2")).toBeLessThan(events.indexOf("end batch 4 from 1"));
    expect(metricsOf(path).map(({ staleness }) => staleness)).toEqual([0, 1, 2, 2, 2]);
  });

  test("an objective gets the log-probs of the sampling policy and of the present policy", async () => {
    const path = freshPath();
    await runTraining(tinyRun(path, digitsFakeEngine(), ...AHEAD, "train.minibatches=1"));

    // The same by hand: what is sampled, scored and stepped, and when.
    const engine = digitsFakeEngine();
    const { training } = tinyTraining(engine, ...AHEAD);
    const seeds = new Rng(training.seed).fork("train").fork("batch");
    let position = { dataPosition: 0, rows: { drawn: 0, broken: 0, filtered: 0 } };
    const sampled = async (k: number, sampler: Sampler) => {
      const draws = { ...position, rng: seeds.fork(k) };
      const { groups } = await sampleGroups(training, draws, {}, new Stopwatch(() => 0), { sampler });
      position = draws;
      return groups.filter(hasSpread);
    };
    const uniform = ({ tokens }: Completion) => ({ weights: new Float64Array(tokens.length).fill(1) });
    let next = await sampled(1, await engine.sampler());
    for (let k = 1; k <= 4; k++) {
      const groups: CreditedGroup[] = next.map((group) => ({
        group,
        masks: masksOf(group, training),
        credits: group.rollouts.map(({ completion }) => uniform(completion)),
      }));
      if (k < 4) next = await sampled(k + 1, await engine.sampler());
      const sequences = sequencesOf(groups);
      const scores = k === 1 ? undefined : await engine.score(sequences, { temperature: 1 });
      const { loss, coefficients } = objective(training.objective, objectiveGroups(groups, scores));
      await engine.accumulate(sequences, coefficients.flat(), { temperature: 1 });
      const { schedule: train } = training;
      const { gradientNorm } = await engine.step({
        learningRate: train.learningRate,
        beta1: train.beta1,
        beta2: train.beta2,
        epsilon: train.epsilon,
        weightDecay: train.weightDecay,
        maxGradientNorm: train.maxGradientNorm,
      });
      expect(metricsOf(path)[k - 1]).toMatchObject({ loss, gradientNorm });
    }
    const directory = temporaryDirectory();
    await engine.save(directory);
    expect(readFileSync(join(directory, "fake-policy.bin")).equals(weightsOf(path))).toBe(true);
  });

  test("a comparison with other images takes both passes from the present policy", async () => {
    const path = freshPath();
    const { engine, scored } = recordingEngine();
    const flags = ["train.maxStaleness=1", "train.reportKlEvery=0", "credit=vicra", "train.iterations=2"];
    await runTraining(tinyRun(path, engine, ...flags));
    const without = { temperature: 1, image: { kind: "discard" } };
    expect(scored).toEqual([without, without, { temperature: 1 }, { temperature: 1 }]);
  });

  test("dynamic sampling refills a batch from the version that began it, before the next one draws", async () => {
    const path = freshPath();
    const { engine, events } = recordingEngine();
    const flags = ["train.dynamicSampling.maxAttempts=3", "train.groupSize=3", "train.maxStaleness=2"];
    await runTraining(tinyRun(path, engine, ...AHEAD, ...flags));
    const attempts = metricsOf(path).map(({ samplingAttempts }) => Number(samplingAttempts));
    expect(Math.max(...attempts)).toBeGreaterThan(1);
    const from = events.flatMap((event) => (event.startsWith("begin") ? [Number(event.at(-1))] : []));
    expect(from).toEqual(attempts.flatMap((count, i) => new Array<number>(count).fill(Math.max(0, i - 2))));
    const indices = [1, 2, 3, 4].flatMap((k) =>
      linesOf(join(path, "rollouts", `00000${k}.jsonl`)).map(({ index }) => Number(index)),
    );
    const { state } = JSON.parse(
      readFileSync(join(path, "checkpoints", "000004", "trainer.json"), "utf8"),
    ) as { state: { dataPosition: number } };
    expect(state.dataPosition).toBe(attempts.reduce((a, b) => a + b) * 8);
    expect(Math.max(...indices)).toBeLessThan(state.dataPosition);
  });
});

describe("an interrupted run with batches ahead", () => {
  const cases: [number, number, string, string[]][] = [1, 2, 3].flatMap((stop) => [
    [
      stop,
      1,
      "evaluations and two minibatches",
      ["train.evaluateEvery=2", "train.evaluateProblems=4", "train.minibatches=2"],
    ],
    [
      stop,
      2,
      "dynamic sampling",
      ["train.dynamicSampling.maxAttempts=3", "train.groupSize=3", "train.minibatches=2"],
    ],
    [stop, 3, "signals that came with the samples", ["credit=at-rl"]],
  ]);
  test.each(cases)(
    "after iteration %i at staleness %i with %s ends as if it had never stopped",
    async (stop, staleness, _, more) => {
      const [straight, broken] = [freshPath(), freshPath()];
      const flags = [`train.maxStaleness=${staleness}`, ...more];
      await runTraining(tinyRun(straight, digitsFakeEngine(), ...flags));
      const first = await runTraining({
        ...tinyRun(broken, digitsFakeEngine(), ...flags),
        ...stopAfter(stop),
      });
      expect(first).toMatchObject({ status: "interrupted", completed: stop });
      const recorded = await readRecorded(join(broken, "checkpoints", `00000${stop}`));
      expect(recorded.map(({ iteration, version }) => [iteration, version])).toEqual(
        Array.from({ length: Math.min(staleness, 4 - stop) }, (__, i) => [
          stop + 1 + i,
          Math.max(0, stop + i - staleness),
        ]),
      );
      await runTraining({ ...tinyRun(broken, digitsFakeEngine(), ...flags), resume: true });
      expect(metricsOf(broken)).toEqual(metricsOf(straight));
      expect(weightsOf(broken).equals(weightsOf(straight))).toBe(true);
      for (const name of readdirSync(join(straight, "rollouts"))) {
        expect(readFileSync(join(broken, "rollouts", name), "utf8")).toBe(
          readFileSync(join(straight, "rollouts", name), "utf8"),
        );
      }
      const trainer = (run: string) => readFileSync(join(run, "checkpoints/000004/trainer.json"), "utf8");
      expect(trainer(broken)).toBe(trainer(straight));
      expect(existsSync(join(straight, "checkpoints/000004/ahead.jsonl"))).toBe(false);
    },
  );
});

describe("what goes wrong with batches ahead", () => {
  /** Fails in the sampling of this batch. */
  const failing = (batch: number, before: (call: string) => Promise<void> = async () => {}) =>
    recordingEngine(async (call) => {
      await before(call);
      if (call.startsWith(`batch ${batch} `)) throw new EngineError("the sampler went away");
    });

  test("a batch that fails while another is learnt from ends the run at its turn, with its own error", async () => {
    const path = freshPath();
    const { engine, events } = failing(3);
    const run = runTraining(tinyRun(path, engine, ...AHEAD, "train.checkpointEvery=1"));
    await expect(run).rejects.toThrow("the sampler went away");
    expect(events.findLast((event) => event.startsWith("step"))).toBe("step 2");
    expect(metricsOf(path)).toHaveLength(2);
    const straight = freshPath();
    await runTraining(tinyRun(straight, digitsFakeEngine(), ...AHEAD, "train.checkpointEvery=1"));
    await runTraining({
      ...tinyRun(path, digitsFakeEngine(), ...AHEAD, "train.checkpointEvery=1"),
      resume: true,
    });
    expect(metricsOf(path)).toEqual(metricsOf(straight));
  });

  test("an update that fails ends the run at once, during any other work", async () => {
    const never = new Promise<void>(() => {});
    const { engine } = recordingEngine(async (call) => {
      if (call.startsWith("batch 2 ")) await never;
      if (call === "step 1") throw new EngineError("no memory");
    });
    await expect(runTraining(tinyRun(freshPath(), engine, ...AHEAD))).rejects.toThrow("no memory");
  });

  test("an engine that does one thing at a time is refused, naming both", async () => {
    const path = freshPath();
    const inner = digitsFakeEngine();
    const capabilities = new Set([...inner.capabilities].filter((name) => name !== "overlap"));
    await expect(runTraining(tinyRun(path, { ...inner, capabilities }, ...AHEAD))).rejects.toThrow(
      'train.maxStaleness above 0 needs the engine capability "overlap"',
    );
    expect(existsSync(path)).toBe(false);
  });

  test("an algorithm without a ratio is refused", () => {
    expect(() => tinyConfig("train.maxStaleness=1", "algorithm=reinforce")).toThrow(
      /train.maxStaleness 1 with algorithm.kind "reinforce": it has no importance ratio/,
    );
  });
});
