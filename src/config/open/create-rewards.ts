/**
 * @module
 * The rewards of a configuration: the entries of its list, with the verdict that they share.
 */
import {
  createReward,
  type Reward,
  type RewardContext,
  requireDistinctNames,
  type TemporalOptions,
} from "../../reward/index.ts";
import { answerVerdict, type Verdict } from "../../verify/index.ts";
import type { Config } from "../schema.ts";

type Entry = Config["reward"][number];

/** An entry that a user module makes. */
export type RewardModule = Extract<Entry, { kind: "module" }>;

/** The rewards of a configuration; entries of modules are made by `makeModule`. */
export interface ConfiguredRewards {
  readonly rewards: readonly (Reward | RewardModule)[];
  readonly temporal?: TemporalOptions | undefined;
}

/** The verdict of a configuration. */
export function createVerdict({ verdict }: Pick<Config, "verdict">): Verdict {
  return answerVerdict({ from: verdict.from });
}

/** What a reward of this configuration is made with. */
export function rewardContext(config: Pick<Config, "verdict" | "sampling">): RewardContext {
  return { verdict: createVerdict(config), maxCompletionTokens: config.sampling.maxCompletionTokens };
}

/**
 * The built-in rewards of the list, and its entries of modules as they are.
 *
 * @throws ConfigError when an entry does not fit the other settings, or two have one name
 */
export function createRewards(config: Pick<Config, "reward" | "verdict" | "sampling">): ConfiguredRewards {
  const context = rewardContext(config);
  const temporal = config.reward.find((entry) => entry.kind === "temporal");
  const rewards = config.reward.flatMap((entry) => {
    if (entry.kind === "temporal") return [];
    return [entry.kind === "module" ? entry : createReward(entry, context)];
  });
  requireDistinctNames(rewards.flatMap((reward) => ("score" in reward ? [reward] : [])));
  return { rewards, temporal };
}
