import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../../../errors/index.ts";
import { dycoRl } from "./dyco-rl.ts";
import type { DycoRlInput } from "./token-role.ts";

interface Case {
  name: string;
  signals: Record<"visualMass" | "textMass" | "visualShift" | "textShift", number[]>;
  mask: number[];
  paper: { weights: number[]; roles: string[]; alignment: number[] };
}
const path = new URL("../../../../fixtures/credit/dyco-rl.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;

type Token = [visualMass: number, textMass: number, visualShift: number, textShift: number];
const input = (tokens: Token[], mask?: number[]): DycoRlInput => ({
  visualMass: Float64Array.from(tokens, (token) => token[0]),
  textMass: Float64Array.from(tokens, (token) => token[1]),
  visualShift: Float64Array.from(tokens, (token) => token[2]),
  textShift: Float64Array.from(tokens, (token) => token[3]),
  ...(mask ? { mask } : {}),
});
const four: Token[] = [
  [0.5, 0.5, 0, 0],
  [0.2, 0.2, 1, 0.2],
  [0.1, 0.3, 0.1, 0.9],
  [0.6, 0.4, 0.5, 0.48],
];
const share = fc.double({ min: 0, max: 1, noNaN: true });
const token: fc.Arbitrary<Token> = fc.tuple(share, share, share, share);

describe("dycoRl as printed", () => {
  test("has roles, alignment and weights that can be checked on paper", () => {
    const { roles, alignment, weights } = dycoRl(input(four));
    expect(roles).toEqual(["neutral", "visual", "text", "neutral"]);
    expect(alignment).toBeAllclose([0, 0.5, 0.75, 0]);
    const total = 2 + Math.exp(0.5) + Math.exp(0.75);
    const expected = [1, Math.exp(0.5), Math.exp(0.75), 1].map((power) => 1 + (0.2 * 4 * power) / total);
    expect(weights).toBeAllclose(expected);
  });

  test.each(cases)("agrees with numpy: $name", ({ signals, mask, paper }) => {
    const tokens = mask.map(
      (_, t): Token => [
        signals.visualMass[t]!,
        signals.textMass[t]!,
        signals.visualShift[t]!,
        signals.textShift[t]!,
      ],
    );
    const credit = dycoRl(input(tokens, mask));
    expect(credit.roles).toEqual(paper.roles);
    expect(credit.alignment).toBeAllclose(paper.alignment);
    expect(credit.weights).toBeAllclose(paper.weights);
  });

  test("needs the shifts to differ by more than the threshold", () => {
    const exact = input([four[0]!, [0.5, 0.5, 0.25, 0], [0.5, 0.5, 0, 0.25]]);
    expect(dycoRl(exact, { threshold: 0.25 }).roles).toEqual(["neutral", "neutral", "neutral"]);
    expect(dycoRl(exact, { threshold: 0.24 }).roles).toEqual(["neutral", "visual", "text"]);
  });

  test("leaves the first token neutral for any shifts", () => {
    expect(dycoRl(input([[1, 0, 3, 0]])).roles).toEqual(["neutral"]);
  });

  test("has weights that average to 1 + alpha over the tokens that count", () => {
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 20 }), share, (tokens, alpha) => {
        const { weights } = dycoRl(input(tokens), { alpha });
        const mean = weights.reduce((sum, weight) => sum + weight, 0) / tokens.length;
        expect(mean).toBeCloseTo(1 + alpha, 10);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test("is exactly uniform with alpha 0", () => {
    expect([...dycoRl(input(four), { alpha: 0 }).weights]).toEqual([1, 1, 1, 1]);
  });

  test("gives masked tokens weight 0 and lets them influence no other", () => {
    const padded = dycoRl(input([...four, [Number.NaN, 9, 9, Number.NaN]], [1, 1, 1, 1, 0]));
    const plain = dycoRl(input(four));
    expect([...padded.weights]).toEqual([...plain.weights, 0]);
    expect(padded.roles).toEqual([...plain.roles, "neutral"]);
    expect(padded.alignment[4]).toBe(0);
  });

  test("swaps roles and keeps weights when image and text change places", () => {
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 12 }), (tokens) => {
        const other = { visual: "text", text: "visual", neutral: "neutral" } as const;
        const credit = dycoRl(input(tokens));
        const mirrored = dycoRl(input(tokens.map(([a, b, c, d]) => [b, a, d, c])));
        expect(mirrored.roles.map((role) => other[role])).toEqual(credit.roles);
        expect(mirrored.weights).toBeAllclose(credit.weights);
      }),
    );
  });

  test("is defined without tokens, without counted tokens and without any mass", () => {
    expect(dycoRl(input([])).weights).toHaveLength(0);
    expect([...dycoRl(input(four, [0, 0, 0, 0])).weights]).toEqual([0, 0, 0, 0]);
    const massless = dycoRl(input([four[0]!, [0, 0, 1, 0]]));
    expect(massless.weights).toBeAllclose([1.2, 1.2]);
  });

  test("rejects wrong lengths, values that are no masses, and impossible options", () => {
    const short = { ...input(four), textShift: Float64Array.of(0) };
    expect(() => dycoRl(short)).toThrow(ShapeError);
    expect(() => dycoRl(input(four, [1, 1]))).toThrow(ShapeError);
    expect(() => dycoRl(input([[Number.NaN, 0, 0, 0]]))).toThrow(NumericError);
    expect(() => dycoRl(input([[0.5, -0.5, 0, 0]]))).toThrow(NumericError);
    expect(() => dycoRl(input(four), { alpha: Number.NaN })).toThrow(NumericError);
    expect(() => dycoRl(input(four), { threshold: -1 })).toThrow(NumericError);
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => dycoRl(input(four), { variant: "printed" })).toThrow(ConfigError);
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => dycoRl(input(four), { ablation: "no-roles" })).toThrow("reverse-roles");
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => dycoRl({ ...input(four), textMass: undefined })).toThrow("textMass: expected an array");
  });
});

describe("dycoRl, released variant", () => {
  test("takes one completion for a batch of one: no spread, so no reweighting", () => {
    const long = Array.from({ length: 60 }, (_, t): Token => [0.4, 0.6, t / 60, 0.5]);
    expect(new Set(dycoRl(input(long), { variant: "released" }).weights)).toEqual(new Set([1]));
    expect(new Set(dycoRl(input(four), { variant: "released" }).weights)).toEqual(new Set([0.8]));
  });
});
