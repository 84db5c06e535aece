/**
 * @module
 * Selective sample replay: groups whose rewards are all equal have no gradient, and completions of earlier iterations
 * whose advantage is not 0 take their places. An earlier completion is compared with its own group, so its advantage
 * is unchanged, and its old log-probs come from the policy that sampled it.
 *
 * Source: SSR of VL-Rethinker, arXiv:2504.08837; github.com/TIGER-AI-Lab/VL-Rethinker, `openrlhf/trainer/ppo_utils/replay_buffer.py`.
 */
import type { Rng } from "../../math/index.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";
import type { Training } from "../iteration/training.ts";
import { type Group, groupRewards, hasSpread, type ReplayEntry, type Rollout } from "./group.ts";

/**
 * The chance of each completion to be drawn.
 *
 *     pᵢ = |Aᵢ|^α / Σ |A|^α
 *
 * @param advantages none of them 0
 * @example
 * replayChances([1, -2], 1); // [1/3, 2/3]
 */
export function replayChances(advantages: readonly number[], alpha: number): number[] {
  // By the greatest of them, so that no power overflows.
  const greatest = advantages.reduce((most, advantage) => Math.max(most, Math.abs(advantage)), 0);
  const powers = advantages.map((advantage) => (Math.abs(advantage) / greatest) ** alpha);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Entries drawn by their chances, with replacement. */
function drawn(entries: readonly ReplayEntry[], count: number, alpha: number, rng: Rng): ReplayEntry[] {
  const chances = replayChances(
    entries.map(({ advantage }) => advantage),
    alpha,
  );
  return Array.from({ length: count }, () => {
    let left = rng.uniform();
    const place = chances.findIndex((chance) => {
      left -= chance;
      return left < 0;
    });
    return entries[place < 0 ? entries.length - 1 : place]!;
  });
}

/**
 * The groups to train on: first groups whose rewards differ, then earlier completions in the places of the rest, each
 * as a group of one. Groups whose rewards are equal stay where there are too few. Whether a term of the loss gives them a
 * gradient does not matter: with such a term every group has one, and nothing would be replayed.
 *
 * @param kept groups of the iteration
 * @param entries no more are drawn than there are
 */
export async function withReplayed(
  { schedule, source, dialogue }: Pick<Training, "schedule" | "source" | "dialogue">,
  kept: readonly Group[],
  entries: readonly ReplayEntry[],
  rng: Rng,
): Promise<Group[]> {
  const { promptsPerIteration, groupSize, minibatches, replay } = schedule;
  if (replay === undefined || entries.length === 0) return [...kept];
  const moving = kept.filter(hasSpread);
  const equal = kept.filter((group) => !hasSpread(group));
  const places = (promptsPerIteration - moving.length) * groupSize;
  const count = Math.min(Math.max(0, places), entries.length);
  const replayed: Group[] = [];
  for (const { index, rollout, others } of drawn(entries, count, replay.alpha, rng)) {
    const problem = await source.problem(index);
    replayed.push({
      index,
      problem,
      prompt: dialogue.prompt(problem),
      rollouts: [rollout],
      others,
      isReplayed: true,
    });
  }
  const all = [...moving, ...replayed, ...equal.slice(0, Math.floor((places - count) / groupSize))];
  return minibatches > 1 ? rng.shuffle(all) : all;
}

/**
 * The entries after an iteration: those before it and its own completions whose advantage is not 0, the newest of all.
 * Truncated completions are left out where the algorithm masks their tokens, which then never have a gradient.
 *
 * @param used groups that were learnt from
 */
export function remembered(
  { schedule }: Pick<Training, "schedule">,
  entries: readonly ReplayEntry[],
  used: readonly CreditedGroup[],
): readonly ReplayEntry[] {
  const { promptsPerIteration, groupSize, replay } = schedule;
  const fresh = used.filter(({ group }) => !group.isReplayed);
  const own = fresh.flatMap(({ group, masks, known }) =>
    group.rollouts.flatMap((rollout, i): ReplayEntry[] => {
      const advantage = known?.advantages[i]?.[0] ?? 0;
      if (advantage === 0 || !masks[i]!.includes(1)) return [];
      const others = groupRewards(group).toSpliced(i, 1);
      return [{ index: group.index, rollout: withoutSignals(rollout), others, advantage }];
    }),
  );
  const capacity = Math.ceil((replay?.capacity ?? 0) * promptsPerIteration * groupSize);
  return [...entries, ...own].slice(-capacity);
}

/** A rollout without signals of its sampling, which are large and can be scored again. */
function withoutSignals({ completion, ...rest }: Rollout): Rollout {
  const { signals: _, ...kept } = completion;
  return { ...rest, completion: kept };
}
