import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../errors/index.ts";
import { gae, tokenRewards } from "./gae.ts";

const number = fc.double({ min: -3, max: 3, noNaN: true });
const rate = fc.double({ min: 0, max: 1, noNaN: true });
const tokens = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 8 });

describe("gae", () => {
  test("is the decayed sum of surprises", () => {
    const { advantages, returns } = gae([0, 0, 1], [0.5, 0.5, 0.5], { gamma: 1, lambda: 0.5 });
    expect(advantages).toBeAllclose([0.125, 0.25, 0.5]);
    expect(returns).toBeAllclose([0.625, 0.75, 1]);
  });

  test("discounts rewards by their delay", () => {
    expect(gae([0, 0, 1], [0, 0, 0], { gamma: 0.5, lambda: 1 }).advantages).toBeAllclose([0.25, 0.5, 1]);
  });

  test("decays by 0.95 and does not discount by default", () => {
    expect(gae([0, 1], [0, 0]).advantages).toBeAllclose([0.95, 1]);
  });

  test("with lambda 1 returns are the discounted rewards to come, for any values", () => {
    fc.assert(
      fc.property(tokens, rate, (pairs, gamma) => {
        const rewards = pairs.map(([reward]) => reward);
        const { returns } = gae(
          rewards,
          pairs.map(([, value]) => value),
          { gamma, lambda: 1 },
        );
        const expected = rewards.map((_, t) =>
          rewards.slice(t).reduce((sum, reward, delay) => sum + gamma ** delay * reward, 0),
        );
        expect(returns).toBeAllclose(expected, { rtol: 1e-9, atol: 1e-9 });
      }),
    );
  });

  test("with lambda 0 advantages are surprises of one step", () => {
    fc.assert(
      fc.property(tokens, rate, (pairs, gamma) => {
        const [rewards, values] = [pairs.map(([reward]) => reward), pairs.map(([, value]) => value)];
        const { advantages } = gae(rewards, values, { gamma, lambda: 0 });
        const expected = rewards.map((reward, t) => reward + gamma * (values[t + 1] ?? 0) - values[t]!);
        expect(advantages).toBeAllclose(expected, { rtol: 1e-9, atol: 1e-9 });
      }),
    );
  });

  test("right values leave nothing to be surprised at", () => {
    expect(gae([0, 0, 2], [2, 2, 2], { lambda: 0.3 }).advantages).toBeAllclose([0, 0, 0]);
  });

  test("steps over masked tokens at any place, and gives them 0", () => {
    const { advantages, returns } = gae([9, 0, 9, 1, 9], [Number.NaN, 0.5, Number.NaN, 0.5, Number.NaN], {
      lambda: 0.5,
      mask: [0, 1, 0, 1, 0],
    });
    const plain = gae([0, 1], [0.5, 0.5], { lambda: 0.5 });
    expect([...advantages]).toEqual([0, plain.advantages[0], 0, plain.advantages[1], 0]);
    expect([...returns]).toEqual([0, plain.returns[0], 0, plain.returns[1], 0]);
  });

  test("is defined for one token, none, and none that counts", () => {
    expect([...gae([1], [0.25]).advantages]).toEqual([0.75]);
    expect([...gae([], []).advantages]).toEqual([]);
    expect([...gae([1, 2], [3, 4], { mask: [0, 0] }).returns]).toEqual([0, 0]);
  });

  test.each([
    ["values", () => gae([1, 2], [1])],
    ["mask", () => gae([1], [1], { mask: [] })],
  ])("%s of another length are a ShapeError", (name, call) => {
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(name);
  });

  test.each([{ gamma: 1.1 }, { lambda: -0.1 }, { gamma: Number.NaN }])("%o is a NumericError", (options) => {
    expect(() => gae([1], [1], options)).toThrow(NumericError);
  });
});

describe("tokenRewards", () => {
  test("puts the outcome at the last token that counts and takes penalties off each", () => {
    expect([...tokenRewards(2, [1, 1, 0], [0.5, 0.25, 9])]).toEqual([-0.5, 1.75, 0]);
    expect([...tokenRewards(1, [1, 1])]).toEqual([0, 1]);
  });

  test("sums to the outcome less the penalties", () => {
    fc.assert(
      fc.property(number, fc.array(number, { minLength: 1, maxLength: 6 }), (outcome, penalties) => {
        const rewards = tokenRewards(
          outcome,
          penalties.map(() => 1),
          penalties,
        );
        const total = outcome - penalties.reduce((sum, penalty) => sum + penalty, 0);
        expect(rewards.reduce((sum, reward) => sum + reward, 0)).toBeCloseTo(total, 9);
      }),
    );
  });

  test("is 0 throughout where nothing counts", () => {
    expect([...tokenRewards(1, [0, 0])]).toEqual([0, 0]);
    expect([...tokenRewards(1, [])]).toEqual([]);
  });

  test("penalties of another length are a ShapeError", () => {
    expect(() => tokenRewards(1, [1], [1, 2])).toThrow(ShapeError);
  });
});
