/**
 * @module
 * The credit methods of 2026, each with the objective and the sizes of its paper. Values that papers and scripts do
 * not state come from EasyR1, from which most of them are forked. Sizes are given as prompts × completions of an
 * iteration.
 */
import { easyR1Dapo, easyR1Grpo, easyR1Reward } from "./easy-r1.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const ITERATIONS: Quotes = { "train.iterations": [OFF, "epochs say how long a run is"] };
const dapo: Quotes = { ...easyR1Dapo, ...easyR1Reward, ...ITERATIONS };
const grpo: Quotes = { ...easyR1Grpo, ...easyR1Reward, ...ITERATIONS };

/** Prompts, completions of each, minibatches and epochs. */
function sizes(
  [prompts, completions, minibatches, epochs]: readonly [number, number, number, number],
  source: string,
): Quotes {
  return {
    "train.promptsPerIteration": [prompts, `${source}: prompts of a rollout batch`],
    "train.groupSize": [completions, `${source}: completions of a prompt`],
    "train.minibatches": [minibatches, `${source}: updates of a rollout batch`],
    "train.epochs": [epochs, `${source}: epochs`],
  };
}

/** A GRPO whose KL term is off. */
const withoutKl = (source: string): Quotes => ({ "algorithm.klCoefficient": [0, `${source}: no KL term`] });
const seed = { "credit.image.seed": [0, "ours: any will do"] } as const satisfies Quotes;
const rightReward = {
  "credit.rightReward": [0.5, "ours: with accuracy at 0.9 and format at 0.1, right answers alone reach it"],
} as const satisfies Quotes;

const gtpoOptions: Quotes = {
  "credit.outcome": [1, "both ports: α₁ 1"],
  "credit.entropy": [0.1, "both ports: α₂ 0.1"],
  "credit.normalisation": [
    "joint",
    "ours: one port; the other reads Eq. 6 as each side by its own mean and deviation",
  ],
  "credit.entropyRange": [OFF, "ours: one of two ports alone holds entropies within bounds"],
  ...rightReward,
  ...sizes([512, 8, 4, 2], "ours: no sizes were seen"),
};

/** The presets, in the order of docs/credit.md. */
export const rivalsCreditPresets: readonly Preset[] = [
  quotedPreset("dapo-pgpo", "DAPO with PGPO credit, sizes of arXiv:2604.01840", {
    ...dapo,
    "credit.kind": ["pgpo", "the method of arXiv:2604.01840"],
    "credit.threshold": [0.4, "arXiv:2604.01840: τ 0.4"],
    "credit.boost": [2, "arXiv:2604.01840: β 2"],
    "credit.score": ["sampled", "arXiv:2604.01840: the KL is estimated by k3 of the sampled token"],
    "credit.form": ["paper", "arXiv:2604.01840, as printed"],
    "credit.image.kind": ["mask-attention", "arXiv:2604.01840: attention to image tokens is masked"],
    ...sizes([384, 5, 3, 2], "arXiv:2604.01840: 384 x 5, update 128, 2 epochs of ViRL39K"),
  }),
  quotedPreset("dapo-vgpo", "DAPO with VGPO credit, sizes of arXiv:2604.09349", {
    ...dapo,
    "credit.kind": ["vgpo", "the method of arXiv:2604.09349"],
    "credit.beta": [0.3, "train_vgpo_7B.sh: visual_compensation_strength=0.3"],
    "credit.tail": [0.5, "train_vgpo_7B.sh: gated_visual_compensation_start_ratio=0.5"],
    "credit.gate": [0.2, "train_vgpo_7B.sh: visual_attention_threshold=0.2"],
    "credit.groups": [true, "train_vgpo_7B.sh: use_inter_trajectory_reweighting=true"],
    "credit.form": ["paper", "arXiv:2604.09349, as printed"],
    ...sizes([512, 8, 4, 2], "arXiv:2604.09349: 512 x 8, update 128, 2 epochs of ViRL39K"),
  }),
  quotedPreset("grpo-pepo", "GRPO with PEPO credit, sizes of arXiv:2603.22847 and its authors' scripts", {
    ...grpo,
    "algorithm.clipHigh": [0.2, "github.com/xzxxntxdy/PEPO: clip 0.2 to both sides"],
    "algorithm.klCoefficient": [0.001, "arXiv:2603.22847: KL 0.001"],
    "credit.kind": ["pepo", "the method of arXiv:2603.22847"],
    "credit.alpha": [0.05, "the scripts: --gate_alpha 0.05"],
    "credit.temperature": [1.8, "the scripts: --gate_temperature 1.8"],
    "credit.schedule": ["linear", "grpo_trainer.py: progress = global_step / max_steps"],
    ...sizes([8, 8, 1, 1], "arXiv:2603.22847: 8 x 8, 1 epoch of Geometry3K"),
  }),
  quotedPreset("grpo-tor", "GRPO with ToR credit, sizes of arXiv:2603.25077", {
    ...grpo,
    "credit.kind": ["tor", "the method of arXiv:2603.25077"],
    "credit.reasoningShare": [0.3, "arXiv:2603.25077: the top 30 % by entropy"],
    "credit.visualShare": [0.3, "arXiv:2603.25077: the top 30 % by the log-prob's change"],
    "credit.visualWeight": [0.5, "arXiv:2603.25077: visual tokens at 0.5"],
    "credit.nucleus": [0.95, "arXiv:2603.25077: entropy of the top-p 0.95"],
    "credit.ties": ["random", "ours: the port's rule; the paper's was not seen"],
    "credit.image.kind": ["discard", "arXiv:2603.25077: against the prompt without its image"],
    ...sizes([512, 12, 4, 15], "arXiv:2603.25077: 512 x 12, update 128, 15 epochs of Geometry3K"),
  }),
  quotedPreset("grpo-vepo", "GRPO with VEPO credit, sizes of arXiv:2606.03937", {
    ...grpo,
    ...withoutKl("arXiv:2606.03937"),
    "algorithm.clipHigh": [0.2, "arXiv:2606.03937: clip 0.2 to both sides"],
    "credit.kind": ["vepo", "the method of arXiv:2606.03937"],
    "credit.alpha": [0.7, "arXiv:2606.03937: α 0.7"],
    "credit.tokenShare": [0.2, "arXiv:2606.03937: the top 20 % of tokens"],
    "credit.score": ["gated", "jsd_masking.py: formula D"],
    "credit.boost": [OFF, 'run_train.sh: mode "mask", only chosen tokens learn'],
    "credit.noiseRepeats": [1, "arXiv:2606.03937: noise of deviation 2"],
    "credit.image.kind": ["noise", "ray_trainer.py: pixel_values + randn * 2.0"],
    "credit.image.sigma": [137, "ours: 2 of normalised pixels, at the processor's deviation of 0.27 and 255"],
    ...seed,
    ...sizes([512, 12, 4, 2], "arXiv:2606.03937: 512 x 12; update and epochs are ours"),
  }),
  quotedPreset("dapo-gtpo", "DAPO with GTPO's token advantages, arXiv:2508.04349", {
    ...dapo,
    "credit.kind": ["gtpo", "the method of arXiv:2508.04349"],
    ...gtpoOptions,
  }),
  quotedPreset("dapo-grpo-s", "DAPO with GRPO-S's advantages of completions, arXiv:2508.04349", {
    ...dapo,
    "credit.kind": ["grpo-s", "the method of arXiv:2508.04349"],
    ...gtpoOptions,
  }),
  quotedPreset("dapo-tpae", "DAPO with TPAE's penalties, sizes of arXiv:2609.39168", {
    ...dapo,
    "credit.kind": ["tpae", "the method of arXiv:2609.39168"],
    "credit.confidence": [0.99, "arXiv:2609.39168: τ = √χ²₂(0.99)"],
    "credit.leastCount": [3, "ours: no least count of an id was seen"],
    ...rightReward,
    "credit.image.kind": ["blacken-patches", "arXiv:2609.39168: patches are masked"],
    "credit.image.probability": [0.6, "arXiv:2609.39168: 60 % of them"],
    "credit.image.patch": [14, "ours: the side of a patch of the models trained"],
    ...seed,
    ...sizes([384, 16, 3, 2], "arXiv:2609.39168: 384 x 16, 2 epochs of ViRL39K; update 128 is ours"),
  }),
  quotedPreset("grpo-perceval", "GRPO with Perceval's penalties from labels, sizes of arXiv:2604.24583", {
    ...grpo,
    "algorithm.clipHigh": [0.28, "arXiv:2604.24583: clip high 0.28"],
    "algorithm.klCoefficient": [0.01, "arXiv:2604.24583: KL 0.01"],
    "credit.kind": ["perceval", "the method of arXiv:2604.24583"],
    "credit.alpha": [0.1, "core_algos.py: penalty_percentage 0.1"],
    "credit.statements": ["image", "arXiv:2604.24583: spans that the image contradicts"],
    ...sizes([128, 8, 1, 2], "arXiv:2604.24583: 128 x 8; updates and epochs are ours"),
  }),
  quotedPreset("grpo-hicra", "GRPO with HICRA's raised planning tokens from labels, arXiv:2509.03646", {
    ...grpo,
    "credit.kind": ["hicra", "the method of arXiv:2509.03646"],
    "credit.alpha": [0.2, "arXiv:2509.03646: α 0.2"],
    "credit.planning": ["labels", "ours: the task's labels replace the authors' n-grams"],
    "credit.phrases": [OFF, "ours: the task's labels replace the authors' n-grams"],
    ...sizes([128, 8, 1, 2], "ours: no sizes were seen"),
  }),
  quotedPreset("grpo-tw-grpo", "GRPO with TW-GRPO's weights of places, arXiv:2505.24718", {
    ...grpo,
    "credit.kind": ["tw-grpo", "the method of arXiv:2505.24718"],
    "credit.alpha": [1.7, "arXiv:2505.24718: α 1.7"],
    ...sizes([8, 8, 1, 1], "ours: no sizes were seen"),
  }),
];
