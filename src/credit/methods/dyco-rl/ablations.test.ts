import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EngineError, NumericError, ShapeError } from "../../../errors/index.ts";
import { Rng } from "../../../math/index.ts";
import { attentionSignals } from "../../attention-signals.ts";
import { creditMethod, creditSchema } from "../../registry.ts";
import type { DycoRlAblation } from "./ablations.ts";
import { dycoRl } from "./dyco-rl.ts";
import type { DycoRlInput } from "./token-role.ts";

type ByModality = Record<"visual" | "text", number[]>;
interface Case {
  name: string;
  rows: number[];
  tokens: number;
  keys: number;
  kind: number[];
  first: number;
  mask: number[];
  sharpness: ByModality;
  divergence: ByModality;
  ablations: Record<string, number[]>;
}
const path = new URL("../../../../fixtures/credit/dyco-rl.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;

/** Roles by shift: neutral, visual, text, neutral; by sharpness: neutral, text, visual, visual. */
const four: DycoRlInput = {
  visualMass: Float64Array.of(0.5, 0.2, 0.1, 0.6),
  textMass: Float64Array.of(0.5, 0.2, 0.3, 0.4),
  visualShift: Float64Array.of(0, 1, 0.1, 0.5),
  textShift: Float64Array.of(0, 0.2, 0.9, 0.48),
  sharpness: { visual: Float64Array.of(1, 0.1, 0.8, 0.3), text: Float64Array.of(0, 0.3, 0.2, 0.2) },
};
const alignmentOf = (ablation: DycoRlAblation) => [...dycoRl(four, { ablation }).alignment];

describe("DyCo-RL's ablations", () => {
  test("replace roles or scores as can be checked on paper", () => {
    expect(dycoRl(four, { ablation: "reverse-roles" }).roles).toEqual([
      "neutral",
      "text",
      "visual",
      "neutral",
    ]);
    expect(alignmentOf("reverse-roles")).toBeAllclose([0, 0.5, 0.25, 0]);
    expect(dycoRl(four, { ablation: "entropy-roles" }).roles).toEqual([
      "neutral",
      "text",
      "visual",
      "visual",
    ]);
    expect(alignmentOf("entropy-roles")).toBeAllclose([0, 0.5, 0.25, 0.6]);
    expect(alignmentOf("visual-score")).toBeAllclose([0.5, 0.5, 0.25, 0.6]);
    expect(alignmentOf("text-score")).toBeAllclose([0.5, 0.5, 0.75, 0.4]);
  });

  test("shape the reward by α times the mean alignment, and weigh no token then", () => {
    const credit = dycoRl(four, { ablation: "reward-shaping", alpha: 0.4 });
    expect(credit.rewardBonus).toBeCloseTo((0.4 * (0.5 + 0.75)) / 4, 12);
    expect([...credit.weights]).toEqual([1, 1, 1, 1]);
    const masked = dycoRl({ ...four, mask: [1, 1, 0, 0] }, { ablation: "reward-shaping", alpha: 0.4 });
    expect(masked.rewardBonus).toBeCloseTo((0.4 * 0.5) / 2, 12);
    expect([...masked.weights]).toEqual([1, 1, 0, 0]);
    expect(dycoRl({ ...four, mask: [0, 0, 0, 0] }, { ablation: "reward-shaping" }).rewardBonus).toBe(0);
  });

  describe.each(cases)("agree with numpy: $name", (recorded) => {
    const { rows, tokens, keys, kind, first, mask } = recorded;
    const signals = (measure?: "sharpness" | "divergence") =>
      attentionSignals(rows, { tokens, keys }, kind, first, { measure });

    test.each(["sharpness", "divergence"] as const)("%s", (measure) => {
      const measured = signals(measure)[measure]!;
      expect(measured.visual).toBeAllclose(recorded[measure].visual, { rtol: 1e-9, atol: 1e-12 });
      expect(measured.text).toBeAllclose(recorded[measure].text, { rtol: 1e-9, atol: 1e-12 });
      expect(signals()[measure]).toBeUndefined();
    });

    test.each([
      ["reverse-roles", undefined],
      ["entropy-roles", "sharpness"],
      ["kl-roles", "divergence"],
      ["visual-score", undefined],
      ["text-score", undefined],
    ] as const)("%s", (ablation, measure) => {
      const { weights } = dycoRl({ ...signals(measure), mask }, { ablation });
      expect(weights).toBeAllclose(recorded.ablations[ablation]!, { rtol: 1e-9 });
    });

    test("reward-shaping", () => {
      const { rewardBonus } = dycoRl({ ...signals(), mask }, { ablation: "reward-shaping" });
      expect([rewardBonus!]).toBeAllclose(recorded.ablations["reward-shaping"]!, { rtol: 1e-9 });
    });
  });

  test("permute the same roles, by seed, except for the first token and masked tokens", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 20 }),
        fc.nat(99),
        (shifts, seed) => {
          const input = {
            visualMass: Float64Array.from(shifts, () => 0.5),
            textMass: Float64Array.from(shifts, () => 0.5),
            visualShift: Float64Array.from(shifts, ([visual]) => visual),
            textShift: Float64Array.from(shifts, ([, text]) => text),
            mask: shifts.map((_, t) => (t % 5 === 4 ? 0 : 1)),
          };
          const found = dycoRl(input).roles;
          const dealt = dycoRl(input, { ablation: "random-roles" }, new Rng(seed));
          expect(dealt.roles.toSorted()).toEqual(found.toSorted());
          expect(dealt.roles[0]).toBe("neutral");
          expect(dealt.roles.filter((_, t) => t % 5 === 4).every((role) => role === "neutral")).toBe(true);
          expect(dycoRl(input, { ablation: "random-roles" }, new Rng(seed))).toEqual(dealt);
        },
      ),
    );
    const long = {
      visualMass: new Float64Array(40).fill(0.5),
      textMass: new Float64Array(40).fill(0.5),
      visualShift: Float64Array.from({ length: 40 }, (_, t) => t % 2),
      textShift: Float64Array.from({ length: 40 }, (_, t) => 1 - (t % 2)),
    };
    const rolesAt = (seed: number) => dycoRl(long, { ablation: "random-roles" }, new Rng(seed)).roles;
    expect(rolesAt(1)).not.toEqual(rolesAt(2));
    expect(rolesAt(1)).not.toEqual(dycoRl(long).roles);
  });

  test("keep the mean weight at 1 + α", () => {
    for (const ablation of ["random-roles", "reverse-roles", "entropy-roles", "visual-score"] as const) {
      const { weights } = dycoRl(four, { ablation });
      expect(weights.reduce((sum, weight) => sum + weight, 0) / 4).toBeCloseTo(1.2, 12);
    }
  });

  test("need the measure that they compare, of the length and range of a signal", () => {
    expect(() => dycoRl(four, { ablation: "kl-roles" })).toThrow(EngineError);
    const short = { visual: Float64Array.of(0), text: Float64Array.of(0) };
    expect(() => dycoRl({ ...four, divergence: short }, { ablation: "kl-roles" })).toThrow(ShapeError);
    const wrong = { visual: Float64Array.of(0, 0, 0, Number.NaN), text: new Float64Array(4) };
    expect(() => dycoRl({ ...four, divergence: wrong }, { ablation: "kl-roles" })).toThrow(NumericError);
  });
});

describe("DyCo-RL's ablations as configuration", () => {
  const method = (ablation: string) => creditMethod(creditSchema.parse({ kind: "dyco-rl", ablation }));

  test("ask for what they compare, and for all groups where the reward is shaped", () => {
    expect(method("entropy-roles").needs).toEqual({ attention: { row: "own", measure: "sharpness" } });
    expect(method("kl-roles").needs).toEqual({ attention: { row: "own", measure: "divergence" } });
    expect(method("reward-shaping").needs).toEqual({ attention: { row: "own" }, allGroups: true });
    expect(method("reverse-roles").needs).toEqual({ attention: { row: "own" } });
  });

  test("draw from the generator they are given", () => {
    const groups = [Array.from({ length: 6 }, () => ({ mask: [1, 1, 1, 1], signals: { attention: four } }))];
    const rolesOf = (rng?: Rng) =>
      method("random-roles")
        .credit(groups, rng)[0]!
        .map(({ roles }) => roles);
    expect(rolesOf(new Rng(3))).toEqual(rolesOf(new Rng(3)));
    expect(rolesOf()).toEqual(rolesOf(new Rng(0)));
    expect(rolesOf(new Rng(4))).not.toEqual(rolesOf(new Rng(3)));
  });

  test("name the completion that lacks the measure", () => {
    const groups = [[{ mask: [1, 1, 1, 1], signals: { attention: four } }]];
    expect(method("entropy-roles").credit(groups)[0]).toHaveLength(1);
    expect(() => method("kl-roles").credit(groups)).toThrow("completion 0 of group 0");
  });

  test("belong to the printed method", () => {
    const config = { kind: "dyco-rl", variant: "released", ablation: "reverse-roles" };
    expect(creditSchema.safeParse(config).success).toBe(false);
    expect(creditSchema.safeParse({ kind: "dyco-rl", ablation: "roles" }).success).toBe(false);
  });
});
