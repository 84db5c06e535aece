import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SMALL_ASSETS } from "../config/index.ts";
import type { CreditMethod } from "../credit/index.ts";
import type { Problem, Task } from "../data/index.ts";
import { ConfigError, PartError } from "../errors/index.ts";
import { openDialogue } from "../eval/index.ts";
import { createAlgorithm, resolveAlgorithm, type TokenAlgorithm } from "../objective/index.ts";
import type { Reward } from "../reward/index.ts";
import { stopAfter } from "../testing/stop-after.ts";
import { digitsFakeEngine, freshPath, steadyClock } from "../testing/tiny-run.ts";
import { type Observer, type RunEvent, runDirectory, type TrainParts, train } from "./index.ts";

const dialogue = openDialogue(SMALL_ASSETS);

const problem = (index: number): Problem => ({
  id: `p${index}`,
  images: [{ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3).fill(index) }],
  question: "Which digit?",
  answers: [String(7 + (index % 3)), "none"],
  columns: { index },
});

const task: Task = {
  name: "shades",
  train: { fingerprint: "shades", size: 10, problem },
  validation: () => ({ fingerprint: "more shades", size: 3, problem }),
};

/** The first token has all of the credit. */
const first: CreditMethod = {
  name: "first",
  needs: {},
  credit: (groups) =>
    groups.map((group) =>
      group.map(({ mask }) => ({ weights: Float64Array.from(mask, (_, t) => (t === 0 ? 1 : 0)) })),
    ),
};

const right: Reward = {
  name: "right",
  weight: 2,
  score: (answered) => answered.map(({ judgement }) => judgement.score),
};

const partsOf = (overrides: Partial<TrainParts> = {}): TrainParts => ({
  engine: digitsFakeEngine(),
  dialogue,
  task,
  reward: [right, async (answered) => answered.map(({ tokens }) => -tokens.length / 10)],
  credit: first,
  objective: { kind: "grpo" },
  sampling: { maxCompletionTokens: 3 },
  schedule: {
    iterations: 4,
    promptsPerIteration: 8,
    groupSize: 8,
    learningRate: 0.05,
    checkpointEvery: 2,
    evaluateEvery: 4,
    evaluateProblems: 3,
  },
  clock: steadyClock(),
  ...overrides,
});

const metricsOf = (path: string) =>
  readFileSync(join(path, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const { timing: _timing, ...record } = JSON.parse(line) as Record<string, unknown>;
      return record;
    });

describe("train over parts made in code", () => {
  test("runs without any observer, and says how it ended", async () => {
    expect(await train(partsOf())).toEqual({ status: "finished", completed: 4, model: undefined });
  });

  test("records metrics, rollouts, checkpoints and the model, and describes its parts", async () => {
    const path = freshPath();
    const result = await train(partsOf({ observers: [runDirectory(path)] }));
    expect(result).toEqual({ status: "finished", completed: 4, model: join(path, "model") });
    const record = JSON.parse(readFileSync(join(path, "config.json"), "utf8"));
    expect(record).toMatchObject({
      kind: "train",
      steps: 4,
      config: {
        task: { name: "shades" },
        credit: { kind: "first" },
        algorithm: { kind: "grpo" },
        reward: [
          { name: "right", weight: 2 },
          { name: "reward 2", weight: 1 },
        ],
      },
      data: { train: "shades", validation: "more shades" },
    });
    const metrics = metricsOf(path);
    expect(metrics.map(({ event, iteration }) => `${String(event)} ${String(iteration)}`)).toEqual([
      "evaluation 0",
      "iteration 1",
      "iteration 2",
      "iteration 3",
      "iteration 4",
      "evaluation 4",
    ]);
    expect(Object.keys(metrics[1]?.["rewardParts"] as object)).toEqual(["reward 2", "right"]);
    const [line = ""] = readFileSync(join(path, "rollouts/000001.jsonl"), "utf8").split("\n");
    const { weights, answers, pictures } = JSON.parse(line) as {
      weights: number[];
      answers: string[];
      pictures: number;
    };
    expect(weights.slice(0, 2)).toEqual([1, 0].slice(0, weights.length));
    expect(answers).toContain("none");
    expect(pictures).toBe(1);
  });

  test("resumed, ends bitwise as a run that was never stopped", async () => {
    const [whole, parts] = [freshPath(), freshPath()];
    await train(partsOf({ observers: [runDirectory(whole)] }));
    const { signal, onEvent } = stopAfter(3);
    const observers = [runDirectory(parts), { event: onEvent }];
    expect((await train(partsOf({ observers, signal }))).status).toBe("interrupted");
    await train(partsOf({ observers: [runDirectory(parts, { resume: true })] }));
    expect(metricsOf(parts)).toEqual(metricsOf(whole));
    const weights = (path: string) => readFileSync(join(path, "model/fake-policy.bin"));
    expect(weights(parts)).toEqual(weights(whole));
  });

  test("takes an algorithm as a record too, with the same numbers", async () => {
    const [byConfig, byRecord] = [freshPath(), freshPath()];
    await train(partsOf({ observers: [runDirectory(byConfig)] }));
    const parsed = createAlgorithm(
      { ...(await import("../objective/index.ts")).algorithmSchema.parse({ kind: "grpo" }) },
      { maxCompletionTokens: 3 },
    );
    await train(partsOf({ objective: parsed, observers: [runDirectory(byRecord)] }));
    expect(metricsOf(byRecord)).toEqual(metricsOf(byConfig));
  });

  test("passes epochs of a finite task, whose last iteration is counted up", async () => {
    const schedule = { epochs: 1.5, promptsPerIteration: 8, groupSize: 8 };
    expect((await train(partsOf({ schedule }))).completed).toBe(2);
    await expect(train(partsOf({ schedule: { ...schedule, iterations: 3 } }))).rejects.toThrow(
      "expected train.epochs or train.iterations, got both",
    );
  });

  test("refuses parts that contradict each other, and settings that it does not know", async () => {
    const sequence = { kind: "gspo", form: "sequence" } as const;
    await expect(train(partsOf({ objective: sequence }))).rejects.toThrow("erases token credit");
    const misspelt = { iteration: 3 } as object;
    await expect(train(partsOf({ schedule: misspelt }))).rejects.toThrow(ConfigError);
    const { validation: _validation, ...alone } = task;
    await expect(train(partsOf({ task: alone }))).rejects.toThrow("has no validation part, only train");
    await expect(train(partsOf({ reward: [right, right] }))).rejects.toThrow('got "right" twice');
    await expect(train(partsOf({ reward: [] }))).rejects.toThrow("expected at least one, got none");
  });
});

describe("a reward that fails in the midst of a run", () => {
  const failing = (share: number): Reward => {
    let calls = 0;
    return {
      name: "flaky",
      score: (answered) => {
        if (answered.length > 1) calls += 1;
        if (calls < 3) return answered.map(() => 1);
        return answered.map(({ problem: { id } }) => {
          if (Number(id.slice(1)) < share * 10) throw new Error("no such column");
          return 1;
        });
      },
    };
  };

  test("leaves completions unscored up to the share that is allowed, and says so", async () => {
    const events: RunEvent[] = [];
    const reward = [right, failing(0.1)];
    const schedule = { ...partsOf().schedule!, maxFailedRewardShare: 0.5 };
    await train(partsOf({ reward, schedule, observers: [{ event: (event) => void events.push(event) }] }));
    const failures = events.filter(({ event }) => event === "reward-failed");
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0]).toMatchObject({ message: 'reward "flaky": no such column (problem p0)' });
  });

  test("beyond it stops the run after a checkpoint of the last whole iteration", async () => {
    const path = freshPath();
    const reward = [right, failing(1)];
    const observers = [runDirectory(path)];
    const run = train(partsOf({ reward, observers }));
    await expect(run).rejects.toThrow(PartError);
    await expect(run).rejects.toThrow("rewards failed on 64 of 64 completions");
    const whole = freshPath();
    const mended = [right, { ...failing(0), name: "flaky" }];
    await train(partsOf({ reward: mended, observers: [runDirectory(path, { resume: true })] }));
    await train(partsOf({ reward: mended, observers: [runDirectory(whole)] }));
    expect(metricsOf(path)).toEqual(metricsOf(whole));
  });
});

describe("an evaluation that is stopped", () => {
  const heldOut = (index: number): Problem => ({ ...problem(index), columns: { isHeldOut: true } });
  const own: Task = { ...task, validation: () => ({ fingerprint: "held out", size: 3, problem: heldOut }) };
  const schedule = { ...partsOf().schedule!, checkpointEvery: 4, evaluateEvery: 2 };

  /** Fails after so many held-out problems. */
  function verdict(mostJudged: number) {
    let judged = 0;
    return {
      name: "own",
      judge: (text: string, { columns, answers }: Pick<Problem, "columns" | "answers">) => {
        if (columns["isHeldOut"] === true && ++judged > mostJudged) throw new Error("no such column");
        const isRight = text.includes(answers[0]!);
        return { extracted: text, score: isRight ? 1 : 0, reason: "" };
      },
    };
  }

  const run = (
    path: string,
    { mostJudged = Infinity, resume = false, stopAtEvaluation = false } = {},
  ): Promise<unknown> => {
    const stop = new AbortController();
    const stopping: Observer = {
      name: "stopping",
      event: ({ event }) => {
        if (event === "evaluation" && stopAtEvaluation) stop.abort();
      },
    };
    const observers = [runDirectory(path, { resume }), stopping];
    return train(
      partsOf({ task: own, schedule, verdict: verdict(mostJudged), signal: stop.signal, observers }),
    );
  };

  test("by its verdict: the run ends after a checkpoint; the resumed run evaluates first", async () => {
    const [whole, parts] = [freshPath(), freshPath()];
    await run(whole);
    // Three problems before the first iteration, then one after the second.
    await expect(run(parts, { mostJudged: 4 })).rejects.toThrow('verdict "own": no such column');
    expect(metricsOf(parts).at(-1)).toMatchObject({ event: "iteration", iteration: 2 });
    await run(parts, { resume: true });
    expect(metricsOf(parts)).toEqual(metricsOf(whole));
    const weights = (path: string) => readFileSync(join(path, "model/fake-policy.bin"));
    expect(weights(parts)).toEqual(weights(whole));
  });

  test("and again after it was made up for: it is recorded once", async () => {
    const [whole, parts] = [freshPath(), freshPath()];
    await run(whole);
    await expect(run(parts, { mostJudged: 4 })).rejects.toThrow("no such column");
    expect(await run(parts, { resume: true, stopAtEvaluation: true })).toMatchObject({ completed: 2 });
    await run(parts, { resume: true });
    expect(metricsOf(parts)).toEqual(metricsOf(whole));
  });

  test("before the first iteration: the run begins again, and records it", async () => {
    const [whole, parts] = [freshPath(), freshPath()];
    await run(whole);
    expect(await run(parts, { stopAtEvaluation: true })).toMatchObject({
      status: "interrupted",
      completed: 0,
    });
    await run(parts, { resume: true });
    expect(metricsOf(parts)).toEqual(metricsOf(whole));
  });
});

test("an observer that throws is reported and left out; the run continues", async () => {
  const seen: RunEvent[] = [];
  const broken: Observer = {
    name: "broken",
    event: () => {
      throw new Error("no network");
    },
  };
  const observers = [broken, { event: (event: RunEvent) => void seen.push(event) }];
  expect((await train(partsOf({ observers }))).status).toBe("finished");
  expect(seen.filter(({ event }) => event === "observer-failed")).toEqual([
    { event: "observer-failed", observer: "broken", message: "no network" },
  ]);
});

test("an objective that fails after the first minibatch leaves no checkpoint, and the resumed run is that of a whole one", async () => {
  let batches = 0;
  let failing = true;
  const counted: Reward = {
    name: "right",
    score: (answered) => {
      batches += 1;
      return answered.map(({ tokens, judgement }) => (judgement.score ?? 0) - tokens.length / 10);
    },
  };
  const grpo = resolveAlgorithm({ kind: "grpo" });
  if (grpo.unit !== "token") throw new Error("expected tokens");
  const objective: TokenAlgorithm = {
    ...grpo,
    surrogate: (ratio, advantage, logprob) => {
      if (failing && batches === 2 && ratio !== 1) throw new Error("out of range");
      return grpo.surrogate(ratio, advantage, logprob);
    },
  };
  const schedule = { ...partsOf().schedule!, checkpointEvery: 0, minibatches: 2 };
  const run = (path: string, resume = false) => {
    batches = 0;
    const observers = [runDirectory(path, { resume })];
    return train(partsOf({ objective, reward: counted, schedule, observers }));
  };
  const [whole, parts] = [freshPath(), freshPath()];
  await expect(run(parts)).rejects.toThrow("out of range");
  expect(existsSync(join(parts, "checkpoints"))).toBe(false);
  failing = false;
  await run(whole);
  await run(parts, true);
  expect(metricsOf(parts)).toEqual(metricsOf(whole));
});
