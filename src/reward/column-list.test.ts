import { expect, test } from "vitest";
import type { Problem } from "../data/index.ts";
import { createVerdict, verdictSchema } from "../verify/index.ts";
import { completionRewards } from "./completion-reward.ts";
import { createReward } from "./registry.ts";
import type { Policy } from "./reward.ts";

const verdict = createVerdict(verdictSchema.parse({ kind: "answer" }));
const policy: Policy = {
  answer: async (questions) => questions.map(() => "yes"),
  logprobs: async () => [],
  texts: () => [],
};

/** The reward of a right completion to a problem with these columns. */
async function rewarded(kind: "claims" | "visual-facts", columns: Problem["columns"]) {
  const problem: Problem = { id: "p1", images: [], question: "?", answers: ["7"], columns };
  const text = "<think>a 7, it is.</think> <answer>7</answer>";
  const judgement = await verdict.judge(text, problem);
  const rest = { afterThought: "", extracted: "7", tokens: new Int32Array(9), stopReason: "stop" } as const;
  const reward = createReward({ kind }, { verdict, maxCompletionTokens: 64 });
  const [found] = await completionRewards(
    [reward],
    [{ problem, text, judgement, ...rest }],
    undefined,
    1000,
    policy,
  );
  return found!;
}

test("facts and claims in a table of text are read as JSON", async () => {
  expect((await rewarded("visual-facts", { visual_facts: '["a 7", ["a 9", "nine"]]' })).value).toBe(0.35);
  const claims = JSON.stringify([{ text: "There is a 7.", isTrue: true }]);
  expect((await rewarded("claims", { claims })).value).toBe(0.1);
});

test.each([undefined, null, "", " ", []])(
  "a problem whose cell is %j has no facts and no claims",
  async (cell) => {
    for (const kind of ["visual-facts", "claims"] as const) {
      const { value, failures } = await rewarded(kind, { visual_facts: cell, claims: cell });
      expect(value).toBeNull();
      expect(failures).toBeUndefined();
    }
  },
);

test.each([
  [
    "visual-facts",
    "a 7; a 9",
    'column visual_facts: expected a list of texts, or of lists of wordings, got "a 7; a 9"',
  ],
  [
    "visual-facts",
    [7],
    "column visual_facts: expected a list of texts, or of lists of wordings, got an array of 1, at fault in 0",
  ],
  [
    "claims",
    [{ text: "There is a 7.", isTrue: 1 }],
    "column claims: expected a list of { text, isTrue }, isTrue a boolean, got an array of 1, at fault in 0.isTrue",
  ],
  ["claims", [{ claim: "There is a 7.", label: true }], "got an array of 1, at fault in 0.text"],
] as const)("%s in another form fail, and are not left out silently: %j", async (kind, cell, message) => {
  const { value, failures = [] } = await rewarded(kind, { visual_facts: cell, claims: cell });
  expect(value).toBeNull();
  expect(failures.join()).toContain(message);
  expect(failures.join()).toMatch(/^reward "[a-z-]+".* \(problem p1\)$/);
});
