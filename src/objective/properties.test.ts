import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flat } from "../testing/objective-batch.ts";
import { objective } from "./objective.ts";
import { type AlgorithmInput, algorithmSchema } from "./registry.ts";
import type { ObjectiveGroup } from "./types.ts";

interface Tokens {
  logprobs: number[];
  oldLogprobs: number[];
  refLogprobs: number[];
  values: number[];
  oldValues: number[];
  weights: number[];
  mask: number[];
  isTruncated: boolean;
}
interface Batch extends ObjectiveGroup {
  rewards: (number | null)[];
  completions: Tokens[];
}

const number = fc.double({ min: -3, max: -0.01, noNaN: true });
const completion: fc.Arbitrary<Tokens> = fc
  .record({
    tokens: fc.array(fc.tuple(number, number, number, number, number, number), { maxLength: 4 }),
    isTruncated: fc.boolean(),
  })
  .map(({ tokens, isTruncated }) => ({
    logprobs: tokens.map((token) => token[0]),
    oldLogprobs: tokens.map((token) => token[1]),
    refLogprobs: tokens.map((token) => token[2]),
    values: tokens.map((token) => token[3]),
    oldValues: tokens.map((token) => token[4]),
    weights: tokens.map((token) => -token[5]),
    mask: tokens.map(() => 1),
    isTruncated,
  }));
const reward = fc.option(fc.integer({ min: 0, max: 2 }), { freq: 6 });
const batches: fc.Arbitrary<Batch[]> = fc.array(
  fc.array(fc.tuple(reward, completion), { minLength: 1, maxLength: 4 }).map((members) => ({
    rewards: members.map(([own]) => own),
    completions: members.map(([, tokens]) => tokens),
  })),
  { minLength: 1, maxLength: 3 },
);

const kinds = algorithmSchema.options.map(({ shape }) => shape.kind.value);
/** Every algorithm by default, and with every term on that it has. */
const configs: AlgorithmInput[] = kinds.flatMap((kind) => {
  const base = { kind } as AlgorithmInput;
  if (kind === "dpo") return [base, { kind, pairs: "all", truncated: "mask" }];
  const terms = { klCoefficient: 0.1, entropyCoefficient: 0.01, truncated: "mask" } as const;
  return [
    base,
    { kind, ...terms } as AlgorithmInput,
    { kind, ...terms, klPlacement: "reward" } as AlgorithmInput,
  ];
});
const withoutBaseline: AlgorithmInput = { kind: "reinforce", baseline: "none" };

/** A batch with some of each completion's arrays replaced. */
const changed = (batch: readonly Batch[], change: (tokens: Tokens) => Partial<Tokens>): ObjectiveGroup[] =>
  batch.map(({ rewards, completions }) => ({
    rewards,
    completions: completions.map((tokens) => ({ ...tokens, ...change(tokens) })),
  }));
const numbersOf = ({
  loss,
  coefficients,
  valueCoefficients = [],
  entropyCoefficients = [],
}: ReturnType<typeof objective>) => [
  loss,
  ...flat(coefficients),
  ...flat(valueCoefficients),
  ...flat(entropyCoefficients),
];
const tolerance = { rtol: 1e-8, atol: 1e-10 };

describe.each([...configs, withoutBaseline])("%o", (config) => {
  test("never gives a number that is not finite", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        expect(numbersOf(objective(config, batch)).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("is not changed by padding", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const padded = changed(batch, (tokens) => ({
          logprobs: [Number.NaN, ...tokens.logprobs, 7],
          oldLogprobs: [0, ...tokens.oldLogprobs, Infinity],
          refLogprobs: [0, ...tokens.refLogprobs, Number.NaN],
          values: [9, ...tokens.values, Number.NaN],
          oldValues: [Number.NaN, ...tokens.oldValues, 9],
          weights: [9, ...tokens.weights, Number.NaN],
          mask: [0, ...tokens.mask, 0],
        }));
        // Without a limit of the sampler the longest completion is a divisor, padding included.
        const limit = { maxCompletionTokens: 8 };
        const [plain, wider] = [objective(config, batch, limit), objective(config, padded, limit)];
        const inner = wider.coefficients.map((rows) => rows.map((row) => row.slice(1, -1)));
        expect(wider.loss).toBeCloseTo(plain.loss, 9);
        expect(flat(inner)).toBeAllclose(flat(plain.coefficients), tolerance);
        expect(wider.coefficients.flat().every((row) => row[0] === 0 && row.at(-1) === 0)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("follows a permutation of groups and of completions", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const turned = batch.toReversed().map(({ rewards, completions }) => ({
          rewards: rewards.toReversed(),
          completions: completions.toReversed(),
        }));
        const [plain, other] = [objective(config, batch), objective(config, turned)];
        const back = other.coefficients.toReversed().map((rows) => rows.toReversed());
        expect(other.loss).toBeCloseTo(plain.loss, 9);
        expect(flat(back)).toBeAllclose(flat(plain.coefficients), tolerance);
      }),
      { numRuns: 50 },
    );
  });

  test("with weights of 1 is the same as without weights", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const ones = changed(batch, ({ mask }) => ({ weights: mask.map(() => 1) }));
        const none = ones.map(({ rewards, completions }) => ({
          rewards,
          completions: completions.map(({ weights: _weights, ...rest }) => rest),
        }));
        expect(objective(config, ones)).toEqual(objective(config, none));
      }),
      { numRuns: 50 },
    );
  });
});

describe.each(configs)("%o", (config) => {
  test("without values does not change when a constant is added to all rewards", () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: -5, max: 5 }), (batch, shift) => {
        const plain = batch.map(({ rewards, completions }) => ({
          rewards,
          completions: completions.map(({ values: _values, oldValues: _oldValues, ...rest }) => rest),
        }));
        const shifted = plain.map(({ rewards, completions }) => ({
          rewards: rewards.map((own) => (own === null ? null : own + shift)),
          completions,
        }));
        const [before, after] = [objective(config, plain), objective(config, shifted)];
        expect(numbersOf(after)).toBeAllclose(numbersOf(before), { rtol: 1e-6, atol: 1e-9 });
      }),
      { numRuns: 50 },
    );
  });
});
