import { expect, test } from "vitest";
import { completionRewards } from "./completion-reward.ts";
import type { Answered, Reward } from "./reward.ts";

const LENGTHS = [3, 1, 2];
const batch = () =>
  LENGTHS.map(
    (length, i): Answered => ({
      problem: { id: `p${i}`, images: [], question: "", answers: ["1"], columns: { row: i } },
      text: "x".repeat(length),
      afterThought: "",
      extracted: null,
      judgement: { extracted: null, score: 0, reason: "no answer" },
      labels: () => [{ role: "other", statement: null, correct: null, follows: null }],
      tokens: Int32Array.from({ length }, (_, t) => t + 5),
      stopReason: "stop",
    }),
  );
const long: Reward = { name: "long", score: (answered) => answered.map(({ text }) => text.length) };

const byLength = (a: Answered, b: Answered) => a.text.length - b.text.length;
const changing = (answered: readonly Answered[]) => answered as Answered[];

// A changed list fails for the batch; after another failure each completion is scored alone.
test.each<[what: string, expectedCalls: number, change: (answered: Answered[]) => unknown]>([
  ["sorts its batch", 1, (answered) => answered.sort(byLength)],
  ["reverses its batch", 1, (answered) => answered.reverse()],
  ["shortens its batch", 1, (answered) => answered.pop()],
  ["replaces a completion", 1, (answered) => (answered[0] = answered[1]!)],
  ["empties the accepted answers", 1, ([first]) => ((first!.problem.answers as string[]).length = 0)],
  ["changes a column", 4, ([first]) => ((first!.problem.columns as Record<string, unknown>)["row"] = 9)],
  ["changes a verdict", 4, ([first]) => ((first!.judgement as { score: number }).score = 1)],
  ["changes a label", 4, ([first]) => ((first!.labels!()![0] as { role: string }).role = "image")],
])("a reward that %s in place gives no rewards, and says why", async (_, expectedCalls, change) => {
  const answered = batch();
  let calls = 0;
  const own: Reward = {
    name: "own",
    score: (given) => {
      calls += 1;
      change(changing(given));
      return given.map(({ text }) => text.length);
    },
  };
  const found = await completionRewards([own, long], answered);
  expect(found.map(({ parts }) => parts)).toEqual(LENGTHS.map((length) => ({ long: length })));
  for (const { failures } of found) {
    expect(failures?.[0]).toMatch(
      /^reward "own": .+; if it is an input, it cannot be changed in place: change a copy/,
    );
  }
  expect(calls).toBe(expectedCalls);
  expect(answered).toEqual(batch().map((one) => ({ ...one, labels: expect.any(Function) as unknown })));
});

test("a reward that changes tokens changes its own", async () => {
  const answered = batch();
  const own: Reward = {
    name: "own",
    score: (given) => given.map(({ tokens }) => tokens.fill(1).length),
  };
  const first: Reward = { name: "first", score: (given) => given.map(({ tokens }) => tokens[0]!) };
  const found = await completionRewards([own, first], answered);
  expect(found.map(({ parts }) => parts["first"])).toEqual([5, 5, 5]);
  expect(answered.map(({ tokens }) => tokens[0])).toEqual([5, 5, 5]);
});
