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
import type { Config } from "../schema.ts";
import { requireProgram } from "./require-program.ts";

type Entry = Config["reward"][number];

/** An entry that a user module makes. */
export type RewardModule = Extract<Entry, { kind: "module" }>;

/** The rewards of a configuration; entries of modules are made by `makeModule`. */
export interface ConfiguredRewards {
  readonly rewards: readonly (Reward | RewardModule)[];
  readonly temporal?: TemporalOptions | undefined;
}

/**
 * The built-in rewards of the list, and its entries of modules as they are.
 *
 * @throws ConfigError when an entry contradicts the other settings, its program is not found, or two entries have one
 * name
 */
export function createRewards(config: Pick<Config, "reward">, context: RewardContext): ConfiguredRewards {
  const temporal = config.reward.find((entry) => entry.kind === "temporal");
  const rewards = config.reward.flatMap((entry, i) => {
    if (entry.kind === "temporal") return [];
    if (entry.kind === "command") requireProgram(entry.command[0]!, entry.cwd ?? ".", `reward.${i}.command`);
    return [entry.kind === "module" ? entry : createReward(entry, context)];
  });
  requireDistinctNames(rewards.flatMap((reward) => ("score" in reward ? [reward] : [])));
  return { rewards, temporal };
}
