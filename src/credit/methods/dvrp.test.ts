import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EngineError, NumericError } from "../../errors/index.ts";
import { DIVERGENCE_DIRECTIONS } from "../../math/index.ts";
import type { CreditCompletion } from "../method.ts";
import { dvrpCredit, dvrpTerm } from "./dvrp.ts";

const config = dvrpCredit.schema.parse({ kind: "dvrp" });
const { kind: _kind, gradient: _gradient, masked: _masked, noise: _noise, ...TERM } = config;
const PLAIN = { ...TERM, entropyPenalty: 0 };

describe("dvrpTerm", () => {
  test("can be checked on paper", () => {
    // k3 of a view half as likely: ln 2 − ½, slopes ½ and −½; of the same view nothing.
    const half = -1 - Math.LN2;
    const { value, given, views } = dvrpTerm(PLAIN, -1, half, -1);
    expect(value).toBeCloseTo(0.01 * (Math.LN2 - 0.5), 15);
    expect(given).toBeCloseTo(0.005, 15);
    expect(views).toBeAllclose([-0.005, 0], { atol: 1e-15 });
    expect(dvrpTerm(PLAIN, -1, -1, half).value).toBeCloseTo(-0.01 * (Math.LN2 - 0.5), 15);
    expect(dvrpTerm(TERM, -1, -1, -2).value).toBeCloseTo(-0.01 * Math.exp(-1) - 0.05 * 3, 12);
  });

  test("of equal views is nothing but the penalty of their entropy", () => {
    for (const direction of DIVERGENCE_DIRECTIONS) {
      const options = { ...TERM, necessityDirection: direction, robustnessDirection: direction };
      const { value, given, views } = dvrpTerm(options, -1.5, -1.5, -1.5);
      expect(value).toBeCloseTo(-0.15, 12);
      expect(Math.abs(given)).toBe(0);
      expect(views).toBeAllclose([0.05, 0.05]);
    }
  });

  test("as estimates has the slopes that central differences find", () => {
    const logprob = fc.double({ min: -5, max: -0.01, noNaN: true });
    fc.assert(
      fc.property(logprob, logprob, logprob, (given, masked, noised) => {
        const options = { ...TERM, bound: 1e6 };
        const point = [given, masked, noised] as const;
        const found = dvrpTerm(options, ...point);
        const slopes = point.map((_, i) => {
          const moved = (by: number) => {
            const [a, b, c] = point.map((value, j) => (i === j ? value + by : value)) as [
              number,
              number,
              number,
            ];
            return dvrpTerm(options, a, b, c).value;
          };
          return (moved(1e-6) - moved(-1e-6)) / 2e-6;
        });
        expect([found.given, ...found.views]).toBeAllclose(slopes, { rtol: 1e-4, atol: 1e-6 });
      }),
    );
  });

  test("pushes the given log-prob by the directions that were chosen", () => {
    const [given, view] = [-1, -1 - Math.LN2];
    const push = (direction: (typeof DIVERGENCE_DIRECTIONS)[number]) =>
      dvrpTerm({ ...PLAIN, necessityDirection: direction }, given, view, given).given;
    expect(push("forward")).toBeCloseTo(0.01 * Math.LN2, 15);
    expect(push("reverse")).toBeCloseTo(0.005, 15);
    expect(push("estimate")).toBe(push("reverse"));
  });
});

describe("dvrp as a method", () => {
  const image = { kind: "black" } as const;
  const completion = (masked: number[], noised: number[]): CreditCompletion => ({
    mask: masked.map(() => 1),
    signals: {
      views: {
        masked: { image, logprobs: Float64Array.from(masked) },
        noised: { image, logprobs: Float64Array.from(noised) },
      },
    },
  });
  const method = (options: object = {}) =>
    dvrpCredit.create(dvrpCredit.schema.parse({ kind: "dvrp", ...options }), undefined);

  test("fades its noise over the run, and from no steps on compares with the image itself", () => {
    const stepAt = (progress: number, options: object = {}) =>
      method(options).needsAt!(progress).views!["noised"]!.image;
    expect(stepAt(0)).toMatchObject({ kind: "diffusion", step: 496 });
    expect(stepAt(0.5)).toMatchObject({ step: 250 });
    expect(stepAt(1)).toMatchObject({ step: 3 });
    expect(stepAt(0, { noise: { initial: 0 } })).toMatchObject({ step: 0 });
    expect(method().needs).toEqual(method().needsAt!(0));
  });

  test("holds its views constant unless their gradient is asked for", () => {
    const views = (options: object) => {
      const [[credit]] = method(options).credit([[completion([-1], [-2])]]) as [
        ReturnType<ReturnType<typeof method>["credit"]>[0],
      ];
      return credit!.viewTerm!.views.map(({ isConstant }) => isConstant === true);
    };
    expect(views({})).toEqual([true, true]);
    expect(views({ gradient: "all" })).toEqual([false, false]);
  });

  test("rejects invalid log-probs, and completions without views", () => {
    expect(() => method().credit([[completion([Number.NaN], [-1])]])).toThrow(NumericError);
    expect(() => method().credit([[completion([1], [-1])]])).toThrow("masked[0]");
    expect(() => method().credit([[{ mask: [1] }]])).toThrow(EngineError);
  });
});
