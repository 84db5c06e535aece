/**
 * @module
 * T-GRPO's second groups: completions for the same questions with the frames of their videos shuffled. They are judged,
 * compared with the first groups and discarded, never trained on.
 *
 * Source: Video-R1, arXiv:2503.21776, section 3.2.
 */
import { type Completion, type SampleRequest, type Sampler, sampledGroups } from "../../engine/index.ts";
import { Rng } from "../../math/index.ts";
import {
  answeredOf,
  orderHelps,
  type Tally,
  type TemporalOptions,
  tallyRight,
  temporalRewards,
} from "../../reward/index.ts";
import type { Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import type { Group } from "./group.ts";
import { withShuffledFrames } from "./shuffled-frames.ts";

/** How the second groups are sampled and compared. */
interface TemporalSampling {
  readonly options: TemporalOptions;
  readonly sampler: Sampler;
  /** Options of the ordered groups, except for prompts, number and seed. */
  readonly request: Omit<SampleRequest, "signals">;
  readonly seed: number;
}

/**
 * The groups, with the temporal reward added to those with a video. Groups without a video and groups that no verifier
 * could judge are unchanged.
 *
 * The shuffled order depends only on the run's seed and the problem's index, not on the batch or the iteration.
 */
export async function withTemporalRewards(
  training: Training,
  groups: readonly Group[],
  { options, sampler, request, seed }: TemporalSampling,
  watch: Stopwatch,
): Promise<readonly Group[]> {
  const orders = new Rng(training.seed).fork("shuffled frames");
  const prompts = groups.map(({ index, prompt, rollouts }) =>
    tallyRight(rollouts.map(({ reward }) => reward)).judged === 0
      ? undefined
      : withShuffledFrames(prompt, orders.fork(index)),
  );
  const shown = prompts.filter((prompt) => prompt !== undefined);
  if (shown.length === 0) return groups;
  const groupSize = options.shuffledGroupSize ?? Math.floor(request.groupSize / 2);
  const sampled = await watch.time("sample", () =>
    sampledGroups(sampler, { ...request, prompts: shown, groupSize, seed }),
  );
  let next = 0;
  const shuffledOf = prompts.map((prompt) => (prompt === undefined ? undefined : sampled[next++]!));
  return watch.time("verify", () =>
    Promise.all(
      groups.map(async (group, p) => {
        const completions = shuffledOf[p];
        if (completions === undefined) return group;
        const shuffled = await shuffledTally(training, group, completions);
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
      }),
    ),
  );
}

/** Number of judged and of right completions for the shuffled frames of a group's problem; no reward is asked. */
async function shuffledTally(
  { dialogue, verdict, signal }: Training,
  { problem }: Group,
  completions: readonly Completion[],
): Promise<Tally> {
  const sampled = completions.map((completion) => ({
    problem,
    completion,
    text: dialogue.text(completion.tokens),
  }));
  const answered = await answeredOf(verdict, sampled, signal);
  return tallyRight(answered.map(({ judgement }) => ({ value: judgement.score, parts: {}, judgement })));
}
