import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PartError } from "../errors/index.ts";
import { rewardOf } from "../testing/reward-of.ts";
import { completionRewards } from "./completion-reward.ts";
import { formatFault } from "./format.ts";
import type { Answered, Reward } from "./reward.ts";

const rows = JSON.parse(
  readFileSync(new URL("../../fixtures/verify/reward.json", import.meta.url), "utf8"),
) as [string, string, number, number, string][];

describe("the reward of a completion", () => {
  test.each(rows)(
    "%j against %j: accuracy %d, format %d, %s",
    async (completion, reference, accuracy, format) => {
      const reward = await rewardOf(completion, { answers: [reference] });
      expect(reward.parts).toEqual({ accuracy, format });
      expect(reward.value).toBe(accuracy + 0.1 * format);
    },
  );

  test("is the weighted sum of its parts", async () => {
    const entries = [
      { kind: "accuracy", weight: 0.5 },
      { kind: "format", weight: 2 },
    ];
    const value = async (text: string) => (await rewardOf(text, { entries, answers: ["8"] })).value;
    expect(await value("<think>a</think><answer>8</answer>")).toBe(2.5);
    expect(await value("<think>a</think><answer>9</answer>")).toBe(2);
    expect(await value("8")).toBe(0.5);
  });

  test("does not depend on a part of weight 0 that has no score", async () => {
    const entries = ["accuracy", { kind: "visual-facts", weight: 0 }];
    expect((await rewardOf("8", { entries, answers: ["8"] })).value).toBe(1);
  });

  test("is −1 or 1 with AT-RL's values", async () => {
    const entries = [{ kind: "accuracy", values: [-1, 1] }];
    expect((await rewardOf("8", { entries, answers: ["8"] })).value).toBe(1);
    expect((await rewardOf("9", { entries, answers: ["8"] })).value).toBe(-1);
  });

  test("with answers from marks only, a number in the text is no answer", async () => {
    const flags = ["verdict.from=mark"];
    const parts = async (text: string) => (await rewardOf(text, { answers: ["8"], flags })).parts;
    expect(await parts("<think>8")).toEqual({ accuracy: 0, format: 0 });
    expect(await parts("it is \\boxed{8}")).toEqual({ accuracy: 1, format: 0 });
    expect(await parts("<answer>8</answer>")).toEqual({ accuracy: 1, format: 0 });
  });

  test("has no value without an accepted answer, which is not zero", async () => {
    expect((await rewardOf("<answer></answer>", { answers: [" "] })).value).toBeNull();
  });
});

test.each([
  ["<think>a</think> so \\boxed{8}", null],
  [" <think>a</think>\\boxed{\\frac{1}{2}}.", null],
  ["<think>a</think><answer>8</answer>", "no \\boxed{…} after </think>"],
  ["<think>\\boxed{8}</think> 8", "no \\boxed{…} after </think>"],
  ["<think>a</think>\\boxed{8", "no \\boxed{…} after </think>"],
  ["<think>a \\boxed{8}", "no </think>"],
  ["a <think>a</think>\\boxed{8}", "text before <think>"],
  ["<think> </think>\\boxed{8}", "nothing in <think>"],
  ["</think><think>\\boxed{8}", "tags in another order"],
  ["<think>a</think></think>\\boxed{8}", "more than one </think>"],
])("with the form think-boxed, %j: %s", (completion, fault) => {
  expect(formatFault(completion, "think-boxed")).toBe(fault);
});

const thought = "<think>a</think><answer>8</answer>";
test.each([
  [`<info>two and six</info> ${thought}`, null],
  [thought, "no <info>"],
  [`<info> </info>${thought}`, "nothing in <info>"],
  [`so <info>two</info>${thought}`, "text before <info>"],
  ["<info>two</info><think>a</think> \\boxed{8}", "no <answer>"],
])("with the form info-think-answer, %j: %s", (completion, fault) => {
  expect(formatFault(completion, "info-think-answer")).toBe(fault);
});

describe("a reward that fails", () => {
  const answered = ["a", "b", "c"].map(
    (id): Answered => ({
      problem: { id, images: [], question: "", answers: ["1"], columns: {} },
      text: id,
      afterThought: id,
      extracted: null,
      judgement: { extracted: null, score: 0, reason: "no answer" },
      tokens: new Int32Array(1),
      stopReason: "stop",
    }),
  );
  const score = (own: Reward["score"], limit?: number) =>
    completionRewards([{ name: "own", score: own }], answered, undefined, limit);

  test("costs the completions on which it throws, and names problem and reward", async () => {
    const found = await score((batch) =>
      batch.map(({ problem }) => {
        if (problem.id === "b") throw new Error("no such column");
        return 1;
      }),
    );
    expect(found.map(({ value }) => value)).toEqual([1, null, 1]);
    expect(found[1]?.failures).toEqual(['reward "own": no such column (problem b)']);
    const [, named] = await score(() => {
      throw new Error("unlike problem b2");
    });
    expect(named?.failures).toEqual(['reward "own": unlike problem b2 (problem b)']);
  });

  test.each([
    ["NaN", [1, Number.NaN, 1], "expected a finite number or null, got NaN (problem b)"],
    ["a text", [1, "1", 1], 'expected a finite number or null, got "1" (problem b)'],
  ])("by %s costs that completion, and the reward is called once", async (_, scores, message) => {
    let calls = 0;
    const found = await score(() => {
      calls += 1;
      return scores as number[];
    });
    expect(found.map(({ value }) => value)).toEqual([1, null, 1]);
    expect(found[1]?.failures).toEqual([`reward "own": ${message}`]);
    expect(calls).toBe(1);
  });

  test.each([
    [
      "too few numbers",
      (batch: readonly Answered[]) => batch.slice(0, 1).map(() => 1),
      "expected 3 scores, got 1",
    ],
    ["too many numbers", () => [1, 1, 1, 1], "expected 3 scores, got 4"],
    ["nothing", () => undefined as never, "expected an array of 3 scores, got undefined"],
    ["one number", () => 1 as never, "expected an array of 3 scores, got number"],
  ])("by %s gives no completion a reward", async (_, own, message) => {
    const found = await score(own);
    expect(found.map(({ value }) => value)).toEqual([null, null, null]);
    expect(found[0]?.failures?.[0]).toContain(message);
  });

  test("by promises in place of numbers is named, also where they fail", async () => {
    const found = await score((batch) => batch.map(() => Promise.reject(new Error("no file"))) as never);
    expect(found[0]?.failures).toEqual([
      'reward "own": expected a finite number or null, got a promise; return Promise.all(…) of them (problem a)',
    ]);
  });

  test("by a weighted sum beyond all numbers has no reward, and says so", async () => {
    const huge: Reward = {
      name: "huge",
      weight: 10,
      score: (batch) => batch.map((_, i) => (i === 0 ? 1e308 : 1)),
    };
    const [first, second] = await completionRewards([huge], answered);
    expect(first).toMatchObject({
      value: null,
      failures: ["reward: expected a finite sum of its parts, got Infinity (problem a)"],
    });
    expect(second?.value).toBe(10);
  });

  test("by never ending is given up after its time", async () => {
    const found = await score(() => new Promise(() => {}), 20);
    expect(found.map(({ value }) => value)).toEqual([null, null, null]);
    expect(found[0]?.failures?.[0]).toContain("no result within 0.02 s");
  });

  test("on everything is tried once", async () => {
    let calls = 0;
    await score(() => {
      calls += 1;
      throw new PartError("the server is gone", { isTotal: true });
    });
    expect(calls).toBe(1);
  });
});
