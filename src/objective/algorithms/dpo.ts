/**
 * @module
 * DPO, arXiv:2305.18290, with token credits, arXiv:2602.11455, Eq. 19: the log-ratio of each token counts by its credit.
 *
 *     loss = −log σ( β·(h_chosen − h_rejected) ),   h = Σₜ wₜ·(log π(oₜ) − log π_ref(oₜ))
 *
 * The printed equation has one credit for both completions; here each has its own. Pairs are made of the completions of
 * a group, by their rewards.
 */
import * as z from "zod";
import { isScorable, klEstimators, type Rewards } from "../../math/index.ts";
import { defineObjective, type Pair, type PairAlgorithm } from "../algorithm.ts";

const dpoSchema = z
  .strictObject({
    kind: z.literal("dpo"),
    beta: z.number().positive().default(0.1).describe("Strength of the implicit KL to the reference, β."),
    pairs: z
      .enum(["all", "best-worst"])
      .default("all")
      .describe(
        "Pairs of a group: all whose rewards differ, or the best with the worst; of equals the first sampled.",
      ),
    truncated: z
      .enum(["keep", "mask"])
      .default("keep")
      .describe("Completions truncated at the limit: compare them, or exclude them from every pair."),
  })
  .describe("DPO, arXiv:2305.18290, with token credits as in arXiv:2602.11455, Eq. 19.");

const pairings: Readonly<Record<z.output<typeof dpoSchema>["pairs"], (rewards: Rewards) => Pair[]>> = {
  all: (rewards) => {
    const scored = scoredOf(rewards);
    return scored.flatMap((better) =>
      scored
        .filter(({ reward }) => reward < better.reward)
        .map(({ index }) => ({ chosen: better.index, rejected: index })),
    );
  },
  "best-worst": (rewards) => {
    const scored = scoredOf(rewards).sort((a, b) => b.reward - a.reward || a.index - b.index);
    const best = scored[0];
    const worst = scored.find(({ reward }) => reward === scored.at(-1)?.reward);
    return best && worst && best.reward > worst.reward ? [{ chosen: best.index, rejected: worst.index }] : [];
  },
};

function scoredOf(rewards: Rewards): { index: number; reward: number }[] {
  return Array.from(rewards).flatMap((reward, index) => (isScorable(reward) ? [{ index, reward }] : []));
}

/** DPO with its options bound. */
function dpo(config: z.output<typeof dpoSchema>): PairAlgorithm {
  const { beta } = config;
  return {
    unit: "pair",
    pairs: pairings[config.pairs],
    beta,
    loss: (difference) => {
      const margin = beta * difference;
      return {
        value: Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(-margin, 0),
        derivative: -beta / (1 + Math.exp(margin)),
      };
    },
    divergence: klEstimators.k3,
    truncated: config.truncated,
  };
}

export const dpoObjective = defineObjective({ schema: dpoSchema, create: dpo });
