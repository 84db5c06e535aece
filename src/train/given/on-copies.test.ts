import { describe, expect, test } from "vitest";
import type { CreditCompletion } from "../../credit/index.ts";
import { PartError } from "../../errors/index.ts";
import { resolveAlgorithm, type TokenAlgorithm } from "../../objective/index.ts";
import { frozenCopy } from "../../parts/index.ts";
import { heldCredit } from "./held-credit.ts";
import { heldObjective } from "./held-objective.ts";

describe("a credit method that changes its inputs", () => {
  const groups = (): CreditCompletion[][] => [
    [3, 1].map((length) => ({
      mask: new Uint8Array(length).fill(1),
      tokens: Int32Array.from({ length }, (_, t) => t),
      signals: { entropy: Float64Array.from({ length }, (_, t) => length - t) },
    })),
  ];
  const uniform = (mask: ArrayLike<number>) => ({ weights: new Float64Array(mask.length).fill(1) });

  test("is refused where the order of completions would change", () => {
    const method = heldCredit(
      {
        needs: {},
        credit: (given: CreditCompletion[][]) =>
          given.map((group) =>
            group.sort((a, b) => a.mask.length - b.mask.length).map(({ mask }) => uniform(mask)),
          ),
      },
      "credit",
      'credit "own"',
    );
    expect(() => method.credit(groups())).toThrow(PartError);
    expect(() => method.credit(groups())).toThrow(
      /^credit "own": .+ if it is an input, it cannot be changed in place/,
    );
  });

  test("changes numbers of its own", () => {
    const method = heldCredit(
      {
        needs: {},
        credit: (given: CreditCompletion[][]) =>
          given.map((group) =>
            group.map(({ mask, signals, tokens }) => {
              signals!.entropy!.sort();
              (tokens as Int32Array).fill(9);
              (mask as Uint8Array).fill(0);
              return uniform(mask);
            }),
          ),
      },
      "credit",
      "own",
    );
    const given = groups();
    method.credit(given);
    expect(given).toEqual(groups());
  });
});

describe("an objective that changes its inputs", () => {
  const grpo = resolveAlgorithm({ kind: "grpo" }) as TokenAlgorithm;

  test("is refused where rewards would change places", () => {
    const own = heldObjective(
      {
        ...grpo,
        advantage: {
          ...grpo.advantage,
          of: (groups: { rewards: number[] }[]) => {
            for (const { rewards } of groups) rewards.sort((a, b) => a - b);
            return { advantages: [] };
          },
        },
      },
      "objective",
      "own",
    ) as TokenAlgorithm;
    const group = { rewards: [1, 0], completions: [] };
    expect(() => own.advantage.of([group])).toThrow(/^own: advantage: .+ cannot be changed in place/);
    expect(group.rewards).toEqual([1, 0]);
  });

  test("changes masks and log-ratios of its own", () => {
    const own = heldObjective(
      {
        ...grpo,
        ratioLevel: {
          ...grpo.ratioLevel,
          ratios: (logRatios: Float64Array, mask: Uint8Array) => {
            mask.fill(0);
            return logRatios.fill(1);
          },
        },
      },
      "objective",
      "own",
    ) as TokenAlgorithm;
    const [logRatios, mask] = [Float64Array.of(0.5), Uint8Array.of(1)];
    expect(own.ratioLevel.ratios(logRatios, mask)).toEqual(Float64Array.of(1));
    expect([logRatios, mask]).toEqual([Float64Array.of(0.5), Uint8Array.of(1)]);
  });
});

test("a copy keeps members that are computed when they are read", () => {
  let reads = 0;
  const given = {
    get texts() {
      reads += 1;
      return ["a"];
    },
  };
  const copy = frozenCopy(given);
  expect(reads).toBe(0);
  expect(copy.texts).toEqual(["a"]);
});
