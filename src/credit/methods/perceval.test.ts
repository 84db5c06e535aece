import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { recordedBatches } from "../../testing/recorded-credit.ts";
import type { CreditLabel } from "../method.ts";
import { signedSpanWeights } from "../signed-spans.ts";
import { percevalCredit } from "./perceval.ts";

const label = (role: CreditLabel["role"], correct: boolean | null): CreditLabel => ({ role, correct });
const labels = [label("other", null), label("image", false), label("image", true), label("reasoning", false)];
const weightsOf = (options: object, completion: object) => {
  const method = percevalCredit.create(
    percevalCredit.schema.parse({ kind: "perceval", ...options }),
    undefined,
  );
  return method.credit([[{ mask: [1, 1, 1, 1], ...completion }]])[0]![0]!;
};

describe("perceval", () => {
  test("lowers the advantage at false statements of the image, for either sign", () => {
    expect([...weightsOf({}, { labels, advantage: 2 }).weights]).toEqual([1, 0.9, 1, 1]);
    expect([...weightsOf({}, { labels, advantage: -2 }).weights]).toEqual([1, 1.1, 1, 1]);
    expect([...weightsOf({ statements: "all" }, { labels, advantage: 2 }).weights]).toEqual([1, 0.9, 1, 0.9]);
  });

  describe.each(recordedBatches)("agrees with the authors' code: $name", ({ completions, perceval }) => {
    test.each(perceval)("α $alpha", ({ alpha, spans, advantages, shaped }) => {
      completions.forEach(({ mask }, i) => {
        const advantage = advantages[i]!;
        const weights = signedSpanWeights({ span: spans[i]!, advantage, mask }, alpha, -1);
        expect(weights.map((weight) => weight * advantage)).toBeAllclose(shaped[i]!, {
          rtol: 1e-6,
          atol: 1e-8,
        });
      });
    });
  });

  test("is uniform with α 0, with an advantage of 0 and where nothing is false", () => {
    expect([...weightsOf({ alpha: 0 }, { labels, advantage: 2 }).weights]).toEqual([1, 1, 1, 1]);
    expect([...weightsOf({}, { labels, advantage: 0 }).weights]).toEqual([1, 1, 1, 1]);
    const right = labels.map(({ role }) => label(role, true));
    expect([...weightsOf({}, { labels: right, advantage: 2 }).weights]).toEqual([1, 1, 1, 1]);
  });

  test("says so where a completion has no labels, and weighs it evenly", () => {
    expect(weightsOf({}, { advantage: 2 })).toEqual({
      weights: Float64Array.of(1, 1, 1, 1),
      lacksLabels: true,
    });
  });

  test("takes the advantage of each token, and gives masked tokens 0", () => {
    const own = { labels, advantage: [1, -1, 1, 1], mask: [1, 1, 0, 1] };
    expect([...weightsOf({}, own).weights]).toEqual([1, 1.1, 0, 1]);
  });
});

describe("signedSpanWeights", () => {
  test("raises with one direction and lowers with the other", () => {
    const spans = { span: [1, 0], advantage: -1 };
    expect([...signedSpanWeights(spans, 0.2, 1)]).toEqual([0.8, 1]);
    expect([...signedSpanWeights(spans, 0.2, -1)]).toEqual([1.2, 1]);
  });

  test("rejects other lengths and impossible strengths", () => {
    expect(() => signedSpanWeights({ span: [1], advantage: [1, 2] }, 0.1, 1)).toThrow(ShapeError);
    expect(() => signedSpanWeights({ span: [1], advantage: 1, mask: [1, 1] }, 0.1, 1)).toThrow(ShapeError);
    expect(() => signedSpanWeights({ span: [1], advantage: 1 }, -0.1, 1)).toThrow(NumericError);
  });
});
