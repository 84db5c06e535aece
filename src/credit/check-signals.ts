/**
 * @module
 * Checks shared by the credit methods: arrays have one length, and numbers of tokens that count lie where they must.
 */
import { NumericError } from "../errors/index.ts";
import { countTokens } from "../math/aggregate.ts";
import { requireArray, requireLength, requireObject, requireObjects } from "../math/check.ts";

/** Single precision leaves numbers this far on the wrong side of a bound that holds exactly. */
const ROUNDING = 1e-4;

/** Far beyond any use; products and sums of such numbers stay finite. */
export const MOST_MASS = 1e100;

const RANGES = {
  mass: {
    fits: (value: number) => value >= 0 && value <= MOST_MASS,
    words: `a finite number ≥ 0, at most ${MOST_MASS}`,
  },
  angle: {
    fits: (value: number) => value >= 0 && value <= Math.PI + ROUNDING,
    words: "an angle in [0, π]",
  },
  logprob: {
    fits: (value: number) => value <= ROUNDING && value > -Infinity,
    words: "a finite log-prob ≤ 0",
  },
  cosine: { fits: (value: number) => Math.abs(value) <= 1 + ROUNDING, words: "a cosine in [−1, 1]" },
  nats: { fits: (value: number) => value >= -ROUNDING && value < Infinity, words: "finite nats ≥ 0" },
  index: { fits: (value: number) => Number.isInteger(value) && value >= 0, words: "an integer ≥ 0" },
  neighbour: { fits: (value: number) => Number.isInteger(value) && value >= -1, words: "an integer ≥ −1" },
} as const;

/**
 * The quantity of a signal: attention, an angle between distributions of it, a log-prob, a cosine, entropy and divergence,
 * an index, or the position of a token with −1 for no token.
 */
type SignalRange = keyof typeof RANGES;

/**
 * Throws unless the input of a method is an object.
 *
 * @throws ShapeError
 */
export function requireInput(input: object): void {
  requireObject("input", input);
}

/**
 * Throws unless the completions of a method are a list of objects.
 *
 * @throws ShapeError
 */
export function requireCompletions(completions: readonly object[]): void {
  requireObjects("completions", completions);
}

/** Whether token t counts; all do without a mask. */
export function counts(mask: ArrayLike<number> | undefined, t: number): boolean {
  return mask === undefined || mask[t] !== 0;
}

/** The number of tokens that count, of so many; all do without a mask. */
export function countedTokens(mask: ArrayLike<number> | undefined, tokens: number): number {
  return mask === undefined ? tokens : countTokens(mask);
}

/**
 * Throws unless all signals and the mask have one length, the mask holds only 0 and 1, and every token that counts has
 * a value within range.
 *
 * @param signals by name, each with its range and its `[T]`
 * @returns that length, T
 * @throws ShapeError, NumericError
 */
export function checkSignals(
  signals: Readonly<Record<string, readonly [SignalRange, ArrayLike<number>]>>,
  mask: ArrayLike<number> | undefined,
): number {
  const named = Object.entries(signals);
  for (const [name, [, values]] of named) requireArray(name, values);
  const tokens = named[0]?.[1][1].length ?? mask?.length ?? 0;
  for (const [name, [, values]] of named) {
    requireLength(name, values, tokens);
  }
  if (mask) requireLength("mask", mask, tokens);
  for (let t = 0; mask && t < tokens; t++) {
    if (mask[t] !== 0 && mask[t] !== 1) {
      throw new NumericError(`mask[${t}]: expected 0 or 1, got ${mask[t]}`);
    }
  }
  for (const [name, [range, values]] of named) {
    const { fits, words } = RANGES[range];
    for (let t = 0; t < tokens; t++) {
      if (counts(mask, t) && !fits(values[t]!)) {
        throw new NumericError(`${name}[${t}]: expected ${words}, got ${values[t]}`);
      }
    }
  }
  return tokens;
}
