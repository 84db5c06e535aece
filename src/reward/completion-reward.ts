/**
 * @module
 * The reward of a completion: the weighted sum of its parts.
 */
import { PartError } from "../errors/index.ts";
import type { Judgement } from "../verify/index.ts";
import type { Answered, Reward, RewardScores } from "./reward.ts";

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

async function withinTime<T>(name: string, work: T | Promise<T>, limit: number): Promise<T> {
  if (!(work instanceof Promise)) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new PartError(`reward "${name}": no result within ${limit / 1000} s`, { isTotal: true })),
      limit,
    );
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Scores of a batch, checked. */
async function scoresOf(
  reward: Reward,
  answered: readonly Answered[],
  signal: AbortSignal | undefined,
  limit: number,
): Promise<RewardScores> {
  const { name } = reward;
  const scores: unknown = await withinTime(name, reward.score(answered, signal), limit);
  if (!Array.isArray(scores) && !ArrayBuffer.isView(scores)) {
    throw new PartError(`reward "${name}": expected ${answered.length} scores, got ${typeof scores}`);
  }
  const found = Array.from(scores as ArrayLike<unknown>);
  if (found.length !== answered.length) {
    throw new PartError(`reward "${name}": expected ${answered.length} scores, got ${found.length}`);
  }
  return found.map((value, i) => {
    if (value === null || (typeof value === "number" && Number.isFinite(value))) return value;
    throw new PartError(
      `reward "${name}": expected a finite number or null, got ${String(value)} (problem ${answered[i]!.problem.id})`,
    );
  });
}

/** A score, or the error of the reward on this completion. */
type Outcome = number | null | Error;

/** Scores a batch; where that fails, each completion by itself, so that one fault costs one completion. */
async function outcomesOf(
  reward: Reward,
  answered: readonly Answered[],
  signal: AbortSignal | undefined,
  limit: number,
): Promise<readonly Outcome[]> {
  try {
    return await scoresOf(reward, answered, signal, limit);
  } catch (error) {
    signal?.throwIfAborted();
    const isTotal = answered.length < 2 || (error instanceof PartError && error.isTotal);
    if (isTotal) return answered.map(() => error as Error);
    const outcomes: Outcome[] = [];
    for (const one of answered) outcomes.push(...(await outcomesOf(reward, [one], signal, limit)));
    return outcomes;
  }
}

/**
 * Rewards of completions.
 *
 *     value = Σ weight · part
 *
 * A part that fails, or says null, leaves the completion without a value.
 *
 * @param limit milliseconds that one call of a reward may take
 */
export async function completionRewards(
  rewards: readonly Reward[],
  answered: readonly Answered[],
  signal?: AbortSignal,
  limit: number = TIME_LIMIT,
): Promise<CompletionReward[]> {
  if (answered.length === 0) return [];
  const columns: (readonly Outcome[])[] = [];
  for (const reward of rewards) columns.push(await outcomesOf(reward, answered, signal, limit));
  return answered.map(({ judgement, problem }, i): CompletionReward => {
    let value: number | null = 0;
    const parts: Record<string, number> = {};
    const failures: string[] = [];
    for (const [r, { name, weight = 1 }] of rewards.entries()) {
      const outcome = columns[r]![i]!;
      if (typeof outcome === "number") parts[name] = outcome;
      if (outcome instanceof Error) failures.push(failureText(name, problem.id, outcome));
      value = typeof outcome === "number" && value !== null ? value + weight * outcome : null;
    }
    return { value, parts, judgement, ...(failures.length > 0 && { failures }) };
  });
}

function failureText(name: string, problem: string, { message }: Error): string {
  const named = message.startsWith("reward ") ? message : `reward "${name}": ${message}`;
  return named.includes(problem) ? named : `${named} (problem ${problem})`;
}
