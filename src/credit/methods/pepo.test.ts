import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { recordedBatches } from "../../testing/recorded-credit.ts";
import { pepo, pepoCredit } from "./pepo.ts";

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe("pepo", () => {
  test("has weights that can be checked on paper", () => {
    // mm(V) + mm(H) = 0 + 1 and 1 + 0: equal, so the gates are 1, and w = 2·softmax(0, ln 3) = 0.5 and 1.5.
    const input = { likeness: [0, 0.5], entropy: [2, 1] };
    const temperature = 0.5 / Math.log(3);
    expect(pepo(input, { temperature }).weights).toBeAllclose([0.5, 1.5]);
    expect(pepo(input, { temperature, share: 0.5 }).weights).toBeAllclose([0.75, 1.25]);
  });

  describe.each(recordedBatches)("agrees with numpy: $name", ({ completions, pepo: recorded }) => {
    test.each(recorded)("α $alpha, temperature $temperature, λ $share", ({ weights, ...options }) => {
      completions.forEach(({ likeness, entropy, mask }, i) => {
        const found = pepo({ likeness, entropy, mask }, options);
        expect(found.weights).toBeAllclose(weights[i]!, { rtol: 1e-8, atol: 1e-10 });
      });
    });
  });

  test("weights average to 1, for every λ", () => {
    const row = fc.tuple(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 9, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, share) => {
          const input = { likeness: rows.map(([own]) => own), entropy: rows.map(([, own]) => own) };
          expect(mean(pepo(input, { share }).weights)).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  test("is 1 throughout at λ 0 and for constant signals, for one token and for images without tokens", () => {
    const input = { likeness: [0.1, 0.9], entropy: [0, 3] };
    expect([...pepo(input, { share: 0 }).weights]).toEqual([1, 1]);
    expect([...pepo({ likeness: [0, 0], entropy: [1, 1] }).weights]).toEqual([1, 1]);
    expect([...pepo({ likeness: [0.5], entropy: [1] }).weights]).toEqual([1]);
    expect(pepo({ likeness: [], entropy: [] }).weights).toHaveLength(0);
    expect([...pepo({ ...input, mask: [0, 0] }).weights]).toEqual([0, 0]);
  });

  test("the weights come in over the run, or are there from its start", () => {
    const group = [
      { mask: [1, 1], signals: { hiddenCosine: Float64Array.of(0.1, 0.9), entropy: Float64Array.of(1, 1) } },
    ];
    const weights = (options: object, progress?: number) =>
      pepoCredit
        .create(pepoCredit.schema.parse({ kind: "pepo", ...options }), undefined)
        .credit([group], undefined, progress)[0]![0]!.weights;
    expect([...weights({}, 0)]).toEqual([1, 1]);
    expect(weights({}, 0.5)[1]).toBeCloseTo((1 + weights({}, 1)[1]!) / 2, 12);
    expect(weights({ schedule: "none" }, 0)).toEqual(weights({}));
  });

  test("rejects impossible signals and options", () => {
    expect(() => pepo({ likeness: [1], entropy: [1, 2] })).toThrow(ShapeError);
    expect(() => pepo({ likeness: [2], entropy: [1] })).toThrow(NumericError);
    expect(() => pepo({ likeness: [1], entropy: [Number.NaN] })).toThrow(NumericError);
    for (const options of [{ temperature: 0 }, { alpha: -1 }, { share: 1.5 }]) {
      expect(() => pepo({ likeness: [1], entropy: [1] }, options)).toThrow(NumericError);
    }
  });
});
