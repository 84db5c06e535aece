import { describe, expect, test } from "vitest";
import type { CreditCompletion } from "../method.ts";
import { cfpoCredit } from "./cfpo.ts";

const method = (options: object = {}) =>
  cfpoCredit.create(cfpoCredit.schema.parse({ kind: "cfpo", ...options }), undefined);
const completion: CreditCompletion = {
  mask: [1, 1],
  signals: { ablation: { given: Float64Array.of(-1, -1), ablated: Float64Array.of(-1 - Math.LN2, -1) } },
};

describe("cfpo", () => {
  test("is PAPO's term at CFPO's weight, against a pass whose values are replaced within the model", () => {
    const [[credit]] = method().credit([[completion]]) as [
      ReturnType<ReturnType<typeof method>["credit"]>[0],
    ];
    expect(credit!.perception).toMatchObject({ bound: 10, entropyPenalty: 0 });
    expect([...credit!.perception!.coefficients]).toEqual([0.02, 0.02]);
    expect([...credit!.perception!.ablatedLogprobs]).toEqual([-1 - Math.LN2, -1]);
    expect(method().needs.ablation).toEqual({
      image: { kind: "replace-values", threshold: 2, mean: "vector" },
      divergence: false,
    });
    expect(method()).toMatchObject({ sharesEvenly: true, addsLossTerm: true });
  });

  test("takes any other view in its place, and the authors' mean of one number", () => {
    expect(method({ image: { kind: "replace-values", mean: "number" } }).needs.ablation!.image).toMatchObject(
      {
        mean: "number",
      },
    );
    expect(method({ image: { kind: "black" } }).needs.ablation!.image).toEqual({ kind: "black" });
  });
});
