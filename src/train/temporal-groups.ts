/**
 * @module
 * T-GRPO's second groups: completions for the same questions with the frames of their videos shuffled. They are judged,
 * compared with the first and let go: nothing is learnt from them.
 *
 * Source: Video-R1, arXiv:2503.21776, section 3.2.
 */
import type { SampleRequest, Sampler } from "../engine/index.ts";
import { Rng } from "../math/index.ts";
import { orderHelps, tallyRight, temporalRewards } from "../verify/index.ts";
import type { Config } from "./config/schema.ts";
import type { Group } from "./group.ts";
import { withShuffledFrames } from "./shuffled-frames.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Training } from "./training.ts";

/** What is sampled beside the groups, and with what seed. */
interface TemporalSampling {
  readonly options: NonNullable<Config["reward"]["temporal"]>;
  readonly sampler: Sampler;
  /** As for the groups in order, but for prompts, number and seed. */
  readonly request: Omit<SampleRequest, "signals">;
  readonly seed: number;
}

/**
 * The groups with the temporal reward of those that have a video; the others, and those that no verifier could judge, as
 * they are.
 *
 * A problem's frames are shuffled by the run's seed and the problem's index alone: whatever else is in the batch, and
 * whenever it comes, the order is the same.
 */
export async function withTemporalRewards(
  { config, dialogue, verify }: Training,
  groups: readonly Group[],
  { options, sampler, request, seed }: TemporalSampling,
  watch: Stopwatch,
): Promise<readonly Group[]> {
  const orders = new Rng(config.train.seed).fork("shuffled frames");
  const prompts = groups.map(({ index, prompt, rollouts }) =>
    tallyRight(rollouts.map(({ reward }) => reward)).judged === 0
      ? undefined
      : withShuffledFrames(prompt, orders.fork(index)),
  );
  const shown = prompts.filter((prompt) => prompt !== undefined);
  if (shown.length === 0) return groups;
  const groupSize = options.shuffledGroupSize ?? Math.floor(request.groupSize / 2);
  const sampled = await watch.time("sample", () =>
    sampler.sample({ ...request, prompts: shown, groupSize, seed }),
  );
  return watch.time("verify", async () => {
    let next = 0;
    return groups.map((group, p): Group => {
      if (prompts[p] === undefined) return group;
      const completions = sampled[next++]!;
      const shuffled = tallyRight(
        completions.map(({ tokens }) => verify(dialogue.text(tokens), group.problem, tokens.length)),
      );
      const rewards = group.rollouts.map(({ reward }) => reward);
      const ordered = tallyRight(rewards);
      const helps = orderHelps(ordered, shuffled, options.factor);
      const rewarded = temporalRewards(rewards, helps, options.weight);
      return {
        ...group,
        rollouts: group.rollouts.map((rollout, i) => ({ ...rollout, reward: rewarded[i]! })),
        temporal: {
          ordered,
          shuffled,
          isRewarded: helps && ordered.right > 0,
          shuffledTokens: completions.reduce((sum, { tokens }) => sum + tokens.length, 0),
        },
      };
    });
  });
}
