/**
 * @module
 * Settings that no paper prints, stated once: settings of the run itself, and the simplest choice for the rest.
 */
import { OFF, type Quotes } from "./quoted.ts";

/** Checkpoints, records and limits; none of these changes the update. */
export const upkeep: Quotes = {
  "train.seed": [0, "ours: any will do; name it beside results"],
  "train.separate": [OFF, "ours: rewards are summed, and normalised as one"],
  "train.rollouts": [OFF, "ours: each prompt is sampled as it is"],
  "train.replay": [OFF, "ours: completions are trained on once"],
  "train.maxStaleness": [0, "ours: batches are sampled by the policy that learns from them"],
  "train.checkpointEvery": [50, "ours: iterations between checkpoints"],
  "train.keepCheckpoints": [2, "ours: the newest, and one before it"],
  "train.maxConsecutiveSkips": [5, "ours: a run whose steps are all skipped should stop"],
  "train.maxFailedRewardShare": [0.1, "ours: a reward that fails more often is at fault itself"],
  "train.rewardTimeoutSeconds": [600, "ours: time for a judge to answer"],
  "train.evaluateEvery": [0, "ours: evaluation is a command of its own"],
  "train.evaluateProblems": [200, "ours: problems, once evaluateEvery asks for any"],
  "train.reportKlEvery": [10, "ours: how often KL is reported where the loss has no KL term"],
  "train.rolloutsEvery": [1, "ours: completions of every iteration can be viewed"],
  "train.rolloutGroups": [8, "ours: so many groups of them"],
};

/** PyTorch's AdamW defaults, for papers that name only the optimiser. */
export const plainAdamW: Quotes = {
  "train.beta1": [0.9, "ours: PyTorch's AdamW; no moments are printed"],
  "train.beta2": [0.999, "ours: PyTorch's AdamW; no moments are printed"],
  "train.epsilon": [1e-8, "ours: PyTorch's AdamW; none is printed"],
};

/** A constant learning rate. */
export const constantRate: Quotes = {
  "train.schedule": ["constant", "ours: no schedule is printed"],
  "train.finalShare": [0, "ours: a constant schedule does not use it"],
  "train.warmup": [0, "ours: no warmup is printed"],
};

/** Sampling from the policy's unmodified distribution. */
export const plainSampler: Quotes = {
  "sampling.temperature": [1, "ours: no temperature of training is printed"],
  "sampling.topP": [1, "ours: the policy's own distribution; no nucleus is printed"],
  "sampling.topK": [0, "ours: the policy's own distribution; no top-k is printed"],
};

/** Loss options that are off, and the epsilon added to the standard deviation. */
export const plainLoss: Quotes = {
  "algorithm.klSchedule": [OFF, "ours: a KL coefficient is constant"],
  "algorithm.klPlacement": ["loss", "ours: where a KL term acts, it is a term of the loss, as in GRPO"],
  "algorithm.entropyCoefficient": [0, "ours: no entropy bonus is printed"],
  "algorithm.samplerCorrection": [OFF, "ours: no correction of the sampler's log-probs is printed"],
  "train.creditScale": ["printed", "ours: weights of the credit method as they are"],
  "algorithm.truncated": ["keep", "ours: nothing is said of completions that were cut"],
  "algorithm.advantageScale": ["std", "GRPO, arXiv:2402.03300: rewards over their group's deviation"],
  "algorithm.advantageEpsilon": [1e-6, "ours: beside the deviation, so that nothing is divided by 0"],
};

/** No KL term; the estimator is used only for the reported KL. */
export const unusedKl: Quotes = {
  "algorithm.klEstimator": ["k3", "ours: there is no KL term; its report uses k3"],
};

export const noDualClip: Quotes = {
  "algorithm.dualClip": [OFF, "ours: the paper's objective has no bound for negative advantages"],
};

/** Groups with equal rewards stay in the mean over the batch, as the objectives are printed. */
export const wholeBatch: Quotes = {
  "train.equalGroups": ["count", "the objective is a mean over all groups of the batch"],
};

export const noDynamicSampling: Quotes = {
  "train.dynamicSampling": [OFF, "belongs to DAPO alone"],
};
