import { describe, expect, test } from "vitest";
import {
  type AlgorithmNeeds,
  algorithmNeeds,
  comparesOutcomes,
  correctsStaleness,
  hasAdvantages,
  keepsTokenCredit,
} from "./needs.ts";
import { type AlgorithmInput, resolveAlgorithm } from "./registry.ts";

const NOTHING: AlgorithmNeeds = {
  reference: false,
  values: false,
  entropyGradient: false,
  trainerLogprobs: false,
  spread: true,
  termGradient: false,
};
const kl = { klCoefficient: 0.1 } as const;

describe("the input that an algorithm needs", () => {
  test.each<[AlgorithmInput, Partial<AlgorithmNeeds>]>([
    [{ kind: "grpo" }, {}],
    [{ kind: "dr-grpo" }, {}],
    [{ kind: "dapo" }, {}],
    [{ kind: "gspo" }, {}],
    [{ kind: "sapo" }, {}],
    [{ kind: "cispo" }, {}],
    [{ kind: "reinforce" }, {}],
    [{ kind: "reinforce", baseline: "leave-one-out" }, {}],
    [{ kind: "reinforce", baseline: "none" }, { spread: false }],
    [{ kind: "ppo" }, {}],
    [{ kind: "ppo", baseline: "group" }, {}],
    [
      { kind: "ppo", baseline: "values" },
      { values: true, spread: false },
    ],
    [{ kind: "dpo" }, { reference: true }],
    [
      { kind: "grpo", ...kl },
      { reference: true, termGradient: true },
    ],
    [
      { kind: "grpo", ...kl, klPlacement: "reward" },
      { reference: true, termGradient: true },
    ],
    [
      { kind: "dapo", entropyCoefficient: 0.01 },
      { entropyGradient: true, termGradient: true },
    ],
    [{ kind: "sapo", samplerCorrection: {} }, { trainerLogprobs: true }],
    [{ kind: "sapo", samplerCorrection: false }, {}],
  ])("of %o", (config, needs) => {
    expect(algorithmNeeds(resolveAlgorithm(config))).toEqual({ ...NOTHING, ...needs });
  });
});

describe("facts of an algorithm", () => {
  /** Whether token weights reach tokens, outcomes are compared, staleness is corrected, and there are advantages. */
  test.each<[AlgorithmInput, boolean, boolean, boolean, boolean]>([
    [{ kind: "grpo" }, true, true, true, true],
    [{ kind: "gspo" }, true, true, true, true],
    [{ kind: "gspo", form: "sequence" }, false, true, true, true],
    [{ kind: "reinforce" }, true, true, false, true],
    [{ kind: "reinforce", samplerCorrection: {} }, true, true, true, true],
    [{ kind: "ppo" }, true, false, true, true],
    [{ kind: "ppo", baseline: "values" }, true, false, true, true],
    [{ kind: "ppo", baseline: "group" }, true, true, true, true],
    [{ kind: "grpo", ...kl }, true, true, true, true],
    [{ kind: "grpo", ...kl, klPlacement: "reward" }, true, false, true, true],
    [{ kind: "grpo", klPlacement: "reward" }, true, true, true, true],
    [{ kind: "dpo" }, true, false, true, false],
  ])("%o", (config, keeps, compares, corrects, has) => {
    const algorithm = resolveAlgorithm(config);
    expect(keepsTokenCredit(algorithm)).toBe(keeps);
    expect(comparesOutcomes(algorithm)).toBe(compares);
    expect(correctsStaleness(algorithm)).toBe(corrects);
    expect(hasAdvantages(algorithm)).toBe(has);
  });
});
