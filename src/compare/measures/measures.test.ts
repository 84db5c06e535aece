import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveConfig } from "../../config/index.ts";
import type { SampleRequest } from "../../engine/index.ts";
import { startChatServer } from "../../testing/chat-server.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { digitsFakeEngine, TINY_FLAGS } from "../../testing/tiny-run.ts";
import type { Measure, Subject } from "../measure.ts";
import { numberAt } from "./pick-number.ts";
import { readMeasures } from "./registry.ts";
import { clusterShares } from "./rollout-clusters.ts";

const config = resolveConfig({ flags: TINY_FLAGS });

function subject(runDirectory?: string): Subject {
  const engine = digitsFakeEngine();
  return {
    config,
    identity: "cell",
    directory: temporaryDirectory(),
    runDirectory,
    engine: async () => engine,
    signal: undefined,
  };
}

const measure = (options: object): Measure => readMeasures({ own: options as Record<string, unknown> })[0]!;

describe("evaluation", () => {
  test("has scores whose mean the measure is, by problem; kinds of problems too", async () => {
    const accuracy = measure({
      config: { data: { kinds: ["largest", "sum"] }, evaluation: { problems: 30 } },
    });
    const found = await accuracy.evidence.gather(subject());
    const { value, scores, low, high } = accuracy.pick(found);
    expect(scores).toHaveLength(30);
    expect(value).toBeCloseTo(scores!.reduce<number>((sum, score) => sum + score!, 0) / 30, 12);
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
    const largest = measure({ metric: "largest" }).pick(found);
    const judged = largest.scores!.filter((score) => score !== null);
    expect(judged.length).toBeGreaterThan(5);
    expect(judged.length).toBeLessThan(25);
    expect(largest.value).toBeCloseTo(
      judged.reduce<number>((sum, score) => sum + score!, 0) / judged.length,
      12,
    );
    expect(measure({ metric: "readingPerDigit" }).pick(found).scores).toBeUndefined();
    expect(measure({ metric: "completionTokens" }).unit).toBe("number");
    expect(() => measure({ metric: "acuracy" }).pick(found)).toThrow(
      /measures\.own\.metric: expected one of accuracy, .*got "acuracy"/,
    );
  });

  test("is checked before training: a metric that nothing reports, and files that are missing", async () => {
    const known = ["accuracy", "sum", "readingPerDigit", "completionTokens", "truncated"];
    for (const metric of known)
      await measure({ metric, config: { data: { kinds: ["largest", "sum"] } } }).check!(config);
    await measure({}).check!(config);
    await expect(measure({ metric: "summ" }).check!(config)).rejects.toThrow(
      /measures\.own\.metric: expected one of accuracy, .*got "summ"/,
    );
    const elsewhere = { kind: "mathvista", data: join(temporaryDirectory(), "none") };
    await expect(measure({ benchmark: elsewhere }).check!(config)).rejects.toThrow("none");
  });

  test("several samples are one score a problem", async () => {
    const sampled = measure({ config: { evaluation: { samples: 4, temperature: 1, problems: 6 } } });
    const { scores } = sampled.pick(await sampled.evidence.gather(subject()));
    expect(scores).toHaveLength(6);
    expect(scores!.every((score) => Number.isInteger(4 * score!))).toBe(true);
  });

  test("of which one answer has no verdict is an error, and the next time that answer alone is judged", async () => {
    const server = await startChatServer((_, number) => (number === 1 ? { status: 400 } : "Correct"));
    try {
      const verdict = { kind: "judge", url: server.url, model: "m" };
      const judged = measure({ config: { verdict, evaluation: { problems: 6 } } });
      const own = subject();
      await expect(judged.evidence.gather(own)).rejects.toThrow(/1 answers are not judged \(judge m at /);
      const before = server.calls.length;
      expect(judged.pick(await judged.evidence.gather(own)).scores).toHaveLength(6);
      expect(server.calls.length).toBe(before + 1);
    } finally {
      await server.close();
    }
  });

  test("is another for other problems, and the same for another learning rate", () => {
    const { identity } = measure({}).evidence;
    const other = (flag: string) => identity(resolveConfig({ flags: [...TINY_FLAGS, flag] }));
    expect(other("train.learningRate=0.5")).toEqual(identity(config));
    expect(other("data.noise=0.2")).not.toEqual(identity(config));
    expect(measure({ config: { evaluation: { split: "test" } } }).evidence.identity(config)).not.toEqual(
      identity(config),
    );
  });
});

describe("run", () => {
  const directory = temporaryDirectory();
  const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) =>
    JSON.stringify({
      event: "iteration",
      iteration: i,
      reward: i,
      timing: { totalSeconds: 2 * i },
      ...(i === 4 && { kl: 0.5 }),
    }),
  );
  writeFileSync(
    join(directory, "metrics.jsonl"),
    ['{"event":"evaluation","accuracy":1}', ...rows, ""].join("\n"),
  );

  test.each([
    [{ metric: "reward" }, 5.5],
    [{ metric: "reward", to: 0.1 }, 1],
    [{ metric: "reward", from: 0.9 }, 10],
    [{ metric: "reward", from: 0.4, to: 0.6 }, 5.5],
    [{ metric: "timing.totalSeconds", from: 1 }, 20],
    [{ metric: "kl" }, 0.5],
    [{ metric: "kl", from: 0.9 }, Number.NaN],
    [{ metric: "gradientNorm" }, Number.NaN],
    [{ metric: "rewardParts.format" }, Number.NaN],
  ])("%o is %d", async (options, expected) => {
    const own = measure({ kind: "run", ...options });
    expect(own.pick(await own.evidence.gather(subject(directory))).value).toBe(expected);
  });

  test.each([
    ["gradNorm", /measures\.own\.metric: expected one of .*gradientNorm.*, got "gradNorm"/],
    ["rewards", /got "rewards"; did you mean "reward"\?/],
    ["timing.totalSecond", /did you mean "timing.totalSeconds"\?/],
    ["rewardParts", /got "rewardParts"/],
    ["iteration", /got "iteration"/],
  ])("refuses the unknown metric %s before anything runs", (metric, message) => {
    expect(() => measure({ kind: "run", metric })).toThrow(message);
  });

  test("refuses stretches that end before they begin", () => {
    expect(() => measure({ kind: "run", metric: "reward", from: 0.6, to: 0.4 })).toThrow("measures.own.from");
  });
});

describe("rollouts", () => {
  test("shares of clusters belong to one weight each, the heaviest first", () => {
    // Three clusters of weights 0.5, 0.3 and 0.2, of one, two and three tokens.
    expect(clusterShares([0, 1, 1, 2, 2, 2], [0.5, 0.3, 0.3, 0.2, 0.2, 0.2])).toEqual([0.5, 0.3, 0.2]);
  });

  test("means run over the completions that have clusters; without any there is no number", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "rollouts"));
    const path = join(directory, "rollouts", "000001.jsonl");
    const lines = [
      { clusters: [0, 1], weights: [0.75, 0.25] },
      { clusters: [0, 1, 2, 2], weights: [0.5, 0.25, 0.25, 0.25] },
      { weights: [1, 1] },
    ];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const own = measure({ kind: "rollouts", metric: "twoHeaviestClusters", unit: "share" });
    expect(own.pick(await own.evidence.gather(subject(directory))).value).toBe(0.875);
    writeFileSync(path, '{"weights":[1]}\n');
    expect(own.pick(await own.evidence.gather(subject(directory))).value).toBeNaN();
    await expect(
      own.check!(resolveConfig({ flags: [...TINY_FLAGS, "train.rolloutsEvery=0"] })),
    ).rejects.toThrow("got train.rolloutsEvery 0");
  });
});

describe("diagnosis", () => {
  const diagnosis = {
    grounding: { entropyGap: { estimate: 0.5, low: 0, high: 1 } },
    connectivity: [{ row: "own", heldByAnchors: 0.4, anchorRoles: { image: 0.6 } }],
    intervention: [
      { role: "image", effects: [{ lambda: 0.5, recovered: { targeted: { estimate: 0.1 } } }] },
      { role: "reasoning", effects: [{ lambda: 0.5, recovered: { targeted: { estimate: 0.2 } } }] },
    ],
  };

  test.each([
    ["grounding.entropyGap", 0.5],
    ["grounding.entropyGap.high", 1],
    ["connectivity[row=own].anchorRoles.image", 0.6],
    ["intervention[role=reasoning].effects[lambda=0.5].recovered.targeted", 0.2],
  ])("finds the number at %s", (path, expected) => {
    expect(numberAt(diagnosis, path, "measures.own")).toBe(expected);
  });

  test("is of the configured seed, and not of the size of batches", async () => {
    const sampled = async (flag: string) => {
      const flags = [...TINY_FLAGS, "sampling.temperature=1", flag];
      const tokens: unknown[] = [];
      const engine = digitsFakeEngine();
      const watching = {
        ...engine,
        sample: async (request: SampleRequest) => {
          const groups = await engine.sample(request);
          tokens.push(...groups.flat().map((completion) => [...completion.tokens]));
          return groups;
        },
      };
      const own = { ...subject(), config: resolveConfig({ flags }), engine: async () => watching };
      await measure({ kind: "diagnosis", problems: 7, pick: "completions" }).evidence.gather(own);
      return tokens;
    };
    const seven = await sampled("evaluation.batchSize=7");
    expect(seven).toHaveLength(7);
    expect(await sampled("evaluation.batchSize=3")).toEqual(seven);
    expect(await sampled("evaluation.seed=9")).not.toEqual(seven);
  });

  test.each([
    ["an item that was not found", "intervention[role=other].effects[lambda=0.5].recovered.targeted"],
    ["an item of an empty list", "alignment[row=own, role=image].alignment"],
    ["a number of nothing, null in JSON", "accuracy"],
    ["an estimate of nothing", "roleAccuracy[method=random].imageFromAll"],
    ["a part that may be missing", "agreement"],
  ])("has no number for %s", (_, path) => {
    const roleAccuracy = [{ method: "random", imageFromAll: { estimate: null, low: null, high: null } }];
    const sparse = { ...diagnosis, accuracy: null, alignment: [], roleAccuracy };
    expect(numberAt(sparse, path, "measures.own")).toBeNaN();
  });

  test("names the step at which there is none", () => {
    expect(() => numberAt(diagnosis, "connectivity[col=own].threshold", "measures.own")).toThrow(
      "measures.own.pick: the diagnosis has no connectivity[col=own]",
    );
    expect(() => numberAt(diagnosis, "connectivity", "measures.own")).toThrow(
      "expected the place of a number",
    );
  });

  test.each([
    ["groundings.entropyGap", "expected a path that begins with one of completions, tokens, accuracy"],
    ["connectivity[row=predicting].threshold", "expected row=own in"],
    ["intervention[role=images].effects[lambda=2].recovered.targeted", "expected role=image or reasoning in"],
    ["intervention[role=image].effects[lambda=2].recovered.targeted", "expected lambda=none in"],
  ])("of %s is refused before anything runs", (pick, message) => {
    expect(() => measure({ kind: "diagnosis", pick })).toThrow(message);
  });
});
