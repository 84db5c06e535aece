/**
 * @module
 * The reward of a completion: the weighted sum of its parts.
 */
import { PartError } from "../errors/index.ts";
import { batchSignal, errorText, isListFault, shownValue, withinTime } from "../parts/index.ts";
import type { Judgement } from "../verify/index.ts";
import type { Answered, Policy, Reward } from "./reward.ts";
import { shownAnswers } from "./shown-answers.ts";

/** The rewards of one completion and their sum. */
export interface CompletionReward {
  /** Weighted sum of the parts; null, not 0, if a part of the sum could not score the completion. */
  readonly value: number | null;
  /** Each part before its weight. */
  readonly parts: Readonly<Record<string, number>>;
  readonly judgement: Judgement;
  /** Errors of rewards that failed on this completion, each with the name of the reward. */
  readonly failures?: readonly string[];
}

/** Time limit of one reward call in milliseconds. */
const TIME_LIMIT = 600_000;

/** The reward's label in messages: name and place of its code. */
function labelOf({ name, origin }: Reward): string {
  return `reward "${name}"${origin === undefined ? "" : ` (${origin})`}`;
}

/** Options for calling rewards. */
interface Calling {
  readonly signal: AbortSignal | undefined;
  /** Time limit of one call in milliseconds. */
  readonly limit: number;
  readonly policy: Policy | undefined;
}

/** Calls a reward with a batch of its own; after the time limit its signal is aborted and the call abandoned. */
async function called(
  reward: Reward,
  answered: readonly Answered[],
  { signal, limit, policy }: Calling,
): Promise<unknown> {
  const ending = new AbortController();
  const both = batchSignal(signal, ending.signal);
  const late = () =>
    new PartError(
      `${labelOf(reward)}: no result within ${limit / 1000} s; fix it, or raise train.rewardTimeoutSeconds`,
      { isTotal: true },
    );
  try {
    const scores = reward.score(shownAnswers(answered), both, policy);
    return await withinTime<unknown>(scores, { milliseconds: limit, late, signal });
  } finally {
    ending.abort();
  }
}

/** A score, or the error of the reward on this completion. */
type Outcome = number | null | Failure;

/** The value that a reward threw, of any type. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * The checked scores of a batch. A score that is not a number fails its completion; a wrong number of scores fails all
 * completions.
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
  // Their errors would end the process, since nobody waits for them.
  for (const value of found) if (value instanceof Promise) value.catch(() => {});
  if (found.length !== answered.length) {
    throw new PartError(`${where}: expected ${answered.length} scores, got ${found.length}`, {
      isTotal: true,
    });
  }
  return found.map((value, i) => {
    if (value === null || (typeof value === "number" && Number.isFinite(value))) return value;
    return new Failure(
      new PartError(
        `${where}: expected a finite number or null, got ${shownValue(value)}${value instanceof Promise ? "; return Promise.all(…) of them" : ""} (problem ${answered[i]!.problem.id})`,
      ),
    );
  });
}

/**
 * Scores a batch. If the reward throws, it is called again for each completion, so that an error costs one completion; a
 * reward that changes its batch is not, since a list of one can be sorted.
 */
async function outcomesOf(
  reward: Reward,
  answered: readonly Answered[],
  calling: Calling,
): Promise<readonly Outcome[]> {
  try {
    return await scoresOf(reward, answered, calling);
  } catch (error) {
    calling.signal?.throwIfAborted();
    const isTotal =
      answered.length < 2 || isListFault(error) || (error instanceof PartError && error.isTotal);
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
 * If a part fails or returns null, or the sum is not finite, the completion has no value. Parts of weight 0 and separately
 * normalised parts are not in the sum.
 *
 * @param limit of one reward call, milliseconds
 * @param policy for rewards that query it; absent if no policy is trained
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
      // A part of weight 0 is a metric alone.
      if (reward.isSeparate || weight === 0) continue;
      value = typeof outcome === "number" && value !== null ? value + weight * outcome : null;
    }
    if (value !== null && !Number.isFinite(value)) {
      failures.push(`reward: expected a finite sum of its parts, got ${value} (problem ${problem.id})`);
      value = null;
    }
    return { value, parts, judgement, ...(failures.length > 0 && { failures }) };
  });
}

function failureText(reward: Reward, problem: string, { error }: Failure): string {
  const label = labelOf(reward);
  const message = errorText(error);
  const named = message.startsWith(label) ? message : `${label}: ${message}`;
  return isNamed(named, problem) ? named : `${named} (problem ${problem})`;
}

/** Whether a message names the problem, not merely one whose id begins alike. */
function isNamed(message: string, problem: string): boolean {
  const name = `problem ${problem}`;
  return message
    .split(name)
    .slice(1)
    .some((rest) => !/^[\w.-]*\w/.test(rest));
}
