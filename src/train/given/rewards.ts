/**
 * @module
 * Rewards as a program passes them: user-defined, or built-in by kind; one reward or a list.
 */
import { ConfigError } from "../../errors/index.ts";
import { isByKind, isSettings, parseByKind, shownValue } from "../../parts/index.ts";
import {
  createReward,
  type Reward,
  type RewardContext,
  type RewardFunction,
  type RewardInput,
  requireDistinctNames,
  rewardEntrySchema,
} from "../../reward/index.ts";
import { gotText } from "./got.ts";

/** A reward, a plain function, or a built-in reward by kind. */
export type GivenReward = Reward | RewardFunction | RewardInput | RewardInput["kind"];

const EXPECTED = "a function, { name, score }, or the kind of a built-in reward";

function rewardOf(given: unknown, i: number, context: RewardContext): Reward {
  const where = `reward[${i}]`;
  if (typeof given === "function") {
    return { name: given.name === "" ? `reward ${i + 1}` : given.name, score: given as RewardFunction };
  }
  const isOwn = isSettings(given) && "score" in given;
  if (!isOwn && isByKind(given)) {
    const kind = typeof given === "string" ? given : given.kind;
    if (kind === "temporal") {
      throw new ConfigError(`${where}: expected ${EXPECTED}, got "temporal"; it is given as \`temporal\``);
    }
    return createReward(parseByKind(rewardEntrySchema, given, where), context);
  }
  if (!isOwn || typeof given["score"] !== "function") {
    throw new ConfigError(`${where}: expected ${EXPECTED}, got ${gotText(given)}`);
  }
  const { name, weight = 1 } = given;
  if (typeof name !== "string" || name === "") {
    throw new ConfigError(`${where}.name: expected a text, got ${gotText(name)}`);
  }
  if (typeof weight !== "number" || !Number.isFinite(weight)) {
    throw new ConfigError(`${where}.weight: expected a finite number, got ${shownValue(weight)}`);
  }
  return given as unknown as Reward;
}

/**
 * The rewards of a run.
 *
 * @throws ConfigError naming the invalid reward
 */
export function rewardsOf(given: unknown, context: RewardContext): Reward[] {
  if (given === undefined) throw new ConfigError(`reward: expected ${EXPECTED}, or a list of them, got none`);
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0) throw new ConfigError("reward: expected at least one, got none");
  const rewards = list.map((reward, i) => rewardOf(reward, i, context));
  requireDistinctNames(rewards);
  return rewards;
}
