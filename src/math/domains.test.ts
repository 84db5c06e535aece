import { describe, expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import {
  annealedSteps,
  bestAtK,
  bootstrapIntervals,
  clampedRatio,
  clippedSurrogate,
  clippedValueLoss,
  decimalProduct,
  decimalQuotient,
  detectableDifference,
  diffusionKept,
  gae,
  groupAdvantages,
  holm,
  intervalWithin,
  isSamplingTemperature,
  isTemperature,
  LEAST_TEMPERATURE,
  majorityScore,
  mcnemarExact,
  newcombeInterval,
  normalQuantile,
  pairedTable,
  passAtK,
  quantile,
  Rng,
  ratioInterval,
  remainingShare,
  sequenceSumNorm,
  signFlipTest,
  softGateSurrogate,
  studentInterval,
  studentProbability,
  studentQuantile,
  whiten,
  wilsonInterval,
} from "./index.ts";

/** The nearest numbers to 0 and 1 on either side. */
const [belowZero, aboveZero] = [-Number.MIN_VALUE, Number.MIN_VALUE];
const [belowOne, aboveOne] = [1 - Number.EPSILON / 2, 1 + Number.EPSILON];
const unsafe = Number.MAX_SAFE_INTEGER + 1;
const clip = { clipLow: 0.2, clipHigh: 0.2 };
const gate = { temperaturePositive: 1, temperatureNegative: 1 };
const table = { both: 1, onlyFirst: 1, onlySecond: 1, neither: 1 };
const steps = { initial: 500, slope: 10, middle: 0.5 };
const scores = [0, 1, 1];

type Domain = readonly [
  name: string,
  call: (value: number) => unknown,
  within: readonly number[],
  beyond: readonly number[],
];

const SHARES: Domain[] = [
  [
    "the discount of advantage estimation",
    (gamma) => gae([1], [0], { gamma }),
    [0, 1],
    [belowZero, aboveOne],
  ],
  ["its decay", (lambda) => gae([1], [0], { lambda }), [0, 1], [belowZero, aboveOne]],
  ["progress of annealed steps", (at) => annealedSteps(steps, at), [0, 1], [belowZero, aboveOne]],
  ["progress of a schedule", (at) => remainingShare("linear", at), [0, 1], [belowZero, aboveOne]],
  ["the level of a quantile", (level) => quantile(scores, level), [0, 1], [belowZero, aboveOne]],
  ["a p-value", (p) => holm([0.5, p]), [0, 1], [belowZero, aboveOne]],
  ["a score of a majority", (score) => majorityScore(["a"], [score]), [0, 1], [belowZero, aboveOne]],
  ["a score of the best", (score) => bestAtK([score], 1), [0, 1], [belowZero, aboveOne]],
  [
    "an estimate cut to [0, 1]",
    (estimate) => intervalWithin({ estimate, low: -9, high: 9 }),
    [0, 1],
    [belowZero, aboveOne],
  ],
  ["a normal probability", normalQuantile, [aboveZero, belowOne], [0, 1]],
  ["a probability of Student's t", (p) => studentQuantile(p, 3), [1e-300, belowOne], [0, 1]],
  ["the level of Wilson", (level) => wilsonInterval(1, 2, level), [aboveZero, 0.999], [0, 1]],
  ["the level of Newcombe", (level) => newcombeInterval(table, level), [aboveZero, 0.999], [0, 1]],
  ["the level of Student's interval", (level) => studentInterval(scores, level), [0.001, 0.999], [0, 1]],
  ["the level of a ratio", (level) => ratioInterval(scores, [1, 2, 3], level), [0.001, 0.999], [0, 1]],
  [
    "the level of the bootstrap",
    (level) => bootstrapIntervals(1, () => [0], new Rng(0), { level, resamples: 1 }),
    [aboveZero, belowOne],
    [0, 1],
  ],
  ["a significance", (level) => detectableDifference(1, 9, level, 0.9), [1e-6, 0.999], [0, 1]],
  ["a power", (power) => detectableDifference(1, 9, 0.5, power), [0.2500001, 0.999], [0.25, 1]],
];

const FROM_ZERO: Domain[] = [
  ["epsilon of advantages", (epsilon) => groupAdvantages(scores, { epsilon }), [0], [belowZero, Infinity]],
  ["epsilon of whitening", (epsilon) => whiten([scores], [scores], epsilon), [0], [belowZero, Infinity]],
  ["clipLow", (clipLow) => clippedSurrogate(1, 1, { ...clip, clipLow }), [0, Infinity], [belowZero]],
  ["clipHigh", (clipHigh) => clippedSurrogate(1, 1, { ...clip, clipHigh }), [0, Infinity], [belowZero]],
  ["dualClip", (dualClip) => clippedSurrogate(1, 1, { ...clip, dualClip }), [aboveOne, Infinity], [1, 0]],
  ["clipLow of a weight", (clipLow) => clampedRatio(1, { ...clip, clipLow }), [0], [belowZero]],
  ["the clip of values", (width) => clippedValueLoss(1, 1, 0, width), [0, Infinity], [belowZero]],
  [
    "the gate's temperature for positive advantages",
    (temperaturePositive) => softGateSurrogate(1, 1, { ...gate, temperaturePositive }),
    [aboveZero],
    [0, -1],
  ],
  [
    "the gate's temperature for negative advantages",
    (temperatureNegative) => softGateSurrogate(1, -1, { ...gate, temperatureNegative }),
    [aboveZero],
    [0, -1],
  ],
  ["the constant of sequence-sum-norm", sequenceSumNorm, [aboveZero], [0, -1, Infinity]],
  ["a decimal factor", (factor) => decimalProduct(factor, 1), [0, 1e300], [belowZero, Infinity]],
  ["a decimal divisor", (divisor) => decimalQuotient(1, divisor), [1e-300, 1e300], [0, -1, Infinity]],
  ["a deviation", (deviation) => detectableDifference(deviation, 9), [0], [belowZero, Infinity]],
  ["degrees of freedom", (freedom) => studentProbability(-1, freedom), [1e-3, Infinity], [0, -1]],
  ["those of a quantile", (freedom) => studentQuantile(0.4, freedom), [0.1, Infinity], [0, -1]],
];

const WHOLE: Domain[] = [
  ["a step of diffusion", diffusionKept, [0, 999], [-1, 1000, 0.5]],
  ["the factor of a decimal product", (n) => decimalProduct(0.5, n), [0, unsafe - 1], [-1, 0.5, unsafe]],
  ["the count of a decimal quotient", (n) => decimalQuotient(n, 0.5), [0, unsafe - 1], [-1, 0.5, unsafe]],
  ["a seed", (seed) => new Rng(seed), [1 - unsafe, unsafe - 1], [-unsafe, unsafe, 0.5, Infinity]],
  ["a bound of random integers", (n) => new Rng(0).integer(n), [1, 2 ** 32], [0, 1.5, 2 ** 32 + 1]],
  [
    "a word of a generator's state",
    (word) => Rng.restore({ key: [1, 2, 3, 4], words: [1, 2, 3, word] }),
    [0, 2 ** 32 - 1],
    [-1, 0.5, 2 ** 32],
  ],
  ["successes", (right) => wilsonInterval(right, 3), [0, 3], [-1, 4, 0.5]],
  ["trials", (trials) => wilsonInterval(0, trials), [0, 1], [-1, 0.5]],
  ["pairs", (pairs) => detectableDifference(1, pairs), [2], [1, 2.5, Infinity]],
  ["k of pass@k", (k) => passAtK(3, 1, k), [1, 3], [0, 4, 1.5]],
  ["right answers of pass@k", (right) => passAtK(3, right, 1), [0, 3], [-1, 4, 1.5]],
  ["answers of pass@k", (answers) => passAtK(answers, 0, 1), [1, unsafe - 1], [0, 1.5, unsafe]],
  ["k of best@k", (k) => bestAtK(scores, k), [1, 3], [0, 4, 1.5]],
  ["a score of a paired table", (score) => pairedTable([score], [1]), [0, 1], [0.5, -1, 2]],
  ["a score of the second", (score) => pairedTable([1], [score]), [0, 1], [0.5, -1, 2]],
  [
    "a count of a paired table",
    (both) => mcnemarExact({ ...table, both }),
    [0, unsafe - 1],
    [-1, 0.5, unsafe],
  ],
  [
    "flips counted exactly",
    (exactUpTo) => signFlipTest(scores, new Rng(0), { exactUpTo }),
    [0, 30],
    [-1, 31, 0.5],
  ],
  [
    "flips drawn",
    (resamples) => signFlipTest(scores, new Rng(0), { resamples }),
    [1, 1e9],
    [0, 0.5, 1e9 + 1],
  ],
  ["units of a bootstrap", (units) => bootstrapIntervals(units, () => [0], new Rng(0)), [0, 1], [-1, 0.5]],
  [
    "draws of a bootstrap",
    (resamples) => bootstrapIntervals(1, () => [0], new Rng(0), { resamples }),
    [1],
    [0, 0.5, Infinity],
  ],
];

describe.each([
  ["shares and probabilities", SHARES],
  ["numbers from 0", FROM_ZERO],
  ["whole numbers", WHOLE],
])("%s are accepted at their limits and refused beyond", (_, domains) => {
  test.each(domains)("%s", (_name, call, within, beyond) => {
    for (const value of within) expect(() => call(value), `${value}`).not.toThrow();
    for (const value of [...beyond, Number.NaN]) expect(() => call(value), `${value}`).toThrow(NumericError);
  });
});

test("a temperature is finite and at least the least, and in sampling 0 too", () => {
  const values = [LEAST_TEMPERATURE, 1, 0, LEAST_TEMPERATURE / 2, -1, Infinity, Number.NaN];
  expect(values.map(isTemperature)).toEqual([true, true, false, false, false, false, false]);
  expect(values.map(isSamplingTemperature)).toEqual([true, true, true, false, false, false, false]);
});

test("a state of a generator has four words in both lists, not all of them 0", () => {
  const good = [1, 2, 3, 4];
  const restored = (key: number[], words: number[]) => () => Rng.restore({ key, words });
  expect(restored(good, [0, 0, 0, 1])).not.toThrow();
  for (const bad of [[0, 0, 0, 0], [1, 2, 3], [1, 2, 3, 4, 5], []]) {
    expect(restored(good, bad)).toThrow(NumericError);
    expect(restored(bad, good)).toThrow(NumericError);
  }
});

test("a quantile of Student's t beyond 1e150 is refused: of one degree in a hundred its tail has no end", () => {
  expect(() => studentQuantile(1e-3, 0.01)).toThrow("beyond 1e150");
});
