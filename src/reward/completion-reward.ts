/**
 * @module
 * The reward of a completion: the weighted sum of its parts.
 */
import { PartError } from "../errors/index.ts";
import { errorText, shownValue, withinTime } from "../parts/index.ts";
import type { Judgement } from "../verify/index.ts";
import type { Answered, Policy, Reward } from "./reward.ts";

/** The rewards of one completion and their sum. */
export interface CompletionReward {
  /** Weighted sum of the parts; null where a part could not score the completion, which is not 0. */
  readonly value: number | null;
  /** Each part before its weight. */
  readonly parts: Readonly<Record<string, number>>;
  readonly judgement: Judgement;
  /** Errors of rewards that failed on this completion, each with the name of the reward. */
  readonly failures?: readonly string[];
}

/** Milliseconds that one call of a reward may take. */
const TIME_LIMIT = 600_000;

/** The reward in messages: its name, and where its code is. */
function labelOf({ name, origin }: Reward): string {
  return `reward "${name}"${origin === undefined ? "" : ` (${origin})`}`;
}

/** How rewards are called. */
interface Calling {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds of one call. */
  readonly limit: number;
  readonly policy: Policy | undefined;
}

/** Calls a reward; one that takes too long is told so by its signal, and not waited for. */
async function called(
  reward: Reward,
  answered: readonly Answered[],
  { signal, limit, policy }: Calling,
): Promise<unknown> {
  const ending = new AbortController();
  const both = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  const late = () =>
    new PartError(
      `${labelOf(reward)}: no result within ${limit / 1000} s; mend it, or raise train.rewardTimeoutSeconds`,
      { isTotal: true },
    );
  try {
    const scores = reward.score(answered, both, policy);
    return await withinTime<unknown>(scores, { milliseconds: limit, late, signal });
  } finally {
    ending.abort();
  }
}

/** A score, or the error of the reward on this completion. */
type Outcome = number | null | Failure;

/** What a reward threw, which may be anything. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * Scores of a batch, checked. A score that is no number fails its completion; scores of another number than there are
 * completions belong to none of them.
 */
async function scoresOf(
  reward: Reward,
  answered: readonly Answered[],
  calling: Calling,
): Promise<readonly Outcome[]> {
  const scores = await called(reward, answered, calling);
  const where = labelOf(reward);
  if (!Array.isArray(scores) && !ArrayBuffer.isView(scores)) {
    const got = scores === null ? "null" : typeof scores;
    throw new PartError(`${where}: expected an array of ${answered.length} scores, got ${got}`, {
      isTotal: true,
    });
  }
  const found = Array.from(scores as ArrayLike<unknown>);
  if (found.length !== answered.length) {
    throw new PartError(`${where}: expected ${answered.length} scores, got ${found.length}`, {
      isTotal: true,
    });
  }
  return found.map((value, i) => {
    if (value === null || (typeof value === "number" && Number.isFinite(value))) return value;
    return new Failure(
      new PartError(
        `${where}: expected a finite number or null, got ${shownValue(value)} (problem ${answered[i]!.problem.id})`,
      ),
    );
  });
}

/** Scores a batch; where the reward throws, each completion by itself, so that one fault costs one completion. */
async function outcomesOf(
  reward: Reward,
  answered: readonly Answered[],
  calling: Calling,
): Promise<readonly Outcome[]> {
  try {
    return await scoresOf(reward, answered, calling);
  } catch (error) {
    calling.signal?.throwIfAborted();
    const isTotal = answered.length < 2 || (error instanceof PartError && error.isTotal);
    if (isTotal) return answered.map(() => new Failure(error));
    const outcomes: Outcome[] = [];
    for (const one of answered) outcomes.push(...(await outcomesOf(reward, [one], calling)));
    return outcomes;
  }
}

/**
 * Rewards of completions.
 *
 *     value = Σ weight · part
 *
 * A part that fails, or says null, leaves the completion without a value. Parts that are normalised apart are in no sum.
 *
 * @param limit milliseconds that one call of a reward may take
 * @param policy that rewards may ask; absent where no policy is trained
 */
export async function completionRewards(
  rewards: readonly Reward[],
  answered: readonly Answered[],
  signal?: AbortSignal,
  limit: number = TIME_LIMIT,
  policy?: Policy,
): Promise<CompletionReward[]> {
  if (answered.length === 0) return [];
  const columns: (readonly Outcome[])[] = [];
  const calling = { signal, limit, policy };
  for (const reward of rewards) columns.push(await outcomesOf(reward, answered, calling));
  return answered.map(({ judgement, problem }, i): CompletionReward => {
    let value: number | null = 0;
    const parts: Record<string, number> = {};
    const failures: string[] = [];
    for (const [r, reward] of rewards.entries()) {
      const { name, weight = 1 } = reward;
      const outcome = columns[r]![i]!;
      if (typeof outcome === "number") parts[name] = outcome;
      if (outcome instanceof Failure) failures.push(failureText(reward, problem.id, outcome));
      if (reward.isSeparate) continue;
      value = typeof outcome === "number" && value !== null ? value + weight * outcome : null;
    }
    return { value, parts, judgement, ...(failures.length > 0 && { failures }) };
  });
}

function failureText(reward: Reward, problem: string, { error }: Failure): string {
  const label = labelOf(reward);
  const message = errorText(error);
  const named = message.startsWith(label) ? message : `${label}: ${message}`;
  return named.includes(`problem ${problem}`) ? named : `${named} (problem ${problem})`;
}
