/**
 * @module
 * The sign-flip permutation test: whether paired differences are as often for one side as for the other.
 */
import { requireFinite } from "../check.ts";
import { readOptions, wholeIn } from "../options.ts";
import type { Rng } from "../random.ts";
import { TIE } from "./ties.ts";

/** How the flips are gone through. */
export interface SignFlipOptions {
  /** Differences other than 0 up to which all 2ⁿ flips are counted; 20 unless given, at most 30. */
  readonly exactUpTo?: number;
  /** Flips drawn for more differences; 9,999 unless given. */
  readonly resamples?: number;
}

const OPTIONS = { exactUpTo: wholeIn(0, 30, 20), resamples: wholeIn(1, 1e9, 9999) };

/** Outcome of a sign-flip test. */
export interface SignFlipTest {
  /** Mean of the differences. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Whether all flips were counted, or some drawn. */
  readonly method: "exact" | "monte-carlo";
}

/**
 * Two-sided permutation test of paired differences: under equal models each difference has either sign with
 * probability ½.
 *
 *     p = #{s ∈ {−1, 1}ⁿ : |Σ sᵢ·dᵢ| ≥ |Σ dᵢ|} / 2ⁿ                exact
 *     p = (1 + #{drawn s : …}) / (1 + resamples)                  drawn
 *
 * Source: Fisher, The Design of Experiments (1935), section 21; the 1 for the data as they are: Phipson and Smyth,
 * Statistical Applications in Genetics and Molecular Biology 9 (2010).
 *
 * @param differences `[P]`, one for each problem, not for each answer: answers to one problem depend on each other.
 *   Differences of 0 have no sign and do not count in n
 * @param rng draws the flips where there are too many to count
 * @returns p 1 without differences
 * @throws ConfigError when an option is unknown
 * @throws NumericError when a difference is not finite or an option is out of range
 * @example
 * signFlipTest([0.5, 0.25, 1, 0.125], new Rng(0)); // { statistic: 0.46875, pValue: 0.125, method: "exact" }
 */
export function signFlipTest(
  differences: ArrayLike<number>,
  rng: Pick<Rng, "word">,
  options: SignFlipOptions = {},
): SignFlipTest {
  const { exactUpTo, resamples } = readOptions(options, OPTIONS);
  requireFinite("differences", differences);
  const sizes: number[] = [];
  let sum = 0;
  for (let p = 0; p < differences.length; p++) {
    sum += differences[p]!;
    if (differences[p] !== 0) sizes.push(Math.abs(differences[p]!));
  }
  const statistic = sum / Math.max(1, differences.length);
  const total = sizes.reduce((all, size) => all + size, 0);
  // Flips of decimal differences that are equal on paper are ties.
  const target = Math.abs(sum) - TIE * total;
  if (sizes.length <= exactUpTo) {
    const flips = 2 ** sizes.length;
    const pValue = target <= 0 ? 1 : (2 * countAtLeast(target, sizes)) / flips;
    return { statistic, pValue, method: "exact" };
  }
  const extreme = drawAtLeast(target, sizes, total, rng, resamples);
  return { statistic, pValue: (1 + extreme) / (1 + resamples), method: "monte-carlo" };
}

/** How many of the 2ⁿ signed sums reach the target; a sum that the rest cannot bring or keep there ends its branch. */
function countAtLeast(target: number, sizes: readonly number[]): number {
  const ordered = [...sizes].sort((a, b) => b - a);
  const rest = new Float64Array(ordered.length + 1);
  for (let i = ordered.length - 1; i >= 0; i--) rest[i] = rest[i + 1]! + ordered[i]!;
  const count = (i: number, sum: number): number => {
    if (sum - rest[i]! >= target) return 2 ** (ordered.length - i);
    if (sum + rest[i]! < target) return 0;
    return count(i + 1, sum + ordered[i]!) + count(i + 1, sum - ordered[i]!);
  };
  return count(0, 0);
}

/** How many of the drawn signed sums are at least the target in size. */
function drawAtLeast(
  target: number,
  sizes: readonly number[],
  total: number,
  rng: Pick<Rng, "word">,
  resamples: number,
): number {
  let extreme = 0;
  for (let resample = 0; resample < resamples; resample++) {
    let positive = 0;
    let bits = 0;
    for (let i = 0; i < sizes.length; i++) {
      if (i % 32 === 0) bits = rng.word();
      if (bits & 1) positive += sizes[i]!;
      bits >>>= 1;
    }
    if (Math.abs(2 * positive - total) >= target) extreme++;
  }
  return extreme;
}
