/**
 * @module
 * The fine-grained baselines of AT-RL's Table 1, arXiv:2602.11455: StepGRPO, 80/20 (its FT-RL) and VPPO, with "identical
 * hyperparameters across methods" (Section 5.1). The table names no objective for them; GRPO is ours.
 */
import { withoutCredit } from "./at-rl.ts";
import type { Preset } from "./preset.ts";
import { type Quotes, quotedPreset } from "./quoted.ts";
import { vppoCredit } from "./vppo.ts";

const grpo: Quotes = {
  ...withoutCredit("grpo"),
  "algorithm.kind": ["grpo", "ours: Table 1 names no objective"],
};

/** StepGRPO's rewards come in place of Eq. 1's. */
const { "reward.accuracy.values": _values, "reward.accuracy.weight": _weight, ...withoutReward } = grpo;
const stepReward: Quotes = {
  "prompt.format": [
    "plain",
    "ours: the model is asked for numbered sections by its warm start, arXiv:2503.12937",
  ],
  "verdict.from": ["anywhere", "ours: the answer follows '### The final answer is:'"],
  "reward.accuracy.values": [[0, 1], "arXiv:2503.12937, StepRAR: 1 for a right answer, 0 for a wrong one"],
  "reward.accuracy.weight": [1, "arXiv:2503.12937, StepRAR"],
  "reward.key-steps.weight": [0.1, "arXiv:2503.12937, StepRAR: α = 0.1 of the share of key steps stated"],
  "reward.validity.weight": [1, "arXiv:2503.12937, StepRVR: 1 for complete and ordered reasoning"],
};

export const atRlBaselines: readonly Preset[] = [
  quotedPreset(
    "step-grpo",
    "StepGRPO as Table 1 of arXiv:2602.11455 compares it: rewards for key steps and their form",
    { ...withoutReward, ...stepReward, "credit.kind": ["uniform", "StepGRPO acts on the reward alone"] },
  ),
  quotedPreset(
    "grpo-80-20",
    "GRPO on the fifth of the tokens of highest entropy, as Table 1 of arXiv:2602.11455",
    {
      ...grpo,
      "credit.kind": ["high-entropy-tokens", "Section 5.1: FT-RL learns at high-entropy decision points"],
      "credit.share": [0.2, "arXiv:2506.01939: a fifth of the tokens"],
      "credit.scope": ["batch", "arXiv:2506.01939: the highest of the batch, as TRL has it"],
    },
  ),
  quotedPreset("grpo-vppo", "GRPO with VPPO credit, as Table 1 of arXiv:2602.11455 compares it", {
    ...grpo,
    ...vppoCredit,
  }),
];
