import { describe, expect, test } from "vitest";
import { ConfigError, NumericError } from "../errors/index.ts";
import {
  clampedRatio,
  clippedSurrogate,
  clippedValueLoss,
  quantile,
  Rng,
  remainingShare,
  sampledDivergence,
  softGateSurrogate,
  tokenRewards,
  whiten,
} from "./index.ts";

test.each([1e200, 1e-200])("whitening keeps numbers of size %s apart", (size) => {
  const [found] = whiten([[size, -size]], [[1, 1]], 0);
  expect([...found!]).toEqual([expect.closeTo(Math.SQRT1_2, 12), expect.closeTo(-Math.SQRT1_2, 12)]);
});

test("whitening refuses numbers that are further apart than a number can say", () => {
  expect(() => whiten([[1.7e308, -1.7e308]], [[1, 1]])).toThrow(NumericError);
});

test("a uniform number is below its upper bound, however near the bounds are", () => {
  const high = 1 + 2 ** -52;
  const rng = new Rng(0);
  for (let i = 0; i < 100; i++) expect(rng.uniform(1, high)).toBeLessThan(high);
});

describe("numbers that cannot be are refused", () => {
  test.each<[name: string, call: () => unknown]>([
    ["an undefined seed", () => new Rng(undefined as never)],
    ["a seed of null", () => new Rng(null as never)],
    ["a seed that is an object", () => new Rng({} as never)],
    ["bounds of a clip that are missing", () => clippedSurrogate(9, 1, {} as never)],
    ["a negative bound", () => clampedRatio(1, { clipLow: -1, clipHigh: 0.2 })],
    ["a dual clip of 1", () => clippedSurrogate(9, -1, { clipLow: 0.2, clipHigh: 0.2, dualClip: 1 })],
    ["temperatures that are missing", () => softGateSurrogate(1, 1, {} as never)],
    ["a negative clip of values", () => clippedValueLoss(1, 0, 0, -1)],
    ["an outcome of NaN", () => tokenRewards(Number.NaN, [1])],
    ["a penalty of NaN", () => tokenRewards(1, [1], [Number.NaN])],
    ["a final share of NaN", () => remainingShare("linear", 0.5, Number.NaN)],
  ])("%s", (_, call) => {
    expect(call).toThrow(NumericError);
  });

  test("names that there are not are refused", () => {
    expect(() => sampledDivergence("x" as never, -1, -1)).toThrow(ConfigError);
    expect(() => sampledDivergence("toString" as never, -1, -1)).toThrow(ConfigError);
    expect(() => remainingShare("x" as never, 0.5)).toThrow(ConfigError);
  });

  test("a quantile of NaN is NaN", () => {
    expect(quantile([1, Number.NaN, 3], 0.5)).toBeNaN();
    expect(quantile([1, Number.NaN, 3], 0.5, [1, 0, 1])).toBe(2);
  });
});
