import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Problem, TokenLabel } from "../data/index.ts";
import { NumericError } from "../errors/index.ts";
import { answerVerdict, type Verdict } from "../verify/index.ts";
import { blindAnswerReward, blindQuestion } from "./blind-answer.ts";
import { claimReward, claimsReward, cutPlaces } from "./claims.ts";
import { evidenceMargin, evidenceReward, gatedReward } from "./evidence.ts";
import { visualFactsReward } from "./facts.ts";
import { faithfulReward } from "./faithful.ts";
import { repetitionPenalty, repetitionReward } from "./repetition.ts";
import type { Answered, Policy, PolicyQuestion, RewardFunction } from "./reward.ts";
import { taggedText } from "./tagged-text.ts";

/** Results of the authors' functions: fixtures/rivals/record.py. */
const recorded: {
  readonly claims: readonly {
    readonly length: number;
    readonly places: readonly number[];
    readonly right: readonly boolean[];
    readonly reward: number;
  }[];
} = JSON.parse(readFileSync(new URL("../../fixtures/rivals/rivals.json", import.meta.url), "utf8"));

const image = { width: 4, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => i * 10) };
const problem = (more: Partial<Problem> = {}): Problem => ({
  id: "p",
  images: [image],
  question: "<image>How many?",
  answers: ["7"],
  columns: {},
  ...more,
});
const verdict: Verdict = answerVerdict();
const answered = async (text: string, more: Partial<Answered> = {}): Promise<Answered> => {
  const own = more.problem ?? problem();
  const judgement = await verdict.judge(text, own);
  const afterThought = text.includes("</think>") ? text.slice(text.indexOf("</think>") + 8) : text;
  return {
    problem: own,
    text,
    afterThought,
    extracted: judgement.extracted,
    judgement,
    tokens: Int32Array.from(text, (symbol) => symbol.charCodeAt(0)),
    stopReason: "stop",
    ...more,
  };
};
/** A policy that answers by a function, and writes down what it was asked; a token is a character. */
function policyOf(
  reply: (question: PolicyQuestion) => string,
  logprob: (images: Problem["images"]) => number = () => -1,
) {
  const asked: PolicyQuestion[] = [];
  const policy: Policy = {
    async answer(questions) {
      asked.push(...questions);
      return questions.map(reply);
    },
    async logprobs(given) {
      return given.map(({ images, tokens }) => new Float64Array(tokens.length).fill(logprob(images)));
    },
    texts: (tokens) => Array.from(tokens, (token) => String.fromCharCode(token)),
  };
  return { policy, asked };
}
const context = { verdict, maxCompletionTokens: 64 };
type Part = RewardFunction | { readonly score: RewardFunction };
const scoreOf = (part: Part): RewardFunction => (typeof part === "function" ? part : part.score);

describe("the policy as a blind answerer", () => {
  const blind = (options: object = {}) =>
    scoreOf(
      blindAnswerReward.create(blindAnswerReward.schema.parse({ kind: "blind-answer", ...options }), context),
    );

  test("rewards a description that the question can be answered from, asked without the image", async () => {
    const { policy, asked } = policyOf(({ question }) =>
      question.includes("seven") ? "\\boxed{7}" : "\\boxed{0}",
    );
    const batch = [
      await answered("<description>seven dots</description><think>…</think>\\boxed{7}"),
      await answered("<description>a cat</description>\\boxed{7}"),
      await answered("\\boxed{7}"),
    ];
    expect(await blind()(batch, undefined, policy)).toEqual([1, 0, 0]);
    expect(asked).toHaveLength(2);
    expect(asked[0]!.images).toBeUndefined();
    expect(asked[0]!.question).toContain("Text description: seven dots\nQuestion: How many?");
  });

  test("without the tag gives nothing, or takes the whole completion, as Vision-SR1's code does", async () => {
    const { policy } = policyOf(() => "\\boxed{7}");
    const bare = [await answered("seven, \\boxed{7}")];
    expect(await blind()(bare, undefined, policy)).toEqual([0]);
    expect(await blind({ missing: "whole" })(bare, undefined, policy)).toEqual([1]);
    expect(await blind({ tag: "info" })([await answered("<info>x</info>")], undefined, policy)).toEqual([1]);
  });

  test("leaves unscored what no verdict can judge, and is an error where no policy is trained", async () => {
    const { policy } = policyOf(() => "7");
    const open = await answered("<description>x</description>", { problem: problem({ answers: [] }) });
    expect(await blind()([open], undefined, policy)).toEqual([null]);
    await expect(async () => blind()([open])).rejects.toThrow("needs the policy under training");
  });

  test("puts description and question into its words, for any content", () => {
    expect(blindQuestion("{description} / {question}", "$& and", "<image> why? $&")).toBe("$& and / why? $&");
    expect([taggedText("a <x> b </x> c", "x"), taggedText("a <x> b", "x"), taggedText("", "x")]).toEqual([
      "b",
      null,
      null,
    ]);
  });
});

describe("claims in the midst of reasoning", () => {
  test("cuts at punctuation of the reasoning, two characters apart at least", () => {
    expect(cutPlaces("a, b.. c</think> d.")).toEqual([1, 4]);
    expect(cutPlaces("no end\\boxed{1.5}")).toEqual([]);
    expect(cutPlaces(".;x!")).toEqual([0, 3]);
  });

  test("earns by the weights of late claims, 1 where all are right, 0 at chance and below", () => {
    expect(claimReward([true, true], [3, 9], 10, 1.5)).toBe(1);
    expect(claimReward([true, false], [0, 0], 10, 1.5)).toBe(0);
    expect(claimReward([false, false], [0, 1], 10, 1.5)).toBe(0);
    const [early, late] = [Math.exp(0), Math.exp(1.5 * 0.9)];
    expect(claimReward([false, true], [0, 9], 10, 1.5)).toBeCloseTo(2 * (late / (early + late) - 0.5), 12);
    expect(claimReward([true, false], [0, 9], 10, 1.5)).toBe(0);
    expect(claimReward([], [], 10, 1.5)).toBe(0);
    expect(() => claimReward([true], [10], 10, 1.5)).toThrow(NumericError);
  });

  test.each(recorded.claims)(
    "is the authors' function's: $reward of $length characters",
    ({ length, places, right, reward }) => {
      expect(claimReward(right, places, length, 1.5)).toBeCloseTo(reward, 12);
    },
  );

  const claims = [0, 1, 2, 3].map((n) => ({ text: `claim ${n}.`, isTrue: n % 2 === 0 }));
  const claimed = (options: object = {}) =>
    scoreOf(
      claimsReward.create(claimsReward.schema.parse({ kind: "claims", count: 4, ...options }), context),
    );
  /** Says yes to even claims. */
  const knowing = () => policyOf(({ begun = "" }) => (/claim [02]/.test(begun) ? " Yes" : " No"));

  test("asks each claim once behind a part of the completion, with the image, and rewards right completions alone", async () => {
    const { policy, asked } = knowing();
    const batch = [
      await answered("<think>one, two, three, four.</think> \\boxed{7}", { problem: problem({ claims }) }),
      await answered("<think>one, two.</think> \\boxed{8}", { problem: problem({ claims }) }),
      await answered("<think>one.</think> \\boxed{7}"),
    ];
    expect(await claimed()(batch, undefined, policy)).toEqual([1, 0, null]);
    expect(asked).toHaveLength(4);
    expect(new Set(asked.map(({ begun }) => /claim \d/.exec(begun!)![0])).size).toBe(4);
    for (const { begun, images } of asked) {
      expect(begun).toMatch(
        /^<think>one,.*\n<anchor>claim \d\. Is this claim correct\? Answer \(Yes\/No\): $/s,
      );
      expect(images).toEqual([image]);
    }
  });

  test("compared with the claims of their turn, as in the authors' code, knows less than it did", async () => {
    const { policy } = knowing();
    const batch = [await answered("<think>a, b, c, d.</think> \\boxed{7}", { problem: problem({ claims }) })];
    const own = await claimed()(batch, undefined, policy);
    const released = [];
    for (let seed = 0; seed < 12; seed++)
      released.push(...(await claimed({ labels: "first", seed })(batch, undefined, policy)));
    expect(own).toEqual([1]);
    expect(released.filter((score) => score === 1).length).toBeLessThan(12);
  });

  test("reads claims from a column too", async () => {
    const { policy } = knowing();
    const own = problem({ columns: { claims } });
    expect(
      await claimed()([await answered("a. b. \\boxed{7}", { problem: own })], undefined, policy),
    ).toEqual([1]);
  });
});

describe("visual facts", () => {
  const facts = scoreOf(
    visualFactsReward.create(visualFactsReward.schema.parse({ kind: "visual-facts" }), context),
  );

  test("are the share of what is to be seen that is stated, in any wording", async () => {
    const own = problem({ visualFacts: [["a 7", "a seven"], ["a red line"]] });
    const scores = await facts([
      await answered("I see a seven and a red line", { problem: own }),
      await answered("a seven", { problem: own }),
      await answered("nothing", { problem: own }),
      await answered("a 7"),
      await answered("A 7", { problem: problem({ columns: { visual_facts: ["a 7"] } }) }),
    ]);
    expect(scores).toEqual([1, 0.5, 0, null, 1]);
  });
});

describe("repetition", () => {
  test("is punished by the share of n-grams that repeat, never beyond the most", async () => {
    expect(repetitionPenalty("a b a b a b", 2, -2)).toBeCloseTo(-1.2, 12);
    expect(repetitionPenalty("a b c d", 2, -2)).toBe(0);
    expect(repetitionPenalty("a", 2, -2)).toBe(0);
    expect(repetitionPenalty("", 1, -2)).toBe(0);
    expect(repetitionPenalty("x ".repeat(200), 20, -2)).toBeGreaterThan(-2);
    const part = scoreOf(
      repetitionReward.create(repetitionReward.schema.parse({ kind: "repetition" }), context),
    );
    expect(await part([await answered("seven")])).toEqual([0]);
  });
});

describe("evidence", () => {
  test("has a margin and a gate that can be checked on paper", () => {
    expect(evidenceMargin(1, [0.5, 0.7, 0.9], 1e-9)).toBeCloseTo(Math.tanh(0.3 / Math.sqrt(0.08 / 3)), 6);
    expect(evidenceMargin(0.7, [0.5, 0.7, 0.9])).toBeCloseTo(0, 12);
    expect(evidenceMargin(1, [0])).toBe(1);
    expect(gatedReward(true, 0, { tau: 0.2, gain: 0.1 })).toBe(0.5);
    expect(gatedReward(true, 1, { tau: 0.2, gain: 0.1 })).toBeCloseTo(0.5 * (1 + Math.tanh(5)) + 0.1, 12);
    expect(gatedReward(false, 1, { tau: 0.2, gain: 0.1 })).toBeCloseTo(-0.125 * (1 + Math.tanh(5)) + 0.1, 12);
    expect(() => evidenceMargin(1, [])).toThrow(NumericError);
    expect(() => evidenceMargin(Number.NaN, [1])).toThrow(NumericError);
  });

  const evidence = scoreOf(evidenceReward.create(evidenceReward.schema.parse({ kind: "evidence" }), context));
  const own = problem({
    evidence: {
      regions: [{ x: 0, y: 0, width: 2, height: 2 }],
      controls: [0, 1, 2].map(() => [{ x: 2, y: 0, width: 2, height: 2 }]),
    },
  });

  test("rewards an answer that depends on where it should be read from, and punishes one that does not", async () => {
    // The answer falls by 2 nats where the left half is flat, by nothing elsewhere.
    const isFlat = ({ data }: Problem["images"][0]) => data[0] === data[3];
    const { policy } = policyOf(
      () => "",
      ([shown]) => (isFlat(shown!) ? -3 : -1),
    );
    const blind = policyOf(() => "").policy;
    const right = await answered("<think>x</think> \\boxed{7}", { problem: own });
    const wrong = await answered("<think>x</think> \\boxed{8}", { problem: own });
    const [seen, unseen] = (await evidence([right, wrong], undefined, policy)) as number[];
    expect(seen).toBeCloseTo(gatedReward(true, 1, { tau: 0.2, gain: 0.1 }), 6);
    expect(unseen).toBeCloseTo(gatedReward(false, 1, { tau: 0.2, gain: 0.1 }), 6);
    expect(await evidence([right], undefined, blind)).toEqual([0.5]);
  });

  test("of all tokens, sees a thought that was read from the region where the answer alone does not", async () => {
    const right = await answered("<think>I see 7</think> \\boxed{7}", { problem: own });
    const thought = right.text.indexOf("</think>");
    // The thought falls by 2 nats a token where the left half is flat, the answer by nothing.
    const policy: Policy = {
      ...policyOf(() => "").policy,
      logprobs: async (views) =>
        views.map(({ tokens, images: [shown] }) =>
          Float64Array.from(tokens, (_, t) => (t < thought && shown!.data[0] === shown!.data[3] ? -3 : -1)),
        ),
    };
    const ofAll = scoreOf(
      evidenceReward.create(evidenceReward.schema.parse({ kind: "evidence", tokens: "completion" }), context),
    );
    expect(await evidence([right], undefined, policy)).toEqual([0.5]);
    const [ofThought] = await ofAll([right], undefined, policy);
    expect(ofThought).toBeCloseTo(gatedReward(true, 1, { tau: 0.2, gain: 0.1 }), 6);
  });

  test("leaves problems whose evidence is unknown unscored", async () => {
    expect(await evidence([await answered("\\boxed{7}")], undefined, policyOf(() => "").policy)).toEqual([
      null,
    ]);
  });
});

describe("faithfulness from labels", () => {
  const faithful = (options: object = {}) =>
    scoreOf(faithfulReward.create(faithfulReward.schema.parse({ kind: "faithful", ...options }), context));
  const label = (role: TokenLabel["role"], correct: boolean | null, follows: boolean | null): TokenLabel => ({
    role,
    statement: null,
    correct,
    follows,
  });
  const labelled = (...labels: TokenLabel[]) => answered("x", { labels: () => labels });

  test("is grounded by the share of true readings, and consistent where every step follows", async () => {
    const half = await labelled(
      label("image", true, null),
      label("image", false, null),
      label("other", null, null),
    );
    const follows = await labelled(label("reasoning", false, true), label("reasoning", true, null));
    const breaks = await labelled(label("reasoning", true, true), label("reasoning", true, false));
    const grounding = faithful({ measure: "grounding" });
    expect(await grounding([half, follows])).toEqual([0.5, 0]);
    expect(await faithful()([half, follows, breaks])).toEqual([0, 1, 0]);
    expect(await faithful({ missing: null })([half])).toEqual([null]);
  });

  test("leaves completions without labels unscored", async () => {
    expect(await faithful()([await answered("x"), await answered("x", { labels: () => undefined })])).toEqual(
      [null, null],
    );
  });
});
