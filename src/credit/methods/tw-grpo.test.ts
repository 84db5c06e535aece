import { describe, expect, test } from "vitest";
import { createFakeEngine } from "../../engine/index.ts";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { recordedBatches } from "../../testing/recorded-credit.ts";
import { twGrpo } from "./tw-grpo.ts";

const weightsOf = (...args: Parameters<typeof twGrpo>) => twGrpo(...args).map(({ weights }) => [...weights]);

/** The divergence at each place, as the engines have it, in double precision. */
function divergences(logs: number[][][], masks: number[][]): number[][] {
  const vocabulary = logs[0]![0]!.length;
  const uniform = new Array<number>(vocabulary).fill(-Math.log(vocabulary));
  const at = (t: number) => {
    const rows = logs.map((own, i) => (masks[i]![t] === 1 ? own[t]! : uniform));
    const terms = uniform.map((_, v) => {
      const centre = rows.reduce((sum, row) => sum + row[v]!, 0) / rows.length;
      return rows.reduce((sum, row) => {
        const d = Math.min(Math.max(centre - row[v]!, -11), 11);
        return sum + Math.exp(d) - d - 1;
      }, 0);
    });
    return terms.reduce((sum, term) => sum + term, 0) / rows.length;
  };
  return logs.map((own) => own.map((_, t) => at(t)));
}

describe("twGrpo", () => {
  test("has weights that can be checked on paper", () => {
    expect(weightsOf([{ divergence: [0, 2, 1] }, { divergence: [0] }], { alpha: 2 })).toEqual([
      [1, 2, 1.5],
      [1],
    ]);
  });

  test.each(recordedBatches.filter(({ logs }) => logs !== null))(
    "agrees with the authors' code: $name",
    (batch) => {
      const masks = batch.completions.map(({ mask }) => mask);
      const found = divergences(batch.logs!, masks);
      // The code's least and greatest run over the whole width, at whose end completions may all have ended: there D is 0.
      const hasEnd =
        Math.max(...masks.map((mask) => mask.length)) >
        Math.max(...masks.map((mask) => mask.lastIndexOf(1))) + 1;
      const inputs = found.map((divergence, i) => ({ divergence, mask: masks[i]! }));
      const ended = hasEnd ? [{ divergence: [0] }] : [];
      twGrpo([...inputs, ...ended])
        .slice(0, inputs.length)
        .forEach(({ weights }, i) => {
          expect(weights).toBeAllclose(batch.twGrpo[i]!, { rtol: 1e-5, atol: 1e-7 });
        });
    },
  );

  test("lies in [1, α], and is 1 where the group agrees everywhere, for groups of one and without tokens", () => {
    expect(weightsOf([{ divergence: [0, 0] }, { divergence: [0, 0] }])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(weightsOf([{ divergence: [3] }])).toEqual([[1]]);
    expect(weightsOf([{ divergence: [] }])).toEqual([[]]);
    expect(weightsOf([{ divergence: [0, 1] }], { alpha: 1 })).toEqual([[1, 1]]);
    expect(weightsOf([{ divergence: [0, 9, 1], mask: [1, 0, 1] }], { alpha: 2 })).toEqual([[1, 0, 2]]);
    expect(twGrpo([])).toEqual([]);
  });

  test("rejects impossible signals and options", () => {
    expect(() => twGrpo([{ divergence: [1], mask: [] }])).toThrow(ShapeError);
    expect(() => twGrpo([{ divergence: [Number.NaN] }])).toThrow(NumericError);
    expect(() => twGrpo([{ divergence: [1] }], { alpha: 0.5 })).toThrow(NumericError);
  });
});

test("the fake engine's divergence is 0 for equal completions, and compares only completions of one prompt", async () => {
  const engine = createFakeEngine({ vocabSize: 5, seed: 1 });
  const [prompt, other] = [1, 2].map((token) => ({ chunks: [{ kind: "text" as const, tokens: [token] }] }));
  const score = async (...completions: number[][]) =>
    engine.score(
      [
        ...completions.map((own) => ({ prompt: prompt!, completion: Int32Array.from(own) })),
        { prompt: other!, completion: Int32Array.of(4, 4, 4) },
      ],
      { groupDivergence: true },
    );
  expect((await score([1, 2], [1, 2]))[0]!.groupDivergence).toBeAllclose([0, 0], { atol: 1e-12 });
  const [long, short, alone] = await score([1, 2, 3], [1]);
  expect(long!.groupDivergence![0]).toBeCloseTo(0, 12);
  expect(long!.groupDivergence![1]).toBeGreaterThan(0);
  expect(short!.groupDivergence).toHaveLength(1);
  expect(alone!.groupDivergence).toBeAllclose([0, 0, 0], { atol: 1e-12 });
});
