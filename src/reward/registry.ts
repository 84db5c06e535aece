/**
 * @module
 * Every built-in reward. A new reward is one file and one entry here; the configuration's schema and the creation of
 * rewards follow from the list.
 */
import type * as z from "zod";
import { ConfigError } from "../errors/index.ts";
import { createPart, definitionUnion, parseByKind } from "../parts/index.ts";
import { accuracyReward } from "./accuracy.ts";
import { blindAnswerReward } from "./blind-answer.ts";
import { claimsReward } from "./claims.ts";
import { commandReward } from "./command-reward.ts";
import { evidenceReward } from "./evidence.ts";
import { visualFactsReward } from "./facts.ts";
import { faithfulReward } from "./faithful.ts";
import { formatReward } from "./format.ts";
import { judgeReward } from "./judge-reward.ts";
import { lengthPartReward } from "./length-reward.ts";
import { overlongReward } from "./overlong.ts";
import { repetitionReward } from "./repetition.ts";
import type { Reward, RewardContext, RewardPart } from "./reward.ts";
import { keyStepsReward, validityReward } from "./step-reward.ts";

const definitions = [
  accuracyReward,
  formatReward,
  keyStepsReward,
  validityReward,
  lengthPartReward,
  overlongReward,
  blindAnswerReward,
  claimsReward,
  visualFactsReward,
  repetitionReward,
  evidenceReward,
  faithfulReward,
  commandReward,
  judgeReward,
] as const;

/** An entry of the reward list that scores each completion independently. */
export const rewardEntrySchema = definitionUnion(definitions);

export type RewardEntry = z.output<typeof rewardEntrySchema>;

/** An entry as a user writes it. */
export type RewardInput = z.input<typeof rewardEntrySchema>;

/** A reward from the part that its definition made. */
export function namedReward(name: string, weight: number, part: RewardPart, origin?: string): Reward {
  if (typeof part === "function") return { name, weight, score: part, origin };
  return {
    name,
    weight,
    origin,
    isVerdict: part.isVerdict,
    asks: part.asks,
    score: (answered, signal, policy) => part.score(answered, signal, policy),
    close: () => part.close?.(),
  };
}

/**
 * The reward of an entry; missing options take their defaults.
 *
 * @throws ConfigError when a key is unknown or a value impossible
 */
export function createReward(given: RewardInput, context: RewardContext): Reward {
  const entry = parseByKind(rewardEntrySchema, given, "reward");
  const part = createPart<RewardContext, RewardPart>(definitions, entry, context);
  return namedReward(entry.name ?? entry.kind, entry.weight, part);
}

/**
 * Throws when two rewards have the same name, since each name is a metric.
 *
 * @throws ConfigError naming it
 */
export function requireDistinctNames(rewards: readonly Pick<Reward, "name">[]): void {
  const names = rewards.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ConfigError(`reward: expected distinct names, got "${twice}" twice; give one of them a name`);
  }
}
