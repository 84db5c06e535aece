import { describe, expect, test } from "vitest";
import { Rng } from "../math/index.ts";
import { drawCompletion } from "../testing/drawn-completion.ts";
import type { CreditCompletion } from "./method.ts";
import { creditMethod, creditSchema } from "./registry.ts";

/** Two groups of three completions with the views of CPPO and DVRP beside all other signals. */
function batch(): CreditCompletion[][] {
  const rng = new Rng("options");
  const image = { kind: "black" } as const;
  return [0, 1].map((g) =>
    [1.5, -0.7, 0.4].map((advantage, i): CreditCompletion => {
      const completion = drawCompletion(rng, 24, advantage);
      const draw = (low: number, high: number) =>
        Float64Array.from({ length: 24 }, () => rng.uniform(low, high));
      const view = () => ({ image, logprobs: draw(-12, 0), entropy: draw(0, 2) });
      return {
        ...completion,
        // A right, a wrong and a middling completion in each group, for methods that compare the right with the wrong.
        reward: [1, 0, 0.25][i]!,
        verdict: i === 1 ? 0 : 1,
        rewardParts: { "blind-answer": 0.75 - 0.5 * g, other: 0.125 },
        tokenTexts: Array.from(
          { length: 24 },
          (_, t) => ["<a>", "b", "</a>", "<recognition>", "c", "</recognition>", "d"][t % 7]!,
        ),
        signals: {
          ...completion.signals,
          views: { kept: view(), lost: view(), masked: view(), noised: view() },
        },
      };
    }),
  );
}

/** Everything that a method says: its needs and facts, its credit, and its loss term at each token. */
function answers(config: object, progress = 0.5): string {
  const method = creditMethod(creditSchema.parse(config));
  const facts = { ...method, credit: undefined, name: undefined };
  const credits = method.credit(batch(), new Rng(3), progress).map((group) =>
    group.map(({ viewTerm, ...credit }) => ({
      ...credit,
      term: viewTerm && {
        constant: viewTerm.views.map(({ isConstant }) => isConstant === true),
        at: Array.from({ length: 24 }, (_, t) =>
          viewTerm.at(
            t,
            -1,
            viewTerm.views.map(({ logprobs }) => logprobs[t]!),
          ),
        ),
      },
    })),
  );
  return JSON.stringify({ facts, needsAt: method.needsAt?.(progress), credits }, (_, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
  );
}

type Option = readonly [base: { readonly kind: string; readonly [option: string]: unknown }, option: object];

const released = { kind: "dyco-rl", variant: "released" };
const discard = { image: { kind: "discard" } };
const OPTIONS: Option[] = [
  [{ kind: "constant" }, { weight: 3 }],
  [{ kind: "dyco-rl" }, { variant: "released" }],
  [{ kind: "dyco-rl" }, { alpha: 0.5 }],
  [{ kind: "dyco-rl" }, { threshold: 0.5 }],
  [{ kind: "dyco-rl" }, { row: "predicting" }],
  ...[
    "random-roles",
    "reverse-roles",
    "entropy-roles",
    "kl-roles",
    "visual-score",
    "text-score",
    "reward-shaping",
  ].map((ablation): Option => [{ kind: "dyco-rl" }, { ablation }]),
  [{ ...released, shortCompletion: 2 }, { alpha: 0.5 }],
  [{ ...released, shortCompletion: 2 }, { threshold: 0.5 }],
  [released, { shortCompletion: 2 }],
  [released, { lengthFactor: true }],
  [{ kind: "at-rl" }, { scale: "mean-one" }],
  [{ kind: "at-rl" }, { row: "predicting" }],
  [{ kind: "at-rl" }, { layers: 2 }],
  [{ kind: "at-rl" }, { biasCorrection: false }],
  [{ kind: "at-rl" }, { biasCorrection: { exponential: 0.5 } }],
  [{ kind: "at-rl" }, { biasCorrection: { decay: 1 } }],
  [{ kind: "at-rl" }, { biasCorrection: { cosine: 0.5 } }],
  [{ kind: "at-rl" }, { similarityThreshold: 0.95 }],
  [{ kind: "at-rl" }, { clusterSize: 4 }],
  [{ kind: "at-rl" }, { refinement: false }],
  [{ kind: "at-rl" }, { refinement: { threshold: 0.99 } }],
  [{ kind: "at-rl", refinement: { threshold: 0.99 } }, { refinement: { threshold: 0.99, attenuation: 0.1 } }],
  [{ kind: "at-rl" }, { expansion: false }],
  [{ kind: "at-rl" }, { expansion: { anchorShare: 0.5 } }],
  [{ kind: "at-rl" }, { expansion: { neighbours: 9 } }],
  [{ kind: "at-rl" }, { expansion: { threshold: 9 } }],
  [{ kind: "at-rl" }, { expansion: { similarityWeight: 0 } }],
  [{ kind: "at-rl" }, { expansion: { importanceWeight: 0 } }],
  ...["tokens", "top-share", "random", "reverse"].map(
    (weighting): Option => [{ kind: "at-rl" }, { weighting }],
  ),
  [{ kind: "at-rl", weighting: "top-share" }, { tokenShare: 0.5 }],
  [{ kind: "at-rl" }, { seed: 7 }],
  [{ kind: "vicra" }, { score: "divergence" }],
  [{ kind: "vicra" }, { image: { kind: "black" } }],
  [{ kind: "vicra" }, { temperature: 0.5 }],
  [{ kind: "vppo" }, { tokenShare: 0.8 }],
  [{ kind: "vppo" }, { tokenShare: 1 }],
  [{ kind: "vppo" }, { minScale: 0.5 }],
  [{ kind: "vppo" }, { score: "divergence" }],
  [{ kind: "vppo" }, { entropyPenalty: 0.06 }],
  [{ kind: "vppo" }, discard],
  ...["papo", "cfpo", "kl-prcp"].flatMap((kind): Option[] => [
    [{ kind }, { coefficient: 0.5 }],
    [{ kind }, { bound: 0.2 }],
    [{ kind }, { image: { kind: "black" } }],
  ]),
  [{ kind: "papo" }, { tokenShare: 0.2 }],
  [{ kind: "papo" }, { entropyPenalty: 0.03 }],
  [{ kind: "cfpo" }, { entropyPenalty: 0.03 }],
  [{ kind: "cppo" }, { coefficient: 0.5 }],
  [{ kind: "cppo" }, { temperature: 1 }],
  [{ kind: "cppo" }, { tokenShare: 0.1 }],
  [{ kind: "cppo" }, { onlyBetter: false }],
  [{ kind: "cppo" }, { bound: 0.2 }],
  [{ kind: "cppo" }, { kept: { kind: "black" } }],
  [{ kind: "cppo" }, { lost: { kind: "black" } }],
  [{ kind: "dvrp" }, { necessity: 0.5 }],
  [{ kind: "dvrp" }, { robustness: 0.5 }],
  [{ kind: "dvrp" }, { entropyPenalty: 0.5 }],
  [{ kind: "dvrp" }, { necessityDirection: "forward" }],
  [{ kind: "dvrp" }, { robustnessDirection: "reverse" }],
  [{ kind: "dvrp" }, { gradient: "all" }],
  [{ kind: "dvrp" }, { bound: 0.2 }],
  [{ kind: "dvrp" }, { masked: { kind: "black" } }],
  [{ kind: "dvrp" }, { noise: { initial: 900 } }],
  [{ kind: "dvrp" }, { noise: { slope: 1, middle: 0.4 } }],
  [{ kind: "dvrp" }, { noise: { middle: 0.4 } }],
  [{ kind: "dvrp" }, { noise: { seed: 4 } }],
  [{ kind: "entropy-advantage" }, { alpha: 0.1 }],
  [{ kind: "entropy-advantage" }, { kappa: 9 }],
  [{ kind: "high-entropy-tokens" }, { share: 0.5 }],
  [{ kind: "high-entropy-tokens" }, { scope: "completion" }],
  [{ kind: "oracle" }, { by: "role" }],
  [{ kind: "oracle" }, { by: "error" }],
  [{ kind: "oracle", by: "role" }, { roles: ["image"] }],
  [{ kind: "oracle" }, { accuracy: 0.6 }],
  [{ kind: "pgpo" }, { threshold: 0.8 }],
  [{ kind: "pgpo" }, { boost: 9 }],
  [{ kind: "pgpo" }, { score: "divergence" }],
  [{ kind: "pgpo" }, { form: "development" }],
  [{ kind: "pgpo" }, discard],
  [{ kind: "vgpo" }, { beta: 0.9 }],
  [{ kind: "vgpo" }, { tail: 0.9 }],
  [{ kind: "vgpo" }, { gate: 0.6 }],
  [{ kind: "vgpo" }, { groups: false }],
  [{ kind: "vgpo" }, { form: "code" }],
  [{ kind: "pepo" }, { alpha: 0.9 }],
  [{ kind: "pepo" }, { temperature: 0.5 }],
  [{ kind: "pepo" }, { schedule: "none" }],
  [{ kind: "tor" }, { reasoningShare: 0.6 }],
  [{ kind: "tor" }, { visualShare: 0.6 }],
  [{ kind: "tor" }, { visualWeight: 0.1 }],
  [{ kind: "tor" }, { nucleus: 0.5 }],
  [{ kind: "tor" }, { image: { kind: "black" } }],
  [{ kind: "vepo" }, { alpha: 0.1 }],
  [{ kind: "vepo" }, { tokenShare: 0.6 }],
  ...["ungated", "linear", "product", "kl"].map(
    (score): Option => [{ kind: "vepo", tokenShare: 1 }, { score }],
  ),
  [{ kind: "vepo" }, { boost: 0.5 }],
  [{ kind: "vepo" }, { noiseRepeats: 4 }],
  [{ kind: "vepo" }, discard],
  ...["gtpo", "grpo-s"].flatMap((kind): Option[] => [
    [{ kind }, { outcome: 3 }],
    [{ kind }, { entropy: 0.9 }],
    [{ kind }, { normalisation: "separate" }],
    [{ kind }, { entropyRange: [0.9, 1] }],
    [{ kind }, { rightReward: 0.2 }],
  ]),
  [{ kind: "tpae" }, { confidence: 0.1 }],
  [{ kind: "tpae", confidence: 0 }, { leastCount: 30 }],
  [{ kind: "tpae", confidence: 0 }, { rightReward: 0.2 }],
  [{ kind: "tpae" }, discard],
  [{ kind: "tw-grpo" }, { alpha: 3 }],
  [{ kind: "perceval" }, { alpha: 0.3 }],
  [{ kind: "perceval" }, { statements: "all" }],
  [{ kind: "hicra" }, { alpha: 0.9 }],
  [{ kind: "hicra" }, { planning: "phrases", phrases: ["b"] }],
  [{ kind: "moca" }, { tag: "a" }],
  [{ kind: "moca" }, { reward: "other" }],
  [{ kind: "moca" }, { raise: 0.9 }],
  [{ kind: "moca" }, { lower: 0.9 }],
];

describe("each option of a configuration reaches the credit or the needs", () => {
  test.each(OPTIONS)("of %j, %j", (base, option) => {
    expect(answers(base)).toBe(answers(base));
    expect(answers({ ...base, ...option })).not.toBe(answers(base));
  });

  test("and no option of any method is missing here", () => {
    const tried = new Set(
      OPTIONS.flatMap(([{ kind }, option]) => Object.keys(option).map((name) => `${kind} ${name}`)),
    );
    // Variants that differ where no probability is above another, and lots where scores are equal, have tests of their own.
    for (const elsewhere of ["vicra variant", "tor ties"]) tried.add(elsewhere);
    for (const { shape } of creditSchema.options) {
      const kind = shape.kind.value;
      for (const name of Object.keys(shape)) {
        if (name !== "kind") expect(tried, `${kind} ${name}`).toContain(`${kind} ${name}`);
      }
    }
  });
});

describe("what a method says of itself", () => {
  const FACTS: Readonly<Record<string, readonly string[]>> = {
    wholeBatch: ["cppo", "high-entropy-tokens", "tor", "vppo"],
    addsLossTerm: ["cfpo", "cppo", "dvrp", "kl-prcp", "papo"],
    followsRun: ["dvrp", "pepo"],
    sharesEvenly: ["cfpo", "constant", "cppo", "dvrp", "grpo-s", "kl-prcp", "papo", "uniform"],
  };
  const has = (config: object, fact: string) =>
    (creditMethod(creditSchema.parse(config)) as unknown as Record<string, unknown>)[fact] === true;

  test.each(Object.entries(FACTS))("%s, by default", (fact, expected) => {
    const kinds = creditSchema.options.map(({ shape }) => shape.kind.value);
    expect(kinds.filter((kind) => has({ kind }, fact)).sort()).toEqual(expected);
  });

  test("follows from its options", () => {
    expect(has({ kind: "high-entropy-tokens", scope: "completion" }, "wholeBatch")).toBe(false);
    expect(has({ kind: "pepo", schedule: "none" }, "followsRun")).toBe(false);
    expect(has({ kind: "vppo", tokenShare: 1 }, "sharesEvenly")).toBe(true);
    expect(has({ kind: "vppo", entropyPenalty: 0.06 }, "addsLossTerm")).toBe(true);
    expect(has(released, "sharesEvenly")).toBe(true);
    expect(has({ kind: "dyco-rl", ablation: "reward-shaping" }, "sharesEvenly")).toBe(true);
    expect(has({ kind: "dyco-rl", ablation: "kl-roles" }, "sharesEvenly")).toBe(false);
  });
});
