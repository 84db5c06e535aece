import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { SMALL_ASSETS } from "../config/index.ts";
import { defineCredit } from "../credit/index.ts";
import type { Task } from "../data/index.ts";
import { ConfigError, PartError } from "../errors/index.ts";
import { openDialogue } from "../eval/index.ts";
import { resolveAlgorithm } from "../objective/index.ts";
import type { RewardFunction } from "../reward/index.ts";
import { digitsFakeEngine, freshPath, steadyClock } from "../testing/tiny-run.ts";
import { partHashes } from "./given/part-hashes.ts";
import { type RunEvent, runDirectory, type TrainParts, train } from "./index.ts";

const task: Task = {
  name: "shades",
  train: {
    fingerprint: "shades",
    size: 10,
    problem: (index) => ({
      id: `p${index}`,
      images: [{ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3).fill(index) }],
      question: "Which digit?",
      answers: [String(index)],
      columns: {},
    }),
  },
};

const right: RewardFunction = (answered) => answered.map(({ tokens }) => tokens.length);
const dialogue = openDialogue(SMALL_ASSETS);

const partsOf = (overrides: object = {}): TrainParts => ({
  engine: digitsFakeEngine(),
  dialogue,
  task,
  reward: right,
  sampling: { maxCompletionTokens: 3 },
  schedule: { iterations: 2, promptsPerIteration: 2, groupSize: 4, checkpointEvery: 0 },
  clock: steadyClock(),
  ...overrides,
});

const recordOf = (path: string) =>
  JSON.parse(readFileSync(join(path, "config.json"), "utf8")) as { config: Record<string, unknown> };
const metricsOf = (path: string) =>
  readFileSync(join(path, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("built-in parts by their kind", () => {
  test.each<[given: object, recorded: object]>([
    [{ credit: "high-entropy-tokens" }, { credit: { kind: "high-entropy-tokens" } }],
    [{ credit: { kind: "entropy-advantage" } }, { credit: { kind: "entropy-advantage" } }],
    [{ objective: "dapo" }, { algorithm: { kind: "dapo" } }],
    [{ verdict: "exact" }, { verdict: { kind: "exact" } }],
    [{ verdict: { kind: "relaxed", tolerance: 0.1 } }, { verdict: { kind: "relaxed, tolerance 0.1" } }],
    [{ reward: "accuracy" }, { reward: [{ name: "accuracy", weight: 1 }] }],
    [
      { reward: [right, { kind: "accuracy", weight: 0.5 }] },
      {
        reward: [
          { name: "right", weight: 1 },
          { name: "accuracy", weight: 0.5 },
        ],
      },
    ],
  ])("%j", async (given, recorded) => {
    const path = freshPath();
    expect((await train(partsOf({ ...given, observers: [runDirectory(path)] }))).status).toBe("finished");
    expect(recordOf(path).config).toMatchObject(recorded);
  });
});

test("creditScale mean-one is refused with credit whose tokens have one weight, except for uniform", async () => {
  const schedule = { iterations: 1, promptsPerIteration: 2, groupSize: 2, creditScale: "mean-one" };
  for (const credit of ["constant", { kind: "vppo", tokenShare: 1 }, "papo"])
    await expect(train(partsOf({ credit, schedule }))).rejects.toThrow(
      'schedule.creditScale "mean-one" with',
    );
  expect((await train(partsOf({ credit: "uniform", schedule }))).status).toBe("finished");
});

describe("a part that is none is refused before anything is sampled, by name", () => {
  const made = defineCredit({ create: () => ({ needs: {}, credit: () => [] }) });
  const credit = () => [];

  test.each<[name: string, given: object, message: string]>([
    ["credit: unknown kind", { credit: "dyco" }, "credit: expected one of uniform, constant"],
    ["credit: near kind", { credit: "dyco-rll" }, 'got "dyco-rll"; did you mean "dyco-rl"?'],
    [
      "credit: option",
      { credit: { kind: "uniform", scale: 1 } },
      'credit: unknown option "scale"; uniform has',
    ],
    [
      "credit: definition",
      { credit: made },
      "credit: expected an object with needs and credit, got a definition",
    ],
    ["credit: null", { credit: null }, "credit: expected an object with needs and credit, got null"],
    ["credit: needs", { credit: { needs: { entropi: true }, credit } }, '"entropi"; did you mean "entropy"?'],
    ["credit: no needs", { credit: { credit } }, "expected an object with needs and credit, got credit"],
    ["objective: kind", { objective: "grop" }, "objective: expected one of grpo"],
    [
      "objective: option",
      { objective: { kind: "grpo", clip: 1 } },
      'objective: unknown option "clip"; grpo has',
    ],
    [
      "objective: unit",
      { objective: { unit: "word" } },
      'expected a kind, or a record with unit "token" or "pair"',
    ],
    ["objective: function", { objective: () => 1 }, "got a function"],
    ["verdict: kind", { verdict: "relaxd" }, 'got "relaxd"; did you mean "relaxed"?'],
    [
      "verdict: object",
      { verdict: { name: "own" } },
      "verdict: expected an object with name and judge, got an object with name; it has no judge",
    ],
    [
      "verdict: no name",
      { verdict: { judge: () => ({ extracted: null, score: 0, reason: "" }) } },
      "verdict.name: expected a text, got none",
    ],
    ["sampling: null", { sampling: null }, "sampling: expected object, got null"],
    ["reward: none", { reward: undefined }, "reward: expected a function"],
    ["reward: kind", { reward: [right, "acuracy"] }, "reward[1]: expected one of accuracy"],
    [
      "reward: definition",
      { reward: [made] },
      "reward[0]: expected a function, { name, score }, or the kind of a built-in reward, got a definition; make the part with its .create",
    ],
    ["reward: name", { reward: [{ score: right }] }, "reward[0].name: expected a text, got none"],
    [
      "reward: weight",
      { reward: [{ name: "a", weight: "1", score: right }] },
      'reward[0].weight: expected a finite number, got "1"',
    ],
    ["reward: promise", { reward: [Promise.resolve(right)] }, "got a promise; await it"],
    [
      "dialogue: promise",
      { dialogue: Promise.resolve(dialogue) },
      "dialogue: expected a dialogue, as openDialogue makes it, got a promise; await it",
    ],
    [
      "dialogue: none",
      { dialogue: undefined },
      "dialogue: expected a dialogue, as openDialogue makes it, got none",
    ],
    [
      "engine: promise",
      { engine: Promise.resolve(1) },
      "engine: expected an engine, got a promise; await it",
    ],
    [
      "task: promise",
      { task: Promise.resolve(task) },
      "task: expected an object with name and train, got a promise; await it",
    ],
    [
      "task: definition",
      { task: { create: () => task } },
      "task: expected an object with name and train, got a definition",
    ],
    ["task: none", { task: undefined }, "task: expected an object with name and train, got none"],
    [
      "task: train",
      { task: { name: "a", train: [] } },
      "task.train: expected a source with size and problem",
    ],
    ["unknown part", { sampler: {} }, 'got "sampler"; did you mean "sampling"?'],
    [
      "observer: misspelt",
      { observers: [{ events: () => {} }] },
      'observers[0]: expected an object with some of start, event, rollouts, finish, fail, got "events"; did you mean "event"?',
    ],
    ["observer: empty", { observers: [{}] }, "observers[0]: expected an object with some of start"],
    [
      "observer: alone",
      { observers: { event: () => {} } },
      "observers: expected a list, got an object with event",
    ],
  ])("%s", async (_, given, message) => {
    const parts = partsOf(given);
    const run = train(parts);
    await expect(run).rejects.toThrow(ConfigError);
    await expect(run).rejects.toThrow(message);
  });

  test("contradictions name the parts as they are passed", async () => {
    const schedule = { ...partsOf().schedule, minibatches: 5 };
    await expect(train(partsOf({ schedule }))).rejects.toThrow("schedule.minibatches: expected at most");
    const parts = { credit: "high-entropy-tokens", objective: { kind: "gspo", form: "sequence" } };
    await expect(train(partsOf(parts))).rejects.toThrow('with objective.kind "gspo"');
  });
});

describe("a number or a small record that is wrong is refused", () => {
  test.each<[given: object, message: string]>([
    [{ evaluationBatch: 0 }, "evaluationBatch: Too small"],
    [{ evaluationBatch: Number.NaN }, "evaluationBatch: expected number, got NaN"],
    [{ maxBrokenShare: 2 }, "maxBrokenShare: Too big"],
    [{ maxBrokenShare: "x" }, 'maxBrokenShare: expected number, got "x"'],
    [{ limits: { maxPixel: 1 } }, 'limits: expected known keys only, got "maxPixel"'],
    [{ limits: null }, "limits: expected object, got null"],
    [{ creditAgreement: {} }, "creditAgreement.methods: expected array, got undefined"],
    [{ creditAgreement: { methods: ["uniform"], share: 5 } }, "creditAgreement.share: Too big"],
    [{ creditAgreement: { methods: ["uniform"], every: 0 } }, "creditAgreement.every: Too small"],
    [{ signal: {} }, "signal: expected an AbortSignal, got an object"],
    [{ clock: 5 }, "clock: expected a function, got 5"],
    [{ seed: "7" }, 'seed: expected number, got "7"'],
    [{ seed: 0.5 }, "seed: expected int, got 0.5"],
    [{ schedule: { iteration: 2 } }, 'schedule: unknown key "iteration"; did you mean "iterations"?'],
    [{ schedule: { groupSize: 1 } }, "schedule.groupSize: Too small: expected number to be >=2, got 1"],
    [{ objective: { kind: "grpo", aggregation: "mean" } }, "objective.aggregation: expected "],
    [
      { observers: [runDirectory("a"), runDirectory("b")] },
      "observers: expected at most one that stores checkpoints, got 2",
    ],
    [{ engine: { sample: right, score: right } }, "engine.capabilities: expected a set, got none"],
    [{ dialogue: { prompt: right, text: right } }, "dialogue.stopTokens: expected a list, got none"],
    [{ objective: { unit: "token" } }, "objective.advantage: expected object, got undefined"],
    [
      { objective: { ...resolveAlgorithm({ kind: "grpo" }), surrogate: 1 } },
      "objective.surrogate: expected a function, got 1",
    ],
  ])("%j", async (given, message) => {
    const run = train(partsOf(given));
    await expect(run).rejects.toThrow(ConfigError);
    await expect(run).rejects.toThrow(message);
  });
});

describe("a part that fails in the midst of a run is named", () => {
  const fails = () => {
    throw new TypeError("no such column");
  };

  test.each<[given: object, message: string]>([
    [{ credit: { name: "own", needs: {}, credit: fails } }, 'credit "own": no such column'],
    [
      { credit: { name: "own", needs: {}, credit: () => [] } },
      'credit "own": expected 4 credits for group 0',
    ],
    [{ verdict: { name: "own", judge: fails } }, 'verdict "own": no such column (problem p'],
    [{ verdict: { name: "own", judge: async () => fails() } }, 'verdict "own": no such column (problem p'],
    [{ verdict: { name: "own", judge: () => undefined } }, 'verdict "own": expected { extracted'],
    [
      { verdict: { name: "own", judge: () => ({ extracted: null, score: 5, reason: "" }) } },
      'got {"extracted":null,"score":5,"reason":""}',
    ],
    [
      { objective: { ...resolveAlgorithm({ kind: "grpo" }), name: "own", surrogate: fails } },
      'objective "own": surrogate: no such column',
    ],
    [
      { objective: { ...resolveAlgorithm({ kind: "grpo" }), name: "own", surrogate: () => undefined } },
      'objective "own": surrogate: expected numbers value, ratioDerivative and logprobDerivative, got undefined',
    ],
    [
      {
        objective: {
          ...resolveAlgorithm({ kind: "grpo" }),
          name: "own",
          surrogate: () => ({ value: Number.NaN, ratioDerivative: 0, logprobDerivative: 0, clipped: "none" }),
        },
      },
      'objective "own": surrogate: expected numbers',
    ],
    [{ task: { ...task, train: fails } }, 'task "shades": train: no such column'],
    [
      { task: { ...task, labels: { label: fails } }, credit: { kind: "oracle" } },
      'task "shades": labels (problem p',
    ],
    [
      { task: { ...task, labels: { label: () => [] } }, credit: { kind: "oracle" } },
      'task "shades": labels: expected ',
    ],
  ])("%j %s", async (given, message) => {
    const run = train(partsOf(given));
    await expect(run).rejects.toThrow(PartError);
    await expect(run).rejects.toThrow(message);
  });
});

test("an observer that throws beside a run directory alone is recorded, and said on stderr", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const path = freshPath();
  const broken = {
    name: "broken",
    event(event: RunEvent) {
      if (event.event === "iteration") throw new Error("no disk");
    },
  };
  try {
    await train(partsOf({ observers: [runDirectory(path), broken] }));
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      'observer "broken" failed and was removed: no disk',
    ]);
  } finally {
    warned.mockRestore();
  }
  expect(metricsOf(path).filter(({ event }) => event === "observer-failed")).toEqual([
    { event: "observer-failed", observer: "broken", message: "no disk", iteration: 1 },
  ]);
});

test("a part by its kind is the same however it is written", () => {
  const hashes = (given: object) => partHashes(partsOf(given), [{ name: "right", score: right }]);
  const plain = hashes({});
  expect(hashes({ credit: { kind: "uniform" }, objective: "grpo", verdict: "answer" })).toEqual(plain);
  expect(hashes({ verdict: { from: "mark", kind: "answer" } })).toEqual(
    hashes({ verdict: { kind: "answer", from: "mark" } }),
  );
});

describe("a run is not resumed with a part of another text", () => {
  const credit = {
    name: "own",
    needs: {},
    credit: (groups: readonly (readonly { mask: ArrayLike<number> }[])[]) =>
      groups.map((group) => group.map(({ mask }) => ({ weights: Float64Array.from(mask) }))),
  };
  const changed = {
    ...credit,
    credit: (groups: Parameters<typeof credit.credit>[0]) =>
      groups.map((group) =>
        group.map(({ mask }) => ({ weights: Float64Array.from(mask, (one) => one / 2) })),
      ),
  };
  const named = (score: RewardFunction) => ({ name: "right", score });

  test.each<[name: string, before: object, now: object]>([
    ["credit", { credit }, { credit: changed }],
    ["credit", { credit: "uniform" }, { credit: { kind: "high-entropy-tokens" } }],
    ["credit", { credit }, { credit: { ...credit, needs: { rewards: ["right"] } } }],
    ["objective", { objective: "grpo" }, { objective: { kind: "grpo", clipLow: 0.1 } }],
    [
      "objective",
      { objective: resolveAlgorithm({ kind: "grpo" }) },
      { objective: { ...resolveAlgorithm({ kind: "grpo" }), entropyCoefficient: 0.5 } },
    ],
    [
      'reward "right"',
      { reward: [named((answered) => answered.map(() => 1))] },
      { reward: [named((answered) => answered.map(() => 0.5))] },
    ],
  ])("%s", async (name, before, now) => {
    const path = freshPath();
    await train(partsOf({ ...before, observers: [runDirectory(path)] }));
    const resumed = (parts: object, options: object = {}) =>
      train(partsOf({ ...parts, observers: [runDirectory(path, { resume: true, ...options })] }));
    await expect(resumed(now)).rejects.toThrow(
      new RegExp(`part ${name}: SHA-256 [0-9a-f]{12} before, SHA-256 [0-9a-f]{12} now; undo the change`),
    );
    expect((await resumed(before)).status).toBe("finished");
    const mayChange = () => true;
    expect((await resumed(now, { acceptModules: true, mayChange })).status).toBe("finished");
    expect((await resumed(now)).status).toBe("finished");
  });
});

test("an iteration in which no completion has a reward is warned of", async () => {
  const events: RunEvent[] = [];
  const path = freshPath();
  const observers = [{ event: (event: RunEvent) => void events.push(event) }, runDirectory(path)];
  await train(partsOf({ reward: [(answered: readonly unknown[]) => answered.map(() => null)], observers }));
  const warnings = events.flatMap((event) => (event.event === "warning" ? [event.message] : []));
  expect(warnings[0]).toMatch(/^no update: none of the 8 completions has a reward/);
  const recorded = metricsOf(path).filter(({ event }) => event === "warning");
  expect(recorded.map(({ message }) => message)).toEqual(warnings);
  expect(recorded[0]).toMatchObject({ iteration: 1 });
});
