/**
 * @module
 * DVRP's constants, arXiv:2601.06801, as documented by its reimplementation in
 * github.com/zsxm1998/awesome-perception-aware-rlvr (`examples/reproduction/dvrp/README.md` at 6723c30), on EasyR1's
 * settings. Its authors have published no code.
 */
import { easyR1Dapo, easyR1Grpo } from "./easy-r1.ts";
import { unusedKl } from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const TABLE = "the reimplementation's table of settings";

const shared: Quotes = {
  "credit.kind": ["dvrp", "the method of the paper"],
  "credit.necessity": [0.01, `${TABLE}: λ_nec 0.01`],
  "credit.robustness": [0.01, `${TABLE}: λ_rob 0.01`],
  "credit.entropyPenalty": [0.05, `${TABLE}: λ_ent 0.05 on both views`],
  "credit.necessityDirection": ["estimate", "the reimplementation: the k3 estimate, differentiated"],
  "credit.robustnessDirection": ["estimate", "the reimplementation: the k3 estimate, differentiated"],
  "credit.gradient": ["given", "the reimplementation: views are scored once, without a gradient"],
  "credit.bound": [10, "the reimplementation: k3 is held at 10"],
  "credit.masked.kind": ["blacken-patches", `${TABLE}: random patches`],
  "credit.masked.probability": [0.6, `${TABLE}: black_prob 0.6`],
  "credit.masked.patch": [14, `${TABLE}: patch_size 14`],
  "credit.masked.seed": [0, "ours: any will do"],
  "credit.noise.initial": [500, `${TABLE}: noise_t_init 500`],
  "credit.noise.slope": [10, `${TABLE}: noise_gamma 10`],
  "credit.noise.middle": [0.5, "the reimplementation: half-way, where none is given"],
  "credit.noise.seed": [0, "ours: any will do"],
  "reward.accuracy.weight": [1, `${TABLE}: binary accuracy`],
  "reward.accuracy.values": [[0, 1], `${TABLE}: binary accuracy`],
  "train.promptsPerIteration": [384, `${TABLE}: 384 prompts a step`],
  "train.minibatches": [3, `${TABLE}: update batch 128 prompts`],
  "train.groupSize": [5, `${TABLE}: 5 rollouts a prompt`],
  "train.epochs": [3, `${TABLE}: 3 epochs`],
  "train.iterations": [OFF, "epochs say how long a run is"],
};

/** GRPO and DAPO forms. */
export const dvrpPresets: readonly Preset[] = [
  quotedPreset("grpo-dvrp", "GRPO with DVRP's loss, constants of arXiv:2601.06801 on EasyR1's settings", {
    ...easyR1Grpo,
    ...unusedKl,
    ...shared,
    "algorithm.kind": ["grpo", "DVRP_G of the paper"],
    "algorithm.klCoefficient": [0, `${TABLE}: no KL to the reference model`],
  }),
  quotedPreset("dapo-dvrp", "DAPO with DVRP's loss, constants of arXiv:2601.06801 on EasyR1's settings", {
    ...easyR1Dapo,
    ...shared,
    "algorithm.kind": ["dapo", "DVRP_D of the paper"],
  }),
];
