import { describe, expect, test } from "vitest";
import { hiddenCosineSignal } from "./hidden-cosine.ts";
import type { HiddenStates } from "./signal.ts";

/** Image tokens (1, 0) and (0, 2), text, and completion tokens (1, 1), (−1, 0) and (0, 0). */
const hidden: HiddenStates = {
  layers: [[1, 0, 0, 2, 5, 5, 1, 1, -1, 0, 0, 0]],
  tokens: 3,
  keys: 6,
  kind: [2, 2, 1, 1, 1, 1],
  first: 3,
};
const cosines = (layers: HiddenStates, pairing: "mean" | "pairwise") =>
  hiddenCosineSignal.reduce(layers, { layers: "all", pairing });

describe("hiddenCosine", () => {
  test("with each image token, or with their mean, can be checked on paper", () => {
    expect(cosines(hidden, "pairwise")).toBeAllclose([Math.SQRT1_2, -0.5, 0]);
    // The mean is (½, 1).
    expect(cosines(hidden, "mean")).toBeAllclose([1.5 / Math.sqrt(2.5), -0.5 / Math.sqrt(1.25), 0]);
  });

  test("is the mean over layers", () => {
    const two = { ...hidden, layers: [hidden.layers[0]!, Array.from(hidden.layers[0]!, (value) => -value)] };
    // A layer turned around has the same cosines.
    expect(cosines(two, "mean")).toBeAllclose(cosines(hidden, "mean"));
    const other = { ...hidden, layers: [hidden.layers[0]!, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]] };
    expect(cosines(other, "pairwise")).toBeAllclose([(Math.SQRT1_2 + 1) / 2, 0.25, 0.5]);
  });

  test("is 0 without image tokens", () => {
    const blind = { ...hidden, kind: [1, 1, 1, 1, 1, 1] };
    for (const pairing of ["mean", "pairwise"] as const)
      expect([...cosines(blind, pairing)]).toEqual([0, 0, 0]);
  });
});
