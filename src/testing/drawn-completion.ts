/**
 * @module
 * A completion of random signals, for tests of every credit method.
 */
import { type CreditCompletion, calibratedGram } from "../credit/index.ts";
import type { Rng } from "../math/index.ts";

/** A completion with every signal that any method asks for. */
export function drawCompletion(rng: Rng, tokens: number, advantage: number): CreditCompletion {
  const draw = (low: number, high: number, length = tokens) =>
    Float64Array.from({ length }, () => rng.uniform(low, high));
  return {
    mask: new Uint8Array(tokens).fill(1),
    advantage,
    reward: rng.pick([0, 1, 1, null]),
    verdict: rng.pick([0, 0, 1]),
    rewardParts: { "blind-answer": rng.pick([0, 1]) },
    tokens: Int32Array.from({ length: tokens }, () => rng.integer(3)),
    tokenTexts: Array.from({ length: tokens }, () => rng.pick(["a", "b", "<a>", "</a>"])),
    labels: Array.from({ length: tokens }, () => ({
      role: rng.pick(["image", "reasoning", "other"] as const),
      correct: rng.pick([true, false, null]),
    })),
    signals: {
      attention: {
        visualMass: draw(0, 0.5),
        textMass: draw(0, 0.5),
        visualShift: draw(0, 1),
        textShift: draw(0, 1),
        sharpness: { visual: draw(0, 1), text: draw(0, 1) },
        divergence: { visual: draw(0, 1), text: draw(0, 1) },
      },
      calibrated: calibratedGram(draw(0, 1, 5 * tokens), { tokens, keys: 5 }, Uint8Array.of(2, 1, 2, 1, 1)),
      hiddenCosine: draw(-0.5, 1),
      entropy: draw(0, 2),
      nucleusEntropy: draw(0, 1),
      groupDivergence: draw(0, 3),
      ablation: {
        given: draw(-3, 0),
        ablated: draw(-3, 0),
        divergence: draw(0, 2),
        jensenShannon: draw(0, 0.6),
        ablatedEntropy: draw(0, 2),
      },
    },
  };
}
